"""Build host: calls PEP 517 hooks for many packages from one process per build environment.

Standard library only, CPython 3.8+. Requests come as JSON lines on standard input, answers go as JSON lines to the
descriptor that standard output was at the start; whatever a backend prints goes to the log file of its request.

Each request runs in a child, so every hook starts in a process that no package has left a trace in; see wheelhouse_host/worker.py.
Where the platform forks, the child is a fork of a process that has already imported what the backend's first call loaded, and has
built a package of our own where the backend is known for certain (`warmUp`); elsewhere it is a new process (`build_host.py --once`). So
the host never grows with what it has built.

A request:  {"id", "steps", "backend", "backendPath", "configSettings", "provided", "folder", "project", "files", "log",
             "epoch", "ordered", "unpack", "memoryLimit", "warmUp", "preloadsBackend"}; see wheelhouse_host/steps.py
Its start:  {"id", "started": true}, where it has a "timeout": it may have had to wait
An answer:  {"id", "ok": true, "done", "made", "missing"} or {"id", "ok": false, "step", "error", "file", "line"}
"""

import collections
import contextlib
import gc
import importlib
import importlib.util
import os
import selectors
import signal
import sys
import threading

from wheelhouse_host import warm_up, witness, worker
from wheelhouse_host.kept_state import KeptState
from wheelhouse_host.messages import is_whole, line_of, message_of, no_answer, write_whole
from wheelhouse_host.spawner import Spawner

# The folder of this script must not be importable by backends.
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != os.path.dirname(os.path.abspath(__file__))]
sys.path_importer_cache.clear()

PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Child:
    """A process that does requests, seen from the host."""

    def __init__(self, pid, request, requests, answers):
        self.pid = pid
        self.backend = request["backend"]
        self.memory_limit = request["memoryLimit"]  # which can be narrowed, but not widened
        self.leaves_out = None if request["preloadsBackend"] else request["backend"].partition(":")[0].partition(".")[0]
        self.requests = requests
        self.answers = answers
        self.request = None  # the id of the one it does
        self.received = b""

    def take(self, request):
        self.request = request["id"]
        self.received = b""

    def close(self):
        """Returns how it has ended."""
        os.close(self.requests)
        os.close(self.answers)
        _, status, usage = os.wait4(self.pid, 0)
        return "%s, %d MB of memory at most" % (end_of(status), usage.ru_maxrss >> 10)


