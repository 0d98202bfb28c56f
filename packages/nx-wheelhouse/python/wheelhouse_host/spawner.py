"""Requests done in a new process each, several at once: where there is no fork, or none that is safe."""

import contextlib
import subprocess
import sys
import threading

from .messages import is_whole, line_of, message_of, no_answer


class Spawner:
    """A thread waits for each process, because there is nothing else that waits for pipes everywhere."""

    def __init__(self, program, send):
        self.program = program  # the build host's own
        self.send = send
        self.children = {}  # Popen by request id

    def start(self, request):
        child = subprocess.Popen([sys.executable, self.program, "--once"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.children[request["id"]] = child
        threading.Thread(target=self.wait, args=(request, child), daemon=True).start()

    def wait(self, request, child):
        with contextlib.suppress(OSError):  # it has ended already
            child.stdin.write(line_of(request))
            child.stdin.close()
        received = child.stdout.readline()
        status = child.wait()
        del self.children[request["id"]]
        end = "signal %d" % -status if status < 0 else "exit code %d" % status
        self.send(message_of(received) if is_whole(received) else no_answer(request["id"], end))

    def cancel(self, identity):
        child = self.children.get(identity)
        if child is not None:
            child.kill()
