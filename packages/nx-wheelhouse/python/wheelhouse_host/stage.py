"""Staging: a package's sources are copied out of the workspace, which no backend ever sees, so it is never written to."""

import os
import shutil

EXECUTABLE, PLAIN = 0o755, 0o644


def copy_into(stage, files):
    """Copies files and folders; links are followed, because what they lead to need not be in the stage.

    files: {"path" in the stage, "origin": absolute} or {"path", "text"}. An origin that is not there is passed over: deleted, but
    still in git's index.
    """
    made = set()
    for file in files:
        target = os.path.join(stage, file["path"])
        folder = os.path.dirname(target)
        if folder not in made:
            os.makedirs(folder, exist_ok=True)
            made.add(folder)
        if "text" in file:
            write_file(target, file["text"].encode("utf-8"), PLAIN)
            continue
        try:
            copy_file(file["origin"], target)
        except IsADirectoryError:
            # A link to a folder, or a submodule.
            shutil.copytree(file["origin"], target, copy_function=copy_file, dirs_exist_ok=True)
        except FileNotFoundError:
            pass


def copy_file(origin, target):
    """Copies bytes, and of the mode what git keeps: executable or not. A file is small, so two calls are the fastest way."""
    with open(origin, "rb", buffering=0) as file:
        mode = os.fstat(file.fileno()).st_mode
        content = file.readall()
    write_file(target, content, EXECUTABLE if mode & 0o100 else PLAIN)


def write_file(target, content, mode):
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
    with open(descriptor, "wb", buffering=0) as file:
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]