class Host:
    """Takes requests, has each done in a child and answers in the order in which they end."""

    def __init__(self, answers):
        self.answers = answers
        self.lock = threading.Lock()
        self.spawner = Spawner(os.path.abspath(__file__), self.send)
        self.known = set(sys.modules)
        self.can_fork = hasattr(os, "fork") and sys.platform != "darwin"
        self.warm = {}  # by backend, whether it could be imported
        self.kept = None  # the KeptState of what is warm
        self.learnt = set()  # kinds of request
        self.busy = {}  # children by request id
        self.idle = []  # children that may do another request
        self.teacher = None  # the id of the request from whose child the host is about to learn
        self.queue = collections.deque()  # requests that wait for that
        self.selector = selectors.DefaultSelector()

    def run(self):
        if not self.can_fork:
            for line in filter(bytes.strip, sys.stdin.buffer):
                self.receive(message_of(line))
            self.end_children()
            return
        self.selector.register(0, selectors.EVENT_READ, None)
        buffered, open_input = b"", True
        while open_input or self.busy:
            for key, _ in self.selector.select():
                if key.data is not None:
                    self.collect(key.data)
                    continue
                chunk = os.read(0, 1 << 16)
                if not chunk:
                    self.selector.unregister(0)
                    open_input = False
                    self.end_children()
                    continue
                *lines, buffered = (buffered + chunk).split(b"\n")
                for line in filter(None, lines):
                    self.receive(message_of(line))

    def receive(self, message):
        if "cancel" in message:
            self.cancel(message["cancel"])
        else:
            self.queue.append(message)
            self.start_waiting()

    def start_waiting(self):
        while self.queue and self.teacher is None and not self.has_enough_to_do(self.queue[0]):
            self.start(self.queue.popleft())

    def has_enough_to_do(self, request):
        """A backend that only computes needs one process more than there are processors: one waits while the host hands over a request.

        Each more holds memory for nothing. Other backends may wait for something.
        """
        return request["warmUp"] and len(self.busy) > PROCESSORS

    def start(self, request):
        """Gives a request to a child. While the first of a kind runs, the others wait for what can be learnt from it, unless that is known."""
        if self.can_fork and request["warmUp"] and request["backend"] not in self.warm:
            self.warm_up(request)
        if request["timeout"] is not None:
            self.send({"id": request["id"], "started": True})
        if not self.can_fork:
            self.spawner.start(request)
            return
        kind = (request["backend"], *request["steps"])
        teach = kind not in self.learnt and not request["backendPath"]
        child = self.idle_child(request) or self.fork(request, teach)
        child.take(request)
        self.busy[request["id"]] = child
        if teach:
            self.learnt.add(kind)
            # Of a backend that is warm there is little left to learn.
            self.teacher = None if request["warmUp"] else request["id"]
        self.selector.register(child.answers, selectors.EVENT_READ, child)

    def idle_child(self, request):
        """Returns a child that has taken the request, or None."""
        if not request["warmUp"] or request["backendPath"]:
            return None
        for child in self.idle:
            if child.backend == request["backend"] and child.memory_limit == request["memoryLimit"]:
                self.idle.remove(child)
                try:
                    write_whole(child.requests, line_of(request))
                    return child
                except BrokenPipeError:  # it was killed meanwhile
                    child.close()
                    return None
        return None

    def fork(self, request, teach):
        (taking, requests), (answers, giving) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid != 0:
            os.close(taking)
            os.close(giving)
            return Child(pid, request, requests, answers)
        status = 1
        try:
            for descriptor in (requests, answers, self.answers.fileno(), *(child.requests for child in (*self.busy.values(), *self.idle))):
                os.close(descriptor)
            may_go_on = not request["backendPath"] and request["warmUp"] and self.warm[request["backend"]]
            worker.serve(request, taking, giving, self.kept if may_go_on else None, teach, self.new_modules)
            status = 0
        finally:
            # Whatever happens, this process never goes on as the host, nor runs exit handlers that the host has registered.
            os._exit(status)

    def new_modules(self):
        return [name for name in list(sys.modules) if name not in self.known]

    def collect(self, child):
        """Reads what a child has sent. A line is a whole answer; what the backend has forked may keep the pipe open after it."""
        chunk = os.read(child.answers, 1 << 16)
        child.received += chunk
        if not chunk or is_whole(chunk):
            self.finish(child)

    def finish(self, child):
        self.selector.unregister(child.answers)
        del self.busy[child.request]
        if is_whole(child.received):
            answer = message_of(child.received)
            if answer.pop("goesOn"):
                self.idle.append(child)
            else:
                child.close()
            self.preload(answer.pop("modules", []), child.leaves_out)
        else:
            os.kill(child.pid, signal.SIGKILL)  # it may only have closed the pipe, and nobody waits for it any longer
            answer = no_answer(child.request, child.close())
        if child.request == self.teacher:
            self.teacher = None
        self.start_waiting()  # first of all: what is sent takes others to read
        self.send(answer)

    def cancel(self, identity):
        self.spawner.cancel(identity)
        self.queue = collections.deque(request for request in self.queue if request["id"] != identity)
        child = self.busy.get(identity)
        if child is not None:
            child.received = b""
            self.finish(child)

    def end_children(self):
        """Nobody is there to take an answer: whatever still runs, and all that it has started, ends with this process."""
        if (self.busy or self.spawner.children) and hasattr(os, "getpgrp") and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        for child in (*self.busy.values(), *self.idle):
            os.kill(child.pid, signal.SIGKILL)
        for identity in list(self.spawner.children):
            self.spawner.cancel(identity)

    def preload(self, modules, leaves_out):
        """Imports what a call of a backend loaded, from this environment only, so that later forks have it.

        leaves_out: a package at the top that is not: a backend that nobody knows may look at the package that it is to build when it
        is imported (PEP 517: in the source tree), as poetry-dynamic-versioning does to see whether it is enabled
        """
        unknown = [name for name in modules if name not in self.known and name.partition(".")[0] != leaves_out]
        if not unknown:
            return
        self.known.update(unknown)
        prefixes = (sys.prefix, sys.base_prefix)
        with silence():
            for name in unknown:
                try:
                    spec = importlib.util.find_spec(name)
                    if spec and spec.origin and spec.origin.startswith(prefixes):
                        importlib.import_module(name)
                except BaseException:  # noqa: B902 - vendored and synthetic names need not be importable
                    pass
        self.settle()

    def warm_up(self, request):
        with silence():
            self.warm[request["backend"]] = warm_up.warm_up(request)
        self.settle()

    def settle(self):
        """After imports: what is there now is there in every fork, and no collection has to look at it again."""
        self.known.update(sys.modules)
        if witness.has_threads():
            # A process with threads does not fork safely: from here on a new process per request.
            self.can_fork = False
        if any(self.warm.values()):
            self.kept = KeptState()
        gc.collect()
        gc.freeze()

    def send(self, answer):
        with self.lock:
            self.answers.write(line_of(answer))
            self.answers.flush()


@contextlib.contextmanager
def silence():
    """What is printed meanwhile belongs to no request."""
    saved = os.dup(1), os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(saved[0], 1)
        os.dup2(saved[1], 2)
        for descriptor in (null, *saved):
            os.close(descriptor)


def end_of(status):
    return "signal %d" % os.WTERMSIG(status) if os.WIFSIGNALED(status) else "exit code %d" % os.WEXITSTATUS(status)


def main():
    # The protocol keeps the real standard output; what anything else prints goes to standard error.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if "--once" in sys.argv:
        worker.close_in_forks(answers.fileno())
        answer = worker.answer_of(message_of(sys.stdin.buffer.readline()))
        answers.write(line_of(answer))
        answers.flush()
        os._exit(0)  # threads that the backend has left running are not waited for
    Host(answers).run()


if __name__ == "__main__":
    main()
