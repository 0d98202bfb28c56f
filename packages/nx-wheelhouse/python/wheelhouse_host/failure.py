"""What a person needs of an exception that a build backend raised: its message, and where in the package's own files it came from.

The frames of the backend and of the host are left out: nobody who builds a package can mend those. `NX_VERBOSE_LOGGING` shows all.
"""

import contextlib
import linecache
import os
import traceback


def describe(error, source, log):
    """Adds the own frames, if any, to a log: the person sees them after what the backend said.

    Returns {"error", "file", "line"}; file and line are None where no own file took part.
    """
    message = "%s: %s" % (type(error).__name__, words_of(error))
    is_verbose = os.environ.get("NX_VERBOSE_LOGGING") == "true"
    texts = traceback.format_exception(type(error), error, error.__traceback__) if is_verbose else []
    root = os.path.realpath(source) + os.sep
    frames = own_frames(error, root)
    for file, line, _ in frames:
        texts.append('  File "%s", line %d\n' % (file, line))
        text = linecache.getline(root + file, line).strip()
        if text:
            texts.append("    %s\n" % text)
    add_to(log, texts)
    if not frames:
        return {"error": message, "file": None, "line": None}
    file, line, replacement = frames[-1]
    return {"error": replacement or message, "file": file.replace(os.sep, "/"), "line": line}


def add_to(log, texts):
    """Not by way of the standard streams, which a backend may have closed or replaced. A disk that is full is told by the message."""
    with contextlib.suppress(OSError), open(log, "a", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(texts)


def words_of(error):
    try:
        return str(error)
    except BaseException as other:  # noqa: B902 - a fault in the backend's own words for the fault
        return "its message cannot be had (%s)" % type(other).__name__


def own_frames(error, root):
    """[(path in the package, line, a better message or None)], the innermost last."""
    frames = []
    script = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        # setuptools runs setup.py by `exec` of a text: only the variable __file__ tells whose it is.
        script = frame.f_locals.get("__file__", script) if frame.f_code.co_name == "run_setup" else script
        add(frames, root, frame.f_code.co_filename, script, line)
    if isinstance(error, SyntaxError) and error.filename:
        add(frames, root, error.filename, script, error.lineno or 1, "%s: %s" % (type(error).__name__, error.msg))
    return frames


def add(frames, root, filename, script, line, message=None):
    if filename == "<string>" and isinstance(script, str):
        filename = script
    if filename.startswith("<"):
        return  # a module of the interpreter itself, or code made up by a library
    path = os.path.realpath(filename)
    if path.startswith(root) and os.path.exists(path):  # setuptools makes up the setup.py that a package has none of
        frames.append((path[len(root) :], line, message))
