"""What a commit must re-run, found without any of our code: tomllib, ast and a plain breadth-first walk.

    python oracle.py REPOSITORY REVISION REVISION ...

prints for each revision but the first {"build": [folder, ...], "test": [folder, ...]}: the packages whose build or test can give
another result than at any revision before. Files are read from git's objects; nothing of the repository is
executed.
"""

import ast
import fnmatch
import functools
import hashlib
import json
import posixpath
import re
import subprocess
import sys
import tomllib
from collections import defaultdict, deque

MATERIAL = re.compile(
    r"^(tests?|tests?[-_].+|testing|testdata|testpackages|fixtures?|templates?|cookiecutters?|__fixtures__|_vendor|vendor|vendored)$",
    re.I,
)
DOCUMENT = re.compile(r"^((README|CHANGELOG|CHANGES|HISTORY|NEWS|LICEN[CS]E|COPYING|NOTICE|AUTHORS|CONTRIBUTING)[^/]*|docs/.*)$")
TEST = re.compile(r"^(tests?/.*|test_[^/]*\.py|[^/]*_test\.py|conftest\.py)$")
LOCK = re.compile(r"^(uv\.lock|poetry\.lock|pdm\.lock|pylock[^/]*\.toml)$")
#: An extra for what modules import that is declared for an extra only.
IMPORTED = "*"
#: Backends whose sdist holds the modules and no tests.
MODULES_ONLY = ("flit_core", "poetry", "uv_build")


