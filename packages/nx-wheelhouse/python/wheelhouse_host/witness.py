"""Whether no code has run in a process but that of its environment: the next package may be built there then, and others learn from it."""

import os
import sys
import threading

from . import setup_script

SETUPTOOLS = os.path.join("setuptools", "build_meta.py")
JSON_SCHEMA = os.path.join("fastjsonschema", "__init__.py")
# A compiler, whose settings stay in the process, or a copy of the process itself.
OTHER_PROGRAMS = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"}


class Witness:
    def __init__(self):
        self.modules = len(sys.modules)
        self.has_seen_others = False
        self.packages = None  # at the top, those that were there when code of the package's own first ran
        self.own = (sys.prefix + os.sep, sys.base_prefix + os.sep, "<frozen ")
        sys.addaudithook(self.look)

    def look(self, event, arguments):
        """See "Audit events table": every run of a module's or a text's code is an `exec`."""
        if event == "exec":
            if not arguments[0].co_filename.startswith(self.own) and not self.knows_text(sys._getframe(1)):
                self.has_seen_others = True
                self.packages = self.packages or {top(name) for name in list(sys.modules)}
        elif event in OTHER_PROGRAMS or (event == "subprocess.Popen" and not is_git(arguments[0])):
            self.has_seen_others = True

    def knows_text(self, frame):
        """Whether a text that is run comes from the environment, or does no more than the environment's own would.

        setuptools runs setup.py as a text, and one of its own where there is none; poetry-core what it makes of its JSON schemas.
        """
        code = frame.f_code
        if not code.co_filename.startswith(self.own):
            return False
        if code.co_name == "run_setup" and code.co_filename.endswith(SETUPTOOLS):
            return setup_script.is_plain(frame.f_locals.get("code"))
        return code.co_name == "compile" and code.co_filename.endswith(JSON_SCHEMA)

    def owes_to_environment(self, name):
        """Whether the environment's own code has led to a module. What else a package imports may change other modules for good.

        numpy.distutils puts compilers of its own in the place of those of distutils.
        """
        return self.packages is None or top(name) in self.packages

    def has_new_modules(self):
        return len(sys.modules) != self.modules

    def has_own_new_modules(self):
        return self.has_new_modules() and not self.has_seen_others

    def finds_no_trace(self):
        """To be asked from the build's folder: one that lies in the environment would hide whose code it is."""
        if self.has_seen_others or self.has_new_modules() or has_threads():
            return False
        return has_standard_streams() and not os.getcwd().startswith(self.own)


def top(name):
    return name.partition(".")[0]


def is_git(program):
    """poetry-core asks it which files are ignored."""
    return os.path.splitext(os.path.basename(os.fsdecode(program)))[0] == "git"


def has_standard_streams():
    """A file made of a descriptor, as of 1, closes it when it goes."""
    try:
        return all(map(os.fstat, range(3)))
    except OSError:
        return False


def has_threads():
    """Also those that native code has started, where the platform tells."""
    try:
        return len(os.listdir("/proc/self/task")) > 1
    except OSError:
        return threading.active_count() > 1
