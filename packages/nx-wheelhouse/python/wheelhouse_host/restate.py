"""Rewrites requirements in finished dists, for manifests that only code can tell: which text becomes which is decided elsewhere."""

import base64
import gzip
import hashlib
import os
import zipfile

from . import sdist

FIELD = "Requires-Dist: "


def metadata(content, replacements):
    """content: the bytes of PKG-INFO or METADATA; replacements: new text by old text of Requires-Dist fields."""
    head, separator, body = content.partition(b"\n\n")
    lines = head.decode("utf-8").split("\n")
    changed = [FIELD + replacements.get(line[len(FIELD) :], line[len(FIELD) :]) if line.startswith(FIELD) else line for line in lines]
    return "\n".join(changed).encode("utf-8") + separator + body


def restate_sdist(path, replacements, epoch):
    with gzip.open(path) as file:
        content = file.read()
    with sdist.read(content) as archive:
        members = archive.getmembers()
        texts = {
            member.name: metadata(archive.extractfile(member).read(), replacements)
            for member in members
            if member.isreg() and member.name.split("/")[-1] == "PKG-INFO"
        }
        sdist.write_compressed(path, sdist.rewrite(archive, members, epoch, texts), epoch)


def restate_wheel(path, replacements):
    """Order, times and modes of the entries stay; RECORD tells of the new METADATA."""
    unfinished = path + ".restated"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(unfinished, "w") as new:
        [name] = [entry for entry in old.namelist() if entry.count("/") == 1 and entry.endswith(".dist-info/METADATA")]
        record = name[: -len("METADATA")] + "RECORD"
        text = metadata(old.read(name), replacements)
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == name:
                content = text
            elif entry.filename == record:
                content = record_with(content, name, text)
            new.writestr(entry, content, entry.compress_type)
    os.replace(unfinished, path)


def record_with(content, name, text):
    """See "Recording installed projects": path, sha256 in URL-safe base64 without padding, size."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode("ascii")
    lines = content.decode("utf-8").split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    own = "%s,sha256=%s,%d%s" % (name, digest, len(text), end)
    return "\n".join(own if line.startswith(name + ",") else line for line in lines).encode("utf-8")
