"""Finds the imports of a Python file by CPython's own parser: what the scanner's tests compare with."""
import ast
import re
import warnings

warnings.simplefilter("ignore")

CALLS = {"import_module", "__import__", "importorskip"}
CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
PLAIN_LITERAL = re.compile(r"""[rRuU]?("[^"'\\\n]+"|'[^"'\\\n]+')""")


def name_of(node):
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None


def catches(handler):
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(name_of(each) in CAUGHT for each in types)


def is_type_checking(test):
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        test = test.values[0]
    return name_of(test) == "TYPE_CHECKING"


def suppresses(statement):
    call = statement.items[0].context_expr
    if not (isinstance(call, ast.Call) and name_of(call.func) == "suppress"):
        return False
    return any(name_of(each) in CAUGHT for each in call.args)


class Finder:
    def __init__(self, source):
        self.source = source
        self.found = []
        self.has_calls = any(call.encode() in source for call in CALLS)

    def note(self, node, level, module, name, times, form):
        for time in ("type-checking", "optional", "function"):
            if time in times:
                break
        else:
            time = "module"
        self.found.append([level, module, name, node.lineno, time, form])

    def visit(self, node, times):
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.note(node, 0, alias.name, None, times, "statement")
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self.note(node, node.level, node.module or "", alias.name, times, "statement")
        elif isinstance(node, ast.Call):
            self.call(node, times)
            self.children(node, times)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for decorator in node.decorator_list:
                self.visit(decorator, times)
            node.decorator_list = []
            self.children(node, times | {"function"})
        elif isinstance(node, ast.If) and is_type_checking(node.test):
            self.all([node.test], times)
            self.all(node.body, times | {"type-checking"})
            self.all(node.orelse, times)
        elif isinstance(node, (ast.With, ast.AsyncWith)) and suppresses(node):
            self.children(node, times | {"optional"})
        elif isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            optional = times | {"optional"}
            self.all(node.body, optional if any(map(catches, node.handlers)) else times)
            for handler in node.handlers:
                self.children(handler, optional if catches(handler) else times)
            self.all(node.orelse + node.finalbody, times)
        elif isinstance(node, (ast.stmt, ast.excepthandler)) or self.has_calls or type(node).__name__ == "match_case":
            self.children(node, times)

    def all(self, nodes, times):
        for node in nodes:
            self.visit(node, times)

    def children(self, node, times):
        self.all(ast.iter_child_nodes(node), times)

    def call(self, node, times):
        if name_of(node.func) not in CALLS or not node.args or not isinstance(node.args[0], ast.Constant):
            return
        argument = node.args[0]
        written = ast.get_source_segment(self.source.decode("utf-8", "replace"), argument) or ""
        if not isinstance(argument.value, str) or not PLAIN_LITERAL.fullmatch(written):
            return
        module = argument.value.lstrip(".")
        self.note(node, len(argument.value) - len(module), module, None, times, "call")


def answer(path):
    with open(path, "rb") as file:
        source = file.read()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    finder = Finder(source)
    finder.children(tree, frozenset())
    return finder.found
