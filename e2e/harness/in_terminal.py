"""Runs a program in a terminal, as a person would: in_terminal.py <answers> <program> <argument>...

Answers are a JSON list of [words of a question, what is typed then]. Prints all that the terminal showed, and ends as the program does;
one that goes on asking is ended, with 124.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

# A program that has shown nothing new for so many seconds waits for an answer.
SILENCE = 240
# Between the moment from which keys are read one by one and that at which somebody listens to them.
HESITATION = 0.2
# With no columns at all, as a new terminal has, a question is never drawn.
LINES_AND_COLUMNS = struct.pack("HHHH", 50, 200, 0, 0)
LOCAL_FLAGS = 3

answers = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, LINES_AND_COLUMNS)

unanswered = b""
while select.select([terminal], [], [], SILENCE)[0]:
    try:
        shown = os.read(terminal, 1 << 16)
    except OSError:  # how Linux says that the other end is closed
        shown = b""
    if not shown:
        break
    sys.stdout.buffer.write(shown)
    unanswered += shown
    if answers and answers[0][0].encode() in unanswered:
        question, typed = answers.pop(0)
        # What was shown before an answer is no question of the next one.
        unanswered = b""
        # Before that, the terminal itself would edit the line that is typed.
        deadline = time.monotonic() + SILENCE
        while termios.tcgetattr(terminal)[LOCAL_FLAGS] & termios.ICANON and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(HESITATION)
        os.write(terminal, typed.encode())
else:
    os.kill(pid, signal.SIGKILL)
    print("\nit waits for an answer that nobody gives")
    os.waitpid(pid, 0)
    sys.exit(124)
sys.stdout.flush()
status = os.waitpid(pid, 0)[1]
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)
