"""What a uv.lock resolves for the tests of a package, as a digest."""

import functools
import hashlib
import tomllib
from collections import defaultdict, deque

from requirements import normal


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
