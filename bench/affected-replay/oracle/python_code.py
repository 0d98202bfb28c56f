"""What Python files import, and which names of files stand in them."""

import ast
import functools
import re


@functools.lru_cache(maxsize=None)
def path_parts(repository, identity):
    try:
        tree = ast.parse(repository.blob(identity))
    except (SyntaxError, ValueError):
        return frozenset()
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return frozenset(part for text in texts for part in re.split(r"[/\\\s]", text))


@functools.lru_cache(maxsize=None)
def imports(repository, identity):
    try:
        tree = ast.parse(repository.blob(identity))
    except (SyntaxError, ValueError):
        return frozenset()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)
