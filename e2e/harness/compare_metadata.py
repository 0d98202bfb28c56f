"""Compares what was read statically from unpacked sdists with the metadata that their build backends wrote into them.

    compare_metadata.py FOLDER < readings

The readings are JSON, by sdist: a field that is not known is null, a requirement is text, those of extras are by extra. Prints JSON, by sdist
and field: "right", "unknown", "no truth" or, for a wrong one, what was read and what is true.
"""

import configparser
import email
import glob
import itertools
import json
import os
import re
import sys

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ENVIRONMENTS = [
    dict(default_environment(), python_version=version, python_full_version=version + ".1", **dict(platform, **implementation))
    for version, platform, implementation in itertools.product(
        ["2.7", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"],
        [
            {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
            {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
            {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
        ],
        [
            {"implementation_name": "cpython", "platform_python_implementation": "CPython"},
            {"implementation_name": "pypy", "platform_python_implementation": "PyPy"},
        ],
    )
]
tables = {}


def when(marker):
    """In which environments, and for which extra, a marker holds."""
    text = str(marker) if marker else ""
    if text not in tables:
        extras = {""} | {canonicalize_name(each) for each in re.findall(r"""extra\s*==\s*["']([^"']+)["']""", text)}
        tables[text] = {
            (index, extra)
            for index, environment in enumerate(ENVIRONMENTS)
            for extra in extras
            if not marker or marker.evaluate(dict(environment, extra=extra))
        }
        # What holds without an extra holds with each.
        always = {(index, "") for index, extra in tables[text] if extra == ""}
        tables[text] = always | {(index, extra) for index, extra in tables[text] if (index, "") not in always}
    return tables[text]


def meaning(requirements, own):
    """What a list of requirements asks for, whatever its order, the way its markers are written, and whether its extras name each other."""
    result, references = {}, []
    for text in requirements:
        one = Requirement(text)
        if canonicalize_name(one.name) == own:
            references.append((when(one.marker), set(map(canonicalize_name, one.extras))))
            continue
        key = "%s[%s]%s %s" % (canonicalize_name(one.name), ",".join(sorted(map(canonicalize_name, one.extras))), one.specifier, one.url or "")
        result.setdefault(key, set()).update(when(one.marker))
    for _ in references:
        for asked, extras in references:
            for holds in result.values():
                holds.update((index, extra) for index, extra in asked if any((index, named) in holds for named in extras))
    return {key: holds for key, holds in result.items() if holds}


def with_marker(requirement, marker):
    if not marker:
        return requirement
    text, _, own = requirement.partition(" ;" if "@" in requirement else ";")
    return "%s ; %s" % (text, "(%s) and (%s)" % (own, marker) if own.strip() else marker)


def egg_info_requirements(folder):
    """requires.txt of setuptools, which wrote no Requires-Dist into PKG-INFO before version 68."""
    found = [path for path in glob.glob(os.path.join(folder, "**", "*.egg-info", "requires.txt"), recursive=True) if "test" not in path[len(folder):]]
    if len(found) != 1:
        # Without any requirement there is no such file.
        return ([], []) if glob.glob(os.path.join(folder, "*.egg-info")) + glob.glob(os.path.join(folder, "src", "*.egg-info")) and not found else None
    requirements, extras, section = [], [], ""
    for line in open(found[0], encoding="utf-8"):
        line = line.strip()
        if line.startswith("["):
            section = line[1:-1]
            if section.partition(":")[0]:
                extras.append(section.partition(":")[0])
        elif line:
            extra, _, marker = section.partition(":")
            requirement = with_marker(line, marker)
            requirements.append(with_marker(requirement, "extra == '%s'" % extra) if extra else requirement)
    return requirements, extras


def truth_of(folder):
    with open(os.path.join(folder, "PKG-INFO"), encoding="utf-8", errors="replace") as file:
        message = email.message_from_file(file)
    requirements, extras = message.get_all("Requires-Dist") or [], message.get_all("Provides-Extra") or []
    is_complete = Version(message["Metadata-Version"]) >= Version("2.2")
    if not is_complete and not requirements:
        requirements, extras = egg_info_requirements(folder) or (None, None)
    return {
        "name": message["Name"],
        "version": message["Version"],
        "requires-python": message["Requires-Python"] if message["Metadata-Version"] not in ("1.0", "1.1") else None,
        "has-requires-python": message["Metadata-Version"] not in ("1.0", "1.1"),
        "requirements": requirements,
        "extras": extras,
    }


def judge(reading, truth):
    def verdict(read, true, normal):
        if read is None:
            return "unknown"
        if true is None:
            return "no truth"
        return "right" if normal(read) == normal(true) else [read, true]

    def specifiers(text):
        # As text, since old ones (`>=3.5.*`) are no longer valid.
        return sorted("".join(part.split()) for part in (text or "").split(",") if part.strip())

    requirements = reading["requirements"]
    if requirements is not None and reading["extras"] is not None:
        requirements = requirements + [
            with_marker(each, "extra == '%s'" % extra) for extra, list_of in reading["extras"].items() for each in list_of
        ]
    elif requirements is not None and truth["requirements"] is not None:
        truth = dict(truth, requirements=[each for each in truth["requirements"] if "extra ==" not in each])
    return {
        "name": verdict(reading["name"], truth["name"], canonicalize_name),
        "version": verdict(reading["version"], truth["version"], Version),
        "requires-python": verdict(reading["requires-python"], (truth["requires-python"] or "") if truth["has-requires-python"] else None, specifiers),
        "requirements": verdict(requirements, truth["requirements"], lambda texts: meaning(texts, canonicalize_name(truth["name"]))),
        "extras": verdict(
            reading["extras"] if reading["extras"] is None else list(reading["extras"]), truth["extras"], lambda names: sorted(set(map(canonicalize_name, names)))
        ),
    }


readings = json.load(sys.stdin)
print(json.dumps({sdist: judge(reading, truth_of(os.path.join(sys.argv[1], sdist))) for sdist, reading in readings.items()}, default=str))
