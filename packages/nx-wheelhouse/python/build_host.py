"""Build host: calls PEP 517 hooks for many packages from one process per build environment.

Standard library only, CPython 3.8+. Requests come as JSON lines on standard input, answers go as JSON lines to the
descriptor that standard output was at the start; whatever a backend prints goes to the log file of its request.

Each request runs in a child of its own, so every hook starts in a process that has built nothing before. Where the
platform forks, the child is a fork of a process that has already imported what the backend's first call loaded;
elsewhere it is a new process (`build_host.py --once`).

A request:  {"id", "operation", "backend", "backendPath", "source", "output", "unpack", "log", "epoch"}
An answer:  {"id", "ok": true, "value": ...} or {"id", "ok": false, "error": "...", "file": ..., "line": ...}
Operations: requires_sdist, requires_wheel, build_sdist, build_wheel (the hooks of PEP 517).
"""

import gc
import importlib
import importlib.util
import json
import os
import selectors
import subprocess
import sys
import threading

import build_failure

# The folder of this script must not be importable by backends.
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != os.path.dirname(os.path.abspath(__file__))]
sys.path_importer_cache.clear()


# --- one request, in a child -----------------------------------------------------------------------------------------


def perform(request):
    """Runs one hook and returns its value; called in a process made for this request."""
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.umask(0o022)
    os.chdir(request["source"])
    backend = load_backend(request)
    operation = request["operation"]
    if operation == "requires_sdist":
        return call_optional(backend, "get_requires_for_build_sdist")
    if operation == "requires_wheel":
        return call_optional(backend, "get_requires_for_build_wheel")
    if operation == "build_sdist":
        return build_sdist(backend, request)
    if operation == "build_wheel":
        return backend.build_wheel(request["output"], None)
    raise ValueError("unknown operation " + operation)


def load_backend(request):
    """Imports `module:object` with the in-tree folders first, as PEP 517 and 518 say."""
    folders = [os.path.abspath(folder) for folder in request["backendPath"]]
    sys.path[:0] = folders
    if folders:
        importlib.invalidate_caches()
    module, _, path = request["backend"].partition(":")
    backend = importlib.import_module(module)
    for attribute in filter(None, path.split(".")):
        backend = getattr(backend, attribute)
    return backend


def call_optional(backend, hook):
    function = getattr(backend, hook, None)
    return list(function(None)) if function else []


def build_sdist(backend, request):
    filename = backend.build_sdist(request["output"], None)
    path = os.path.join(request["output"], filename)
    if os.path.isfile(path):
        normalise_sdist(path, request["epoch"])
        if request["unpack"]:
            unpack_sdist(path, request["unpack"])
    return filename


def normalise_sdist(path, epoch):
    """Rewrites a .tar.gz so that nothing in it tells when, where or by whom it was made: order, times, owners, modes."""
    import gzip
    import tarfile

    rewritten = path + ".normalised"
    with tarfile.open(path) as old, open(rewritten, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=epoch, compresslevel=9) as compressed:
            with tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as new:
                for member in sorted(old.getmembers(), key=lambda entry: entry.name):
                    member.mtime = epoch
                    member.uid = member.gid = 0
                    member.uname = member.gname = ""
                    member.pax_headers = {}
                    member.mode = 0o755 if member.isdir() or member.mode & 0o111 else 0o644
                    new.addfile(member, old.extractfile(member) if member.isreg() else None)
    os.replace(rewritten, path)


def unpack_sdist(path, folder):
    import tarfile

    os.makedirs(folder)
    with tarfile.open(path) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
        else:
            archive.extractall(folder)


def answer_of(request):
    try:
        return {"id": request["id"], "ok": True, "value": perform(request)}
    except BaseException as error:  # noqa: B902 - a backend may raise SystemExit; the answer carries it
        # Into the log, which is the request's own output: the person sees what the backend said, in its order.
        answer = {"id": request["id"], "ok": False, **build_failure.describe(error, request["source"])}
        sys.stdout.flush()
        sys.stderr.flush()
        return answer


# --- the host --------------------------------------------------------------------------------------------------------


