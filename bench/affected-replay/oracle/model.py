"""The packages of one revision, what belongs to each and what they need of one another: a plain breadth-first walk."""

import fnmatch
import posixpath
import re
import tomllib
from collections import defaultdict, deque

from locks import closure
from python_code import imports, path_parts
from requirements import normal, parse_requirement
from setup_script import read_setup_script

MATERIAL = re.compile(
    r"^(tests?|tests?[-_].+|testing|testdata|testpackages|fixtures?|templates?|cookiecutters?|__fixtures__|_vendor|vendor|vendored)$",
    re.I,
)
DOCUMENT = re.compile(r"^((README|CHANGELOG|CHANGES|HISTORY|NEWS|LICEN[CS]E|COPYING|NOTICE|AUTHORS|CONTRIBUTING)[^/]*|docs/.*)$")
TEST = re.compile(r"^(tests?/.*|test_[^/]*\.py|[^/]*_test\.py|conftest\.py)$")
#: What lies beside the modules of a package: dependents do not run it.
NO_MODULE = re.compile(r"^((tests?|docs|examples?|scripts)/.*|setup\.py)$")
#: An extra for what modules import that is declared for an extra only.
IMPORTED = "*"


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
            name, needs = read_setup_script(self.text(posixpath.join(folder, "setup.py")), lambda path: self.text(posixpath.join(folder, path)))
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
            if NO_MODULE.match(inner):
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
            inner = self.inside(path, folder)
            if DOCUMENT.match(inner):
                continue
            is_own = TEST.match(inner) or NO_MODULE.match(inner)
            for module in imports(self.repository, self.files[path]):
                to = self.module_owner(module, folder)
                if to is not None and to != folder:
                    package["edges"] += self.import_edge(to, is_own, declared[to])

    @staticmethod
    def import_edge(to, is_own, declared):
        """What tests and scripts import is for the package's own tests. Who imports undeclared asks for no extra, and runs what the modules there import for an extra all the same."""
        if "runtime" in declared or (is_own and declared - {"build"}):
            return []
        kind = "dev" if is_own else "extra:" + IMPORTED if "extra" in declared else "runtime"
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
