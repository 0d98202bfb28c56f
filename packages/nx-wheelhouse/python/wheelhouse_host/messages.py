"""What goes through pipes between processes: one JSON object a line."""

import json
import os


def line_of(message):
    return json.dumps(message).encode("utf-8") + b"\n"


def message_of(line):
    return json.loads(line.decode("utf-8"))


def is_whole(received):
    return received.endswith(b"\n")


def write_whole(descriptor, content):
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def no_answer(identity, end):
    return {"id": identity, "ok": False, "error": "the build backend ended without an answer (%s)" % end}
