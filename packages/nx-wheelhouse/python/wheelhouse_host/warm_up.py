"""A package of our own, built in the host's process before it forks for the packages of others.

Half of a hook's first call is spent on what only a first call has to do: imports that wait for it, regular expressions, caches,
the interpreter's own specialised code. A fork of a process that has been through that starts where the second call would. No line
of a user's package runs for it, so that every package still finds a process that has built none of them.
"""

import importlib
import logging
import os
import shutil
import sys

from . import steps

NAME = "nx_wheelhouse_warm_up"
FILES = {
    "README.md": "# Warm-up\n",
    "LICENSE": "None.\n",
    "src/%s/__init__.py" % NAME: '"""One."""\n__version__ = "1.0"\n',
    "src/%s/two.py" % NAME: "TWO = 2\n",
    "tests/test_two.py": "",
}
MANIFEST = """[build-system]
requires = []
build-backend = "%s"

[project]
name = "nx-wheelhouse-warm-up"
version = "1.0"
description = "A package"
readme = "README.md"
requires-python = ">=3.8"
dependencies = ["one>=1,<2", "two[three]; python_version < '4'"]
authors = [{ name = "A", email = "a@index.example" }]
classifiers = ["Programming Language :: Python :: 3"]
keywords = ["one"]
urls = { Source = "https://index.example/" }
optional-dependencies = { four = ["five"] }
scripts = { six = "%s.two:TWO" }
"""


STEPS = ("stage", "requires_sdist", "sdist", "requires_wheel", "wheel", "clear")


def warm_up(request):
    """Builds it with the backend of a request. What goes wrong is nobody's concern: an old backend may not know the manifest.

    Returns whether the backend can be imported.
    """
    folder = request["folder"] + "-warm-up"
    try:
        importlib.import_module(request["backend"].partition(":")[0])
    except BaseException:  # noqa: B902 - its first package will tell
        return False
    texts = {**FILES, "pyproject.toml": MANIFEST % (request["backend"], NAME)}
    # What an import does to the process, every hook would find; what a build does is undone.
    kept = os.getcwd(), dict(os.environ), list(sys.argv), list(sys.path)
    level, handlers = logging.root.level, list(logging.root.handlers)
    try:
        os.makedirs(os.path.join(folder, "dist"))
        files = [{"path": path, "text": text} for path, text in texts.items()]
        own = {"steps": STEPS, "folder": folder, "project": ".", "files": files, "configSettings": None, "unpack": True}
        steps.perform({**request, **own})
    except BaseException:  # noqa: B902 - also SystemExit
        pass
    finally:
        os.chdir(kept[0])
        os.environ.clear()
        os.environ.update(kept[1])
        sys.argv[:], sys.path[:] = kept[2:]
        logging.root.setLevel(level)
        logging.root.handlers[:] = handlers
        shutil.rmtree(folder, ignore_errors=True)
    return True
