"""One request: steps of a package's build, done one after the other in a process made for them.

A build has a folder of its own. `stage/` holds the package's sources, in the folders they have in the workspace; `tree/` the
unpacked sdist; `temporary/` what the backend takes for temporary files; `dist/` what it made. The steps:

    stage            copies the sources
    requires_sdist   asks the backend what it needs beyond build-system.requires; likewise requires_wheel
    sdist            builds it, makes its bytes the same everywhere, and unpacks it where a wheel is to be built from it
    wheel            builds it from the unpacked sdist, or from the stage where none was unpacked
    clear            removes all but dist
    restate          replaces requirements in the metadata of what is in dist/
"""

import importlib
import os
import shutil
import sys
import tempfile

from . import restate, sdist, stage


def perform(request):
    """Returns {"done": steps, "made": file name by step, "missing": requirements}.

    Stops after a step that tells of requirements that are not there, or has not made the file that it names.
    """
    build = Build(request)
    answer = {"done": [], "made": {}, "missing": []}
    for step in request["steps"]:
        request["step"] = step  # for the answer, should this one fail
        value = getattr(build, step)()
        answer["done"].append(step)
        if step in ("sdist", "wheel"):
            answer["made"][step] = value
            if not os.path.isfile(os.path.join(build.output, value)):
                break
        elif value:
            answer["missing"] = value
            break
    return answer


class Build:
    def __init__(self, request):
        self.request = request
        self.stage_root = os.path.join(request["folder"], "stage")
        # Normal, for a package at the root of its repository: no folder can be renamed by the name `stage/.`.
        self.staged = os.path.normpath(os.path.join(self.stage_root, request["project"]))
        self.tree = os.path.join(request["folder"], "tree")
        self.output = os.path.join(request["folder"], "dist")
        self.temporary = os.path.join(request["folder"], "temporary")
        os.makedirs(self.temporary, exist_ok=True)
        os.environ["TMPDIR"] = self.temporary  # where the build is, is where files are made fast, and removed whatever happens
        tempfile.tempdir = None
        stage.close_off(request["folder"])

    def stage(self):
        os.makedirs(self.staged)
        stage.copy_into(self.stage_root, self.request["files"])

    def requires_sdist(self):
        return self.missing("get_requires_for_build_sdist", self.staged)

    def requires_wheel(self):
        return self.missing("get_requires_for_build_wheel", self.wheel_source())

    def sdist(self):
        name = self.made("build_sdist", self.staged)
        path = os.path.join(self.output, name)
        if os.path.isfile(path):
            archive = sdist.normalise(path, self.request["epoch"], self.request["ordered"])
            if self.request["unpack"]:
                os.chdir(self.request["folder"])
                sdist.unpack(archive, self.staged, self.tree)
        return name

    def wheel(self):
        return self.made("build_wheel", self.wheel_source())

    def clear(self):
        os.chdir(self.output)
        for folder in (self.stage_root, self.tree, self.temporary):
            shutil.rmtree(folder, ignore_errors=True)

    def restate(self):
        for name, replacements in self.request["replacements"].items():
            path = os.path.join(self.output, name)
            if name.endswith(".whl"):
                restate.restate_wheel(path, replacements)
            else:
                restate.restate_sdist(path, replacements, self.request["epoch"])

    def wheel_source(self):
        if not os.path.isdir(self.tree):
            return self.staged
        [name] = os.listdir(self.tree)
        return os.path.join(self.tree, name)

    def missing(self, hook, source):
        function = getattr(self.backend_for(source), hook, None)
        asked = function(self.request["configSettings"]) if function else []
        if not isinstance(asked, (list, tuple)) or not all(isinstance(requirement, str) for requirement in asked):
            raise TypeError("%s must return a list of strings (PEP 517), and returned %r" % (hook, asked))
        return [requirement for requirement in asked if requirement not in self.request["provided"]]

    def made(self, hook, source):
        name = getattr(self.backend_for(source), hook)(self.output, self.request["configSettings"])
        if not isinstance(name, str):
            raise TypeError("%s must return the name of a file (PEP 517), and returned %r" % (hook, name))
        return name

    def backend_for(self, source):
        """The object that `build-backend` names, with the source tree for working folder (PEP 517, "Build environment")."""
        os.chdir(source)
        self.request["source"] = source  # for the answer, should the hook fail
        folders = [os.path.abspath(folder) for folder in self.request["backendPath"]]
        if sys.path[: len(folders)] != folders:
            sys.path[:0] = folders
            importlib.invalidate_caches()
        module, _, path = self.request["backend"].partition(":")
        backend = importlib.import_module(module)
        for attribute in filter(None, path.split(".")):
            backend = getattr(backend, attribute)
        return backend
