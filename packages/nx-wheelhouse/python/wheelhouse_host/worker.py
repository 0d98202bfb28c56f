"""The process that does requests: one for each, or several where a build has left the process as it found it.

A fork costs as much as a hook of a small package: what it copies of the host's memory when it first touches it. So where the backend
is known to keep nothing of one package but in its own modules (`warmUp`), the process takes the next request, unless code that is
not the environment's own has run in it, or anything has been imported: a plugin, a hook or a version of the package's own.
See witness.py for how that is seen, and kept_state.py for what is put back.
"""

import contextlib
import os
import sys

try:
    import resource
except ImportError:
    resource = None  # Windows

from . import failure, steps
from .messages import line_of, message_of
from .witness import Witness

MOST_REQUESTS = 100  # of one process: what a backend keeps by mistake goes with it


def answer_of(request):
    try:
        return {"id": request["id"], "ok": True, **perform(request)}
    except BaseException as error:  # noqa: B902 - a backend may raise SystemExit; the answer carries it
        flush()
        description = failure.describe(error, request.get("source", request["folder"]), request["log"])
        return {"id": request["id"], "ok": False, "step": request.get("step"), **description}
    finally:
        flush()


def flush():
    """What the backend has printed and is still held back here. It may have closed, replaced or removed the streams: no fault of its dists."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()


def perform(request):
    """Does the steps of a request; what anything prints goes to the request's log."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)  # or a backend that asks a question would read the requests of others
    os.close(null)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.umask(0o022)
    limit_memory(request["memoryLimit"])
    return steps.perform(request)


def limit_memory(limit):
    """limit: bytes that this process, and each that it starts, may have for data; None for what there is.

    Linux counts for RLIMIT_DATA whatever a process may write to, since 4.7. Addresses that are only reserved (RLIMIT_AS) say
    nothing: compilers and other programs reserve many times what they use. Elsewhere the system does not hold to it.
    """
    if limit is not None and resource is not None:
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def serve(request, requests, answers, kept, teaches, new_modules):
    """Does a request, and those that come as lines from the descriptor `requests` for as long as the answers say `"goesOn"`.

    kept: the KeptState that is restored between two requests; None where one request is all that this process may do
    teaches: whether the host is to import what the request has loaded, where it is the only one here; where there could have
        been more, it imports what the environment's own code has, since that ends this process and would the next one
    """
    close_in_forks(answers)
    witness = Witness()
    with os.fdopen(answers, "wb") as pipe, os.fdopen(requests, "rb") as lines:
        for number in range(1, MOST_REQUESTS + 1):
            answer = answer_of(request)
            if answer["ok"] and (teaches if kept is None else witness.has_own_new_modules()):
                answer["modules"] = list(filter(witness.owes_to_environment, new_modules()))
            answer["goesOn"] = kept is not None and number < MOST_REQUESTS and answer["ok"] and witness.finds_no_trace() and kept.restore()
            pipe.write(line_of(answer))
            pipe.flush()
            line = lines.readline() if answer["goesOn"] else b""
            if not line:
                return
            request = message_of(line)


def close_in_forks(descriptor):
    """A daemon that a backend leaves behind must not keep the one waiting who reads from there."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: close_quietly(descriptor))


def close_quietly(descriptor):
    try:
        os.close(descriptor)
    except OSError:
        pass  # closed by the backend itself
