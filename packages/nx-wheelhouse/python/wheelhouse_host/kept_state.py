"""What a backend's modules hold: noted when it is warm, and put back after each request, so that no package finds what another left.

setuptools keeps its last distribution, the folders it has made and the warnings it has given; other backends keep less. What is
noted is not a list of these, but whatever is reached from the environment's own modules: variables, containers, attributes of
classes, of functions and of objects. Each is compared with a copy that is one level deep: a millisecond for all.
"""

import collections
import functools
import gc
import importlib
import os
import sys
import types

CONTAINERS = (dict, list, set, collections.deque)
WRAPPERS = (staticmethod, classmethod)
MEMO = type(functools.lru_cache(maxsize=None)(len))
NAMED = ("logging", "warnings")  # of the standard library, what backends are known to change
LASTING_MEMOS = {("poetry.core.json", "_get_validator")}  # made of nothing but the backend's own files, and half of its work
LISTS = ("argv", "path", "meta_path", "path_hooks")  # of sys


class KeptState:
    def __init__(self):
        self.noted = {}  # by id: what holds something, that as it is seen now and later, a copy of it
        self.own = {name for name, module in list(sys.modules.items()) if is_own(name, module)}
        self.environment = dict(os.environ)
        waiting = [vars(sys.modules[name]) for name in sorted(self.own)] + [getattr(sys, name) for name in LISTS]
        while waiting:
            waiting.extend(self.note(waiting.pop()))
        self.memos = memos()
        self.empty_memos()
        importlib.invalidate_caches()

    def note(self, value):
        """Returns what else it leads to."""
        if isinstance(value, tuple):
            return value
        if isinstance(value, WRAPPERS):
            return (value.__func__,)
        if isinstance(value, types.MethodType):
            return value.__func__, value.__self__
        if isinstance(value, MEMO):
            return (value.__wrapped__,)
        if id(value) in self.noted:
            return ()
        content = self.content_of(value)
        if content is None:
            return ()
        kept = copy_of(content)
        self.noted[id(value)] = value, content, kept
        return (*(kept.values() if isinstance(kept, dict) else kept), *(links_of(value) if isinstance(value, types.FunctionType) else ()))

    def content_of(self, value):
        """What can be compared of it; None where it is no concern of the environment's modules, or cannot change."""
        if isinstance(value, CONTAINERS):
            return value
        if isinstance(value, types.ModuleType):
            return None  # one of theirs is noted anyway
        kind = value if isinstance(value, (type, types.FunctionType)) else type(value)
        return getattr(value, "__dict__", None) if kind.__module__ in self.own else None

    def restore(self):
        """Returns whether all is as it was."""
        self.put_back_environment()
        self.empty_memos()
        try:
            changed = [one for one in self.noted.values() if one[1] != one[2]]
            return all(put_back(*one) for one in changed)
        except Exception:  # noqa: B902 - what is compared may be anything, and a class may refuse to be put back
            return False

    def put_back_environment(self):
        """Variable by variable: a build changes few of them."""
        for name in set(os.environ) - set(self.environment):
            del os.environ[name]
        for name, value in self.environment.items():
            if os.environ.get(name) != value:
                os.environ[name] = value

    def empty_memos(self):
        """One may stand for a change that is undone (setuptools sets PLAT once). Regular expressions are in none of them."""
        for memo in self.memos:
            memo.cache_clear()


def is_own(name, module):
    file = getattr(module, "__file__", None)
    inside = isinstance(file, str) and file.startswith(sys.prefix + os.sep)
    return isinstance(module, types.ModuleType) and (inside or name in NAMED or name.partition(".")[0] == "distutils")


def links_of(function):
    """Where a function may keep something besides its attributes."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:
            pass  # empty
    yield function.__defaults__ or ()
    yield function.__kwdefaults__


def copy_of(content):
    """Of the plain kind: what is derived from it may do more than hold things."""
    for kind in (list, set, collections.deque):
        if isinstance(content, kind):
            return kind(content)
    return dict(content)


def put_back(value, content, kept):
    if isinstance(value, type):
        for name in set(content) - set(kept):
            delattr(value, name)
        for name, attribute in kept.items():
            if content.get(name, kept) is not attribute:
                setattr(value, name, attribute)
    elif isinstance(content, (list, collections.deque)):
        content.clear()
        content.extend(kept)
    else:
        content.clear()
        content.update(kept)
    return content == kept


def memos():
    gc.unfreeze()  # what is frozen is not listed
    found = (one for one in gc.get_objects() if isinstance(one, MEMO))
    return [one for one in found if (one.__module__, one.__name__) not in LASTING_MEMOS]