class Host:
    """Takes requests, runs each in a child and answers in the order in which they end."""

    def __init__(self, answers):
        self.answers = answers
        self.known = set(sys.modules)
        self.can_fork = hasattr(os, "fork") and sys.platform != "darwin"
        self.learnt = set()

    def run(self):
        if self.can_fork:
            self.run_forking()
        else:
            self.run_spawning()

    def run_forking(self):
        running = selectors.DefaultSelector()
        os.set_blocking(0, False)
        running.register(0, selectors.EVENT_READ, None)
        buffered, open_input, children = b"", True, 0
        while open_input or children:
            for key, _ in running.select():
                if key.data is not None:
                    children -= self.collect(key, running)
                    continue
                chunk = os.read(0, 1 << 16)
                if not chunk:
                    running.unregister(0)
                    open_input = False
                    continue
                *lines, buffered = (buffered + chunk).split(b"\n")
                for line in filter(None, lines):
                    children += self.start(json.loads(line.decode("utf-8")), running)

    def start(self, request, running):
        """Forks a child for a request; the first one of a kind is waited for, to learn what its backend imports."""
        if not self.can_fork:
            self.send(self.spawn(request))
            return 0
        kind = (request["backend"], request["operation"])
        teach = kind not in self.learnt and not request["backendPath"]
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self.be_child(request, writing, teach)
        os.close(writing)
        pipe = os.fdopen(reading, "rb")
        if not teach:
            running.register(pipe, selectors.EVENT_READ, {"pid": pid, "id": request["id"], "data": b""})
            return 1
        self.finish(pid, request["id"], pipe.read())
        pipe.close()
        self.learnt.add(kind)
        return 0

    def be_child(self, request, writing, teach):
        answer = answer_of(request)
        if teach and answer["ok"]:
            answer["modules"] = [name for name in list(sys.modules) if name not in self.known]
        sys.stdout.flush()
        sys.stderr.flush()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(answer).encode("utf-8"))
        # No exit handlers: what the parent registered is not this process's to run.
        os._exit(0)

    def collect(self, key, running):
        """Reads what a child has sent; 1 when it has ended."""
        chunk = os.read(key.fd, 1 << 16)
        if chunk:
            key.data["data"] += chunk
            return 0
        running.unregister(key.fileobj)
        key.fileobj.close()
        self.finish(key.data["pid"], key.data["id"], key.data["data"])
        return 1

    def finish(self, pid, identity, data):
        status = os.waitpid(pid, 0)[1]
        if not data:
            reason = "signal %d" % os.WTERMSIG(status) if os.WIFSIGNALED(status) else "exit code %d" % os.WEXITSTATUS(status)
            self.send({"id": identity, "ok": False, "error": "the build backend ended without an answer (%s)" % reason})
            return
        answer = json.loads(data.decode("utf-8"))
        self.preload(answer.pop("modules", []))
        self.send(answer)

    def preload(self, modules):
        """Imports what the first call of a backend loaded, from this environment only, so that later forks have it."""
        if not modules:
            return
        prefixes = (sys.prefix, sys.base_prefix)
        saved = os.dup(1), os.dup(2)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        try:
            for name in modules:
                try:
                    spec = importlib.util.find_spec(name)
                    if spec and spec.origin and spec.origin.startswith(prefixes):
                        importlib.import_module(name)
                except BaseException:  # noqa: B902 - vendored and synthetic names need not be importable
                    pass
        finally:
            os.dup2(saved[0], 1)
            os.dup2(saved[1], 2)
            for descriptor in (null, *saved):
                os.close(descriptor)
        self.known.update(sys.modules)
        if threading.active_count() > 1:
            # A process with threads does not fork safely: from here on a new process per request.
            self.can_fork = False
        gc.collect()
        gc.freeze()

    def run_spawning(self):
        for line in sys.stdin:
            if line.strip():
                self.send(self.spawn(json.loads(line)))

    def spawn(self, request):
        line = (json.dumps(request) + "\n").encode("utf-8")
        child = subprocess.run([sys.executable, os.path.abspath(__file__), "--once"], input=line, stdout=subprocess.PIPE)
        if child.stdout:
            return json.loads(child.stdout.decode("utf-8"))
        error = "the build backend ended without an answer (exit code %d)" % child.returncode
        return {"id": request["id"], "ok": False, "error": error}

    def send(self, answer):
        self.answers.write(json.dumps(answer) + "\n")
        self.answers.flush()


def main():
    # The protocol keeps the real standard output; what anything else prints goes to standard error.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if "--once" in sys.argv:
        answer = answer_of(json.loads(sys.stdin.readline()))
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        return
    Host(answers).run()


if __name__ == "__main__":
    main()
