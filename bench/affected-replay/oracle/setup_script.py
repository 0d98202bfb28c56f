"""Name and requirements that a setup.py states. It is not executed."""

import ast

from requirements import normal


def read_setup_script(text, read):
    """Every string of a list or of a dict's list; those behind `extras_require` belong to extras."""
    if text is None or "setup(" not in text:
        return None, []
    script = ast.parse(text)
    names = {target.id: node.value for node in ast.walk(script) if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}
    submodule = names.get("submodule")
    arguments = {one.arg: names.get(getattr(one.value, "id", None), one.value) for call in ast.walk(script) if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("setup") for one in call.keywords}
    name = getattr(arguments.get("name"), "value", None)
    if name is None and "submodule" in names:
        name = "autogluon" + ("." + submodule.value if isinstance(submodule, ast.Constant) and submodule.value else "")
    needs = []
    for node in ast.walk(script):
        if isinstance(node, ast.Assign):
            target = ast.unparse(node.targets[0])
            kind = "runtime" if "install_requires" in target else "extra" if "extras_require" in target else None
            needs += [(extra_of(kind, node, string), string_of(string)) for string in ast.walk(node.value) if kind and isinstance(string, (ast.Constant, ast.JoinedStr)) and string_of(string)]
    needs += [("runtime", one) for one in texts_in(read, arguments.get("install_requires"))]
    extras = arguments.get("extras_require")
    for key, value in zip(extras.keys, extras.values) if isinstance(extras, ast.Dict) else ():
        if isinstance(key, ast.Constant):
            needs += [("extra:" + normal(key.value), one) for one in texts_in(read, names.get(getattr(value, "id", None), value))]
    return name, needs


def texts_in(read, node):
    """The texts of a list, and the lines of a file that a function is given."""
    texts = [string_of(one) for one in ast.walk(node) if isinstance(one, (ast.Constant, ast.JoinedStr))] if node is not None else []
    lines = [line for text in texts if text and text.endswith(".txt") for line in (read(text) or "").splitlines()]
    return [text for text in texts + lines if text and not text.startswith(("#", "-"))]


def extra_of(kind, node, string):
    if kind == "runtime":
        return kind
    if isinstance(node.value, ast.Dict):
        for key, value in zip(node.value.keys, node.value.values):
            if string in list(ast.walk(value)) and isinstance(key, ast.Constant):
                return "extra:" + normal(key.value)
    if isinstance(node.targets[0], ast.Subscript) and isinstance(node.targets[0].slice, ast.Constant):
        return "extra:" + normal(node.targets[0].slice.value)
    return "dev"


def string_of(node):
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    return "".join(part.value if isinstance(part, ast.Constant) else "autogluon" if "PACKAGE_NAME" in ast.unparse(part) else "0" for part in node.values)
