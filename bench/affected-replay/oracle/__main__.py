"""What a commit must re-run, found without any of our code: tomllib, ast and a plain breadth-first walk.

    python oracle REPOSITORY REVISION REVISION ...

prints for each revision but the first {"build": [folder, ...], "test": [folder, ...]}: the packages whose build or test can give
another result than at any revision before. Files are read from git's objects; nothing of the repository is
executed.
"""

import hashlib
import json
import re
import sys
from collections import defaultdict

from model import DOCUMENT, TEST, Model
from repository import Repository

LOCK = re.compile(r"^(uv\.lock|poetry\.lock|pdm\.lock|pylock[^/]*\.toml)$")
#: Backends whose sdist holds the modules and no tests.
MODULES_ONLY = ("flit_core", "poetry", "uv_build")


def states(model):
    """By task what its result depends on, as one digest: a task must run where that was never there before."""
    own_tests, own_dists, for_others = defaultdict(list), defaultdict(list), defaultdict(list)
    for path in sorted(model.files):
        owner = model.owner(path)
        if owner is None:
            continue
        entry, inner = path + model.files[path], model.inside(path, owner)
        is_document, is_test, is_lock = DOCUMENT.match(inner), TEST.match(inner), LOCK.match(inner)
        modules_only = model.packages[owner]["backend"].startswith(MODULES_ONLY)
        if not is_document and not is_lock:
            own_tests[owner].append(entry)
            if not is_test:
                for_others[owner].append(entry)
        if not (modules_only and (is_test or is_lock or inner.startswith("docs/"))):
            own_dists[owner].append(entry)
    found = {}
    for folder, package in model.packages.items():
        tests_with = sorted(model.reach(folder, lambda kind: kind != "build"))
        found["test", folder] = digest(own_tests[folder], model.closure(folder), [(one, for_others[one]) for one in tests_with])
        if not package["virtual"]:
            builds_with = sorted(model.reach(folder, lambda kind: kind == "build"))
            found["build", folder] = digest(own_dists[folder], [(one, for_others[one]) for one in builds_with])
    return found


def digest(*parts):
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def main():
    path, *revisions = sys.argv[1:]
    repository, seen = Repository(path), set()
    for revision in revisions:
        tasks = states(Model(repository, revision)).items()
        if revision != revisions[0]:
            new = [task for task, state in tasks if (task, state) not in seen]
            print(json.dumps({target: sorted(folder for one, folder in new if one == target) for target in ("build", "test")}), flush=True)
        seen.update(tasks)


main()
