"""How our programs around py-rattler end: its threads crash in the interpreter's orderly end."""

import json
import os
import sys


def run(work):
    """Prints what work() returns as JSON, or what it raises, and ends the process."""
    try:
        print(json.dumps(work()))
        status = 0
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
