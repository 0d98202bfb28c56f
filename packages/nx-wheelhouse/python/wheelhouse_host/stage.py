"""Staging: a package's sources are copied out of the workspace, which no backend ever sees, so it is never written to."""

import os

EXECUTABLE, PLAIN = 0o755, 0o644
BINARY = getattr(os, "O_BINARY", 0)  # of Windows


def copy_into(stage, files):
    """Copies files, with the folders that they need.

    files: {"path" in the stage, "origin": absolute} or {"path", "text"}; "executable" where the tree does not tell. An origin that is not there is passed over, or a folder by
    now: deleted, but still in git's index.
    """
    made = set()
    for file in files:
        content, mode = (file["text"].encode("utf-8"), PLAIN) if "text" in file else read_file(file["origin"])
        if content is None:
            continue
        if "executable" in file:
            mode = EXECUTABLE if file["executable"] else PLAIN
        target = os.path.join(stage, file["path"])
        folder = os.path.dirname(target)
        if folder not in made:
            os.makedirs(folder, exist_ok=True)
            made.add(folder)
        write_file(target, content, mode)


def close_off(folder):
    """Keeps backends from looking for a repository above a build's folder: temporary files may lie in one, which is no part of the package.

    Git stops below a ceiling; hatchling, which looks for ignore files itself, where it sees the folder of a repository.
    """
    os.environ["GIT_CEILING_DIRECTORIES"] = os.path.realpath(folder)
    for name in (".git", ".hg"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)


def read_file(origin):
    """Returns bytes, and of the mode what git keeps: executable or not."""
    try:
        content, mode = read_whole(origin)
        return content, EXECUTABLE if mode & 0o100 else PLAIN
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None, None


def read_whole(path):
    """Returns bytes and mode. Small files are most of a build, and a file object costs as much again as reading one."""
    descriptor = os.open(path, os.O_RDONLY | BINARY)
    try:
        status = os.fstat(descriptor)
        content = piece = os.read(descriptor, status.st_size + 1)
        while piece:
            piece = os.read(descriptor, 1 << 20)
            content += piece
        return content, status.st_mode
    finally:
        os.close(descriptor)


def write_file(target, content, mode):
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | BINARY, mode)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)
