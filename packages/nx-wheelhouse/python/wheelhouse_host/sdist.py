"""Source distributions: rewritten so that nothing in them tells when, where or by whom they were made, and unpacked."""

import gzip
import io
import os
import shutil
import stat
import tarfile

from .stage import EXECUTABLE, PLAIN, read_whole, write_file


class UnsafeMember(Exception):
    """A member that would be written outside of its folder."""


def normalise(path, epoch, ordered):
    """Rewrites a .tar.gz unless it is normal already: sorted, nothing twice, one time, no owners, modes 644 and 755.

    ordered: the backend is known to write members in an order of its own that is always the same
    Returns the archive as it is now, opened for reading.
    """
    with open(path, "rb") as file:
        compressed = file.read()
    archive = read(gzip.decompress(compressed))
    members = archive.getmembers()
    if has_plain_header(compressed, epoch) and is_normal(members, epoch, ordered):
        return archive
    content = rewrite(archive, members, epoch)
    write_compressed(path, content, epoch)
    return read(content)


def read(content):
    return tarfile.open(fileobj=io.BytesIO(content), mode="r:")  # or each kind of compression is tried first


def content_of(archive, member):
    """The bytes of a file: without the file object for each that `extractfile` makes."""
    if member.sparse is not None:
        return archive.extractfile(member).read()
    archive.fileobj.seek(member.offset_data)
    return archive.fileobj.read(member.size)


def write_compressed(path, content, epoch):
    with open(path, "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=epoch, compresslevel=9) as out:
        out.write(content)


def has_plain_header(compressed, epoch):
    """No file name, and the epoch or nothing for a time (RFC 1952, "Member header and trailer")."""
    return compressed[3] == 0 and int.from_bytes(compressed[4:8], "little") in (0, epoch)


def is_normal(members, epoch, ordered):
    names = [member.name for member in members]
    return len(set(names)) == len(names) and (ordered or names == sorted(names)) and all(
        member.mtime in (0, epoch)
        and member.uid == member.gid == 0
        and not member.uname
        and not member.gname
        and member.mode == mode_of(member)
        and (member.isreg() or member.isdir())
        for member in members
    )


def mode_of(member):
    return EXECUTABLE if member.isdir() or member.mode & 0o111 else PLAIN


def rewrite(archive, members, epoch, texts={}):  # noqa: B006 - it is only read
    """texts: other bytes for some members, by name. Returns the bytes of the new tar."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as new:
        # Of what stands twice the last counts, as for whoever unpacks it: hatchling adds PKG-INFO to one that is there already.
        last = {member.name: member for member in members}
        for _, member in sorted(last.items()):
            member.mode = mode_of(member)
            member.mtime = epoch
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.pax_headers = {}
            content = texts.get(member.name)
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
            else:
                new.addfile(member, archive.extractfile(member) if member.isreg() else None)
    return buffer.getvalue()


def unpack(archive, stage, folder):
    """Makes `folder` the unpacked sdist and returns the one folder inside.

    The stage is used up for it: most files of an sdist are there already, and to compare a file costs a third of writing and
    removing one. What the sdist does not hold is removed, so the wheel is built from what the sdist has and nothing else.
    """
    members = archive.getmembers()
    names = {member.name.split("/")[0] for member in members}
    if len(names) != 1:
        raise ValueError("the sdist must hold one folder, and holds %s" % (", ".join(sorted(names)) or "nothing"))
    tree = os.path.join(folder, names.pop())
    wanted = {}
    for member in members:
        relative = os.path.normpath(member.name).split(os.sep)[1:]
        if os.path.isabs(member.name) or ".." in relative:
            raise UnsafeMember(member.name)
        wanted["/".join(relative)] = member
    os.makedirs(folder)
    if any(not (member.isreg() or member.isdir()) for member in members):
        extract_all(archive, folder)
        return tree
    os.rename(stage, tree)
    keep_only(tree, wanted)
    for path, member in wanted.items():
        if member.isdir():
            os.makedirs(os.path.join(tree, path), exist_ok=True)
        else:
            place(os.path.join(tree, path), content_of(archive, member), mode_of(member))
    return tree


def keep_only(tree, wanted):
    folders = {path.rpartition("/")[0] for path in wanted}
    folders |= {path[:end] for path in folders for end in range(len(path)) if path[end] == "/"}
    remove_others(tree, "", wanted, folders)


def remove_others(folder, prefix, wanted, folders):
    """prefix: of the paths in this folder"""
    with os.scandir(folder) as found:
        entries = list(found)
    for entry in entries:
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            if path in folders or path in wanted:
                remove_others(entry.path, path + "/", wanted, folders)
            else:
                shutil.rmtree(entry.path)
        elif path not in wanted or entry.is_symlink():
            os.unlink(entry.path)


def place(path, content, mode):
    """Writes a file unless it is there with these bytes and this mode."""
    try:
        if read_whole(path) == (content, stat.S_IFREG | mode):
            return
        os.unlink(path)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    write_file(path, content, mode)


def extract_all(archive, folder):
    """Links and the like: rare, and the standard library knows how to treat them."""
    if hasattr(tarfile, "data_filter"):
        archive.extractall(folder, filter="data")
    else:
        archive.extractall(folder)
