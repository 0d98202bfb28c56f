"""Whether a setup.py does no more than name values, read files and call `setup()`: decided from its text, before it runs.

Such a script leaves nothing in its process that setuptools does not leave by itself. What is not known to be of that kind is taken
to do more: a class of its own, a command, an extension, a variable of the environment, a module to import.
"""

import ast
import sys

# What may be taken from a module, by import or as its attribute.
MODULES = {
    "__future__": {"absolute_import", "annotations", "division", "print_function", "unicode_literals", "with_statement"},
    "codecs": {"open"},
    "distutils.core": {"setup"},
    "glob": {"glob"},
    "io": {"open"},
    "os": {"curdir", "getcwd", "linesep", "listdir", "pardir", "path", "sep", "walk"},
    "os.path": {"abspath", "basename", "dirname", "exists", "isdir", "isfile", "join", "normpath", "realpath", "relpath", "sep", "splitext"},
    "pathlib": {"Path", "PurePath"},
    "re": {"I", "M", "MULTILINE", "S", "VERBOSE", "X", "compile", "findall", "match", "search", "split", "sub"},
    "setuptools": {"find_namespace_packages", "find_packages", "setup"},
    "sys": {"platform", "version_info"},
}
# What may be asked of a value: methods of texts, lists, paths, files and matches.
ATTRIBUTES = set(
    """append as_posix close copy count decode encode endswith exists extend find findall format get group groups index insert is_dir
    is_file items iterdir join joinpath keys lower lstrip major match minor name parent parents parts pop read read_bytes read_text
    readline readlines relative_to remove replace resolve rsplit rstrip search setdefault sort split splitlines startswith stem strip
    sub suffix update upper values with_suffix""".split()
)
BUILTINS = set(
    "False ImportError IOError None OSError True all any bool dict enumerate float int len list max min open print range repr reversed "
    "set sorted str sum tuple zip __file__ __name__".split()
)
# Arguments of setup() that are written down, or name files; none that is called, compiled or required to run.
KEYWORDS = set(
    """author author_email classifiers data_files description download_url entry_points exclude_package_data extras_require
    include_package_data install_requires keywords license license_file license_files long_description long_description_content_type
    maintainer maintainer_email name namespace_packages obsoletes package_data package_dir packages platforms project_urls provides
    py_modules python_requires requires scripts test_suite tests_require url version zip_safe""".split()
)
NODES = (
    ast.Module, ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.If, ast.For, ast.With, ast.Try, ast.ExceptHandler, ast.Pass,
    ast.Return, ast.Assert, ast.Raise, ast.withitem, ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.List, ast.Tuple, ast.Set,
    ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.BinOp, ast.UnaryOp, ast.BoolOp,
    ast.Compare, ast.IfExp, ast.Starred, ast.Subscript, ast.Slice, ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
    ast.arguments, ast.arg, ast.keyword, ast.Import, ast.ImportFrom, ast.alias,
)  # fmt: skip
if sys.version_info < (3, 9):
    NODES += (ast.Index, ast.ExtSlice)


def is_plain(text):
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, TypeError, RecursionError):
        return False
    script = Script()
    return all(map(script.binds, nodes)) and all(map(script.permits, nodes))


class Script:
    """Two walks: what names stand for, then what is done with them. Neither follows the order in which the script runs."""

    def __init__(self):
        self.bound = set(BUILTINS)
        self.modules = {}  # by the name that stands for it
        self.setups = set()  # names that stand for setup()
        self.places = set()  # nodes of modules and of setup() where these may stand

    def binds(self, node):
        """Whether an import takes what may be taken."""
        if isinstance(node, ast.Import):
            return all(self.binds_module(alias) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            return node.level == 0 and all(self.binds_member(node.module, alias) for alias in node.names)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ExceptHandler)):
            self.bound.add(node.name)
        elif isinstance(node, ast.arg):
            self.bound.add(node.arg)
        return True

    def binds_module(self, alias):
        module = alias.name if alias.asname else alias.name.split(".")[0]
        self.modules[alias.asname or module] = module
        return module in MODULES and alias.name in MODULES

    def binds_member(self, module, alias):
        name = alias.asname or alias.name
        whole = "%s.%s" % (module, alias.name)
        if whole in MODULES:
            self.modules[name] = whole
        elif alias.name == "setup":
            self.setups.add(name)
        self.bound.add(name)
        return alias.name in MODULES.get(module, ())

    def permits(self, node):
        special = getattr(self, "permits_" + type(node).__name__, None)
        return special(node) if special else isinstance(node, NODES)

    def permits_Call(self, call):
        if not self.is_setup(call.func):
            return True
        self.places.add(call.func)
        return not call.args and all(keyword.arg in KEYWORDS for keyword in call.keywords)

    def permits_Attribute(self, node):
        if not isinstance(node.ctx, ast.Load) or (self.is_setup(node) and node not in self.places):
            return False
        module = self.module_of(node.value)
        if module is None:
            return node.attr in ATTRIBUTES
        self.places.add(node.value)
        return node.attr in MODULES.get(module, ())

    def permits_Name(self, node):
        if node.id in self.modules or node.id in self.setups:
            return node in self.places
        return node.id in self.bound

    def permits_FunctionDef(self, node):
        return not node.decorator_list

    def is_setup(self, node):
        return node.id in self.setups if isinstance(node, ast.Name) else isinstance(node, ast.Attribute) and node.attr == "setup"

    def module_of(self, node):
        if isinstance(node, ast.Name):
            return self.modules.get(node.id)
        if isinstance(node, ast.Attribute):
            module = "%s.%s" % (self.module_of(node.value), node.attr)
            return module if module in MODULES else None
        return None
