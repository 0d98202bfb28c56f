"""A pytest plugin: writes down what the tests ask `packaging`, and what it answers, one JSON object a line.

The file is named by RECORDED_QUESTIONS. An answer of null means that `packaging` refuses the question.
"""

import functools
import json
import os

from packaging import markers, metadata, requirements, specifiers, utils, version

_answers = {}


def _note(kind, question, answer):
    try:
        _answers[json.dumps([kind, question])] = json.dumps(answer)
    except TypeError:
        pass  # what is no JSON cannot be asked from outside


def _record(owner, name, kind, question, answer):
    """Wraps a function: `question(*args)` gives what was asked, or None for what is not to be compared."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapper(*args, **kwargs):
        try:
            asked = question(*args, **kwargs)
        except Exception:
            asked = None
        try:
            result = original(*args, **kwargs)
        except ValueError:
            if asked is not None:
                _note(kind, asked, None)
            raise
        if asked is not None and result is not NotImplemented:
            _note(kind, asked, answer(result, *args))
        return result

    setattr(owner, name, wrapper)


def _text(*args, **kwargs):
    subject = args[-1]
    return subject if type(subject) is str and len(args) <= 2 and not kwargs else None


def _clauses(specifier_set):
    return sorted({(each.operator, each.version) for each in specifier_set})


def _candidate(specifier, item, prereleases=None, installed=None):
    if installed or not isinstance(item, (str, version.Version)):
        return None
    chosen = specifier._prereleases if prereleases is None else prereleases
    return [str(specifier), str(item), chosen is not False]


def _environment(marker, environment=None, context="metadata"):
    whole = dict(markers.default_environment())
    if context == "lock_file":
        whole.update(extras=[], dependency_groups=[])
    elif context == "metadata":
        whole["extra"] = ""
    whole.update(environment or {})
    if whole.get("extra", "") is None:
        whole["extra"] = ""
    values = {key: value if isinstance(value, str) else sorted(value) for key, value in whole.items()}
    return [str(marker), values]


def _pair(a, b):
    return [str(a), str(b)] if type(a) is type(b) is version.Version else None


def _order(_, a, b):
    return (a._key > b._key) - (a._key < b._key)


def _taken_apart(_, requirement, *__):
    url = requirement.url
    marker = str(requirement.marker) if requirement.marker else None
    extras = sorted(map(utils.canonicalize_name, requirement.extras))
    return [requirement.name, extras, url, None if url else _clauses(requirement.specifier), marker]


def pytest_configure():
    _record(version.Version, "__init__", "version", _text, lambda _, v, *__: [str(v), v.public, v.is_prerelease])
    for name in ("__lt__", "__le__", "__eq__", "__ge__", "__gt__", "__ne__"):
        _record(version.Version, name, "order", _pair, _order)
    _record(specifiers.SpecifierSet, "__init__", "specifiers", _text, lambda _, s, *__: _clauses(s))
    for owner in (specifiers.Specifier, specifiers.SpecifierSet):
        _record(owner, "contains", "contains", _candidate, lambda verdict, *__: verdict)
    _record(requirements.Requirement, "__init__", "requirement", _text, _taken_apart)
    _record(markers.Marker, "__init__", "marker", _text, lambda _, marker, *__: str(marker))
    _record(markers.Marker, "evaluate", "evaluate", _environment, lambda verdict, *__: verdict)
    _record(utils, "canonicalize_name", "name", _text, lambda name, *__: name)
    _record(
        utils,
        "parse_wheel_filename",
        "wheel",
        _text,
        lambda parts, *__: [parts[0], str(parts[1]), "".join(map(str, parts[2])), sorted(map(str, parts[3]))],
    )
    _record(utils, "parse_sdist_filename", "sdist", _text, lambda parts, *__: [parts[0], str(parts[1])])
    _record(metadata, "parse_email", "metadata", _text, lambda parts, *__: list(parts))


def _parameters(item):
    return item.callspec.params if hasattr(item, "callspec") else {}


def _needs_fixtures(item):
    return bool(set(item.fixturenames) - set(_parameters(item)) - {"_clear_default_environment_cache"})


def pytest_collection_modifyitems(items):
    items.sort(key=_needs_fixtures, reverse=True)


def pytest_runtest_protocol(item):
    """Calls a test that needs no fixtures straight away: sixty thousand take a minute by pytest's own protocol."""
    if _needs_fixtures(item):
        return None
    item.obj(**_parameters(item))
    return True


def pytest_unconfigure():
    with open(os.environ["RECORDED_QUESTIONS"], "w") as file:
        for key, answer in _answers.items():
            kind, question = json.loads(key)
            file.write('{"kind": "%s", "question": %s, "answer": %s}\n' % (kind, json.dumps(question), answer))