class Repository:
    def __init__(self, path):
        self.path = path
        self.objects = subprocess.Popen(
            ["git", "-C", path, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def git(self, *args):
        return subprocess.run(["git", "-C", self.path, *args], capture_output=True, check=True).stdout

    def tree(self, revision):
        entries = self.git("ls-tree", "-r", "-z", revision).decode().split("\0")[:-1]
        return {entry.split("\t", 1)[1]: entry.split()[2] for entry in entries if entry.split()[1] == "blob"}

    @functools.lru_cache(maxsize=None)
    def blob(self, identity):
        self.objects.stdin.write(identity.encode() + b"\n")
        self.objects.stdin.flush()
        size = int(self.objects.stdout.readline().split()[2])
        return self.objects.stdout.read(size + 1)[:-1]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_requirement(text):
    match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?", text)
    return match and (normal(match[1]), tuple(normal(extra.strip()) for extra in (match[2] or "").split(",") if extra.strip()))


class Model:
    """The packages of one revision and what they need of one another."""

    def __init__(self, repository, revision):
        self.repository, self.files = repository, repository.tree(revision)
        self.packages = {}
        for folder in sorted({posixpath.dirname(path) for path in self.files if re.search(r"(^|/)(pyproject\.toml|setup\.py)$", path)}):
            if not any(MATERIAL.match(part) for part in folder.split("/")[:-1]):
                self.read_package(folder)
        self.at_root = self.read_root()
        self.by_name = {package["name"]: folder for folder, package in self.packages.items()}
        self.read_modules()
        for folder in self.packages:
            self.link(folder)

    def text(self, path):
        return self.repository.blob(self.files[path]).decode("utf-8", "replace") if path in self.files else None

    def read_package(self, folder):
        text = self.text(posixpath.join(folder, "pyproject.toml"))
        data = tomllib.loads(text) if text else {}
        project, tool = data.get("project", {}), data.get("tool", {})
        poetry = tool.get("poetry", {})
        # Nothing is built of these, but they may have tests.
        is_virtual = tool.get("uv", {}).get("package") is False
        if poetry.get("package-mode") is False:
            return
        name, needs = project.get("name") or poetry.get("name"), []
        if name:
            needs += [("runtime", one) for one in project.get("dependencies", [])]
            for extra, requirements in project.get("optional-dependencies", {}).items():
                needs += [("extra:" + normal(extra), one) for one in requirements]
            for requirements in data.get("dependency-groups", {}).values():
                needs += [("dev", one) for one in requirements if isinstance(one, str)]
            needs += [("dev", one) for one in tool.get("uv", {}).get("dev-dependencies", [])]
            needs += [("dev", one) for one in tool.get("uv", {}).get("sources", {})]
            needs += [("runtime", one) for one in poetry.get("dependencies", {})]
            for group in poetry.get("group", {}).values():
                needs += [("dev", one) for one in group.get("dependencies", {})]
            for environment in tool.get("hatch", {}).get("envs", {}).values():
                for key in ("dependencies", "extra-dependencies"):
                    needs += [("dev", one) for one in environment.get(key, [])]
                for command in environment.get("pre-install-commands", []) + environment.get("post-install-commands", []):
                    needs += [("path", posixpath.normpath(posixpath.join(folder, path))) for path in re.findall(r"(?:-e|--editable)\s+(\S+)", command)]
        else:
            name, needs = self.read_setup_script(folder)
        for path in ("test-requirements", "requirements-test", "requirements/test", "dev-requirements", "requirements-dev", "requirements/dev"):
            for ending in (".txt", ".in"):
                needs += self.read_requirements(folder, posixpath.join(folder, path + ending))
        needs += [("build", one) for one in data.get("build-system", {}).get("requires", [])]
        # What no distribution may be called is a template's placeholder.
        if name and re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name):
            backend = data.get("build-system", {}).get("build-backend", "setuptools.build_meta")
            self.packages[folder] = {"name": normal(name), "needs": needs, "backend": backend, "edges": [], "virtual": is_virtual}

    def read_requirements(self, folder, path):
        needs = []
        for line in (self.text(path) or "").splitlines():
            editable = re.match(r"\s*(?:-e|--editable)[\s=]+([^\s#\[]+)", line)
            # pip takes such a path from where it is started, which is the package or a folder above it.
            bases = [folder[: at.start()] for at in re.finditer(r"/|$", folder)][::-1] + [""] if editable else []
            paths = [posixpath.normpath(posixpath.join(base, editable[1])) for base in bases]
            found = next((one for one in paths if one + "/pyproject.toml" in self.files or one + "/setup.py" in self.files), None)
            if found:
                needs.append(("path", found))
            elif not line.lstrip().startswith(("-", "#")):
                needs.append(("dev", line))
        return needs

    def read_setup_script(self, folder):
        """Every string of a list or of a dict's list; those behind `extras_require` belong to extras."""
        text = self.text(posixpath.join(folder, "setup.py"))
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
                needs += [(self.extra_of(kind, node, string), self.string(string)) for string in ast.walk(node.value) if kind and isinstance(string, (ast.Constant, ast.JoinedStr)) and self.string(string)]
        needs += [("runtime", one) for one in self.texts_in(folder, arguments.get("install_requires"))]
        extras = arguments.get("extras_require")
        for key, value in zip(extras.keys, extras.values) if isinstance(extras, ast.Dict) else ():
            if isinstance(key, ast.Constant):
                needs += [("extra:" + normal(key.value), one) for one in self.texts_in(folder, names.get(getattr(value, "id", None), value))]
        return name, needs

    def texts_in(self, folder, node):
        """The texts of a list, and the lines of a file that a function is given."""
        texts = [self.string(one) for one in ast.walk(node) if isinstance(one, (ast.Constant, ast.JoinedStr))] if node is not None else []
        lines = [line for text in texts if text and text.endswith(".txt") for line in (self.text(posixpath.join(folder, text)) or "").splitlines()]
        return [text for text in texts + lines if text and not text.startswith(("#", "-"))]

    @staticmethod
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

    @staticmethod
    def string(node):
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        return "".join(part.value if isinstance(part, ast.Constant) else "autogluon" if "PACKAGE_NAME" in ast.unparse(part) else "0" for part in node.values)

    def owner(self, path):
        folder = posixpath.dirname(path)
        while folder and folder not in self.packages:
            folder = posixpath.dirname(folder)
        if folder == "" and self.at_root is not None and path.split("/")[0] not in self.at_root:
            return None
        return folder if folder in self.packages else None

    def read_root(self):
        """What lies at the top and is the root package's, where that package contains others: Python, manifests, and what these name."""
        self.at_root = None
        if "" not in self.packages or len(self.packages) < 2:
            return None
        own = [path for path in self.files if self.owner(path) == ""]
        tops = {path.split("/")[0] for path in own}
        python = {path.split("/")[0] for path in own if path.endswith((".py", ".pyi")) and not path.startswith(".")}
        manifests = {"pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in", "hatch.toml"}
        pytest = {name for name in ("pytest.ini", "tox.ini") if name in tops and "[pytest]" in self.text(name)}
        documents = {top for top in tops if DOCUMENT.match(top)}
        named = set()
        for path in own:
            if path.endswith(".py"):
                named |= path_parts(self.repository, self.files[path])
        data = tomllib.loads(self.text("pyproject.toml") or "")
        tool = data.get("tool", {})
        tables = [data.get("project", {})] + [tool.get(name, {}) for name in ("hatch", "setuptools", "poetry", "pdm", "flit", "pytest")]
        named |= {part for text in strings_of(tables) for part in re.split(r"[/\\\s]", text)}
        named |= {part for name in manifests - {"pyproject.toml"} for part in re.split(r"[/\\\s]", self.text(name) or "")}
        return python | documents | ((manifests | pytest | named) & tops)

    def inside(self, path, folder):
        return posixpath.relpath(path, folder) if folder else path

    def read_modules(self):
        self.modules, self.sources = defaultdict(list), defaultdict(list)
        for path in self.files:
            folder = self.owner(path)
            if folder is None or not path.endswith(".py"):
                continue
            self.sources[folder].append(path)
            inner = self.inside(path, folder)
            if re.match(r"^(tests?|docs|examples?|scripts)/", inner) or inner == "setup.py":
                continue
            module = re.sub(r"^src/", "", inner)[:-3].replace("/", ".")
            self.modules[re.sub(r"\.__init__$", "", module)].append(folder)

    def module_owner(self, module, importer):
        """What the importer has itself is its own, whoever has it too."""
        while module:
            if module in self.modules:
                return importer if importer in self.modules[module] else self.modules[module][0]
            module = module.rpartition(".")[0]
        return None

    def link(self, folder):
        package = self.packages[folder]
        for kind, text in package["needs"]:
            if kind == "path":
                name, extras = self.packages.get(text, {}).get("name"), ()
            else:
                name, extras = parse_requirement(text) or (None, ())
            to = self.by_name.get(name)
            if to is not None and to != folder:
                package["edges"].append((to, "dev" if kind == "path" else kind, extras))
        declared = defaultdict(set)
        for to, kind, _ in package["edges"]:
            declared[to].add(kind.split(":")[0])
        for path in self.sources[folder]:
            is_test = TEST.match(self.inside(path, folder))
            for module in imports(self.repository, self.files[path]):
                to = self.module_owner(module, folder)
                if to is not None and to != folder:
                    package["edges"] += self.import_edge(to, is_test, declared[to])

    @staticmethod
    def import_edge(to, is_test, declared):
        """Who imports undeclared asks for no extra, and runs what the modules there import for an extra all the same."""
        if "runtime" in declared or (is_test and declared - {"build"}):
            return []
        kind = "dev" if is_test else "extra:" + IMPORTED if "extra" in declared else "runtime"
        return [(to, kind, (IMPORTED,))]

    def reach(self, folder, kinds):
        """The packages behind the edges of these kinds, and what those need at run time."""
        reached, walked = set(), set()
        queue = deque(edge for edge in self.packages[folder]["edges"] if kinds(edge[1]))
        while queue:
            to, _, extras = queue.popleft()
            reached.add(to)
            for kind in ("runtime", *("extra:" + extra for extra in extras)):
                if (to, kind) not in walked:
                    walked.add((to, kind))
                    queue.extend(edge for edge in self.packages[to]["edges"] if edge[1] == kind)
        return reached - {folder}

    def lock_of(self, folder):
        own = posixpath.join(folder, "uv.lock")
        if own in self.files:
            return own
        text = self.text("pyproject.toml")
        workspace = tomllib.loads(text).get("tool", {}).get("uv", {}).get("workspace") if text else None
        if workspace is None or "uv.lock" not in self.files:
            return None
        matches = lambda patterns: any(fnmatch.fnmatchcase(folder, pattern) and pattern.count("/") == folder.count("/") for pattern in patterns)
        member = folder == "" or matches(workspace.get("members", [])) and not matches(workspace.get("exclude", []))
        return "uv.lock" if member else None

    def closure(self, folder):
        """What the lock resolves for the tests of a package: all that its entry lists, and the groups of the root."""
        path = self.lock_of(folder)
        if path is None:
            return None
        wanted = posixpath.relpath(folder or ".", posixpath.dirname(path) or ".")
        return closure(self.repository, self.files[path], wanted)


@functools.lru_cache(maxsize=None)
def read_lock(repository, identity):
    packages = tomllib.loads(repository.blob(identity).decode()).get("package", [])
    by_name = defaultdict(list)
    for package in packages:
        by_name[package["name"]].append(package)
    return packages, by_name


@functools.lru_cache(maxsize=None)
def closure(repository, identity, wanted):
    packages, by_name = read_lock(repository, identity)
    local = lambda package: package["source"].get("editable") or package["source"].get("virtual") or package["source"].get("directory")
    first = [package for package in packages if local(package) == wanted]
    if not first:
        return identity
    def entries(package, everything, extras):
        found = list(package.get("dependencies", []))
        for extra, dependencies in package.get("optional-dependencies", {}).items():
            found += dependencies if everything or normal(extra) in extras else []
        for dependencies in package.get("dev-dependencies", {}).values():
            found += dependencies if everything else []
        return found
    queue = deque((entry["name"], entry.get("version"), tuple(entry.get("extra", []))) for entry in entries(first[0], True, ()))
    for root in packages:
        if local(root) == "." and root is not first[0]:
            for dependencies in root.get("dev-dependencies", {}).values():
                queue.extend((entry["name"], entry.get("version"), tuple(entry.get("extra", []))) for entry in dependencies)
    seen, lines = set(), set()
    while queue:
        item = queue.popleft()
        if item in seen:
            continue
        seen.add(item)
        name, version, extras = item
        for package in by_name[name]:
            if version and package.get("version") != version:
                continue
            if not local(package):
                files = sorted(one.get("hash", "") for one in package.get("wheels", []) + [package.get("sdist", {})])
                lines.add(f"{name} {package.get('version')} {files}")
            queue.extend((entry["name"], entry.get("version"), tuple(entry.get("extra", []))) for entry in entries(package, False, set(map(normal, extras))))
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def strings_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_of(inner)


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
