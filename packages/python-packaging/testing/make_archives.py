"""Makes dists with Python's own zipfile and tarfile, good ones and such as must be refused: make_archives.py FOLDER SEED MUTANTS

Prints JSON: `good`, the digests by path of the good wheel; `wheels` and `sdists`, for each mutant of a good one what zipfile or tarfile
reads of it, null if nothing.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import posixpath
import random
import stat
import sys
import tarfile
import warnings
import zipfile

METADATA = b"Metadata-Version: 2.1\nName: a\nVersion: 1\n"
FILES = {
    "a/__init__.py": b"x = 1\n" * 50,
    'a/odd, "name"\nof two lines.txt': b"quoted in RECORD\n",
    "a/empty.py": b"",
    "a-1.dist-info/METADATA": METADATA,
    "a-1.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
}
BIG = b"\0" * (65 * 1024 * 1024)


def row(name, content, size=None, algorithm="sha256"):
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest()).rstrip(b"=").decode()
    name = '"%s"' % name.replace('"', '""') if "," in name or '"' in name else name
    return "%s,%s=%s,%s\n" % (name, algorithm, digest, len(content) if size is None else size)


def wheel(path, files=FILES, record=None, extra=(), info="a-1.dist-info"):
    """`extra`: entries beyond the recorded ones, as (name or ZipInfo, content)"""
    lines = "".join(row(*each) for each in files.items()) if record is None else record
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*files.items(), *extra]:
            archive.writestr(name, content)
        archive.writestr(info + "/RECORD", lines + info + "/RECORD,,\n")


def special(name, mode):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry


def patched(path, source, find, offset, replacement):
    data = bytearray(open(source, "rb").read())
    at = data.index(find) + offset
    data[at : at + len(replacement)] = replacement
    open(path, "wb").write(data)


def sdist(path, names=("a-1/PKG-INFO", "a-1/a.py"), extra=(), content=METADATA, mode="w:gz", **options):
    with tarfile.open(path, mode, **options) as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for name, kind, target, size in extra:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.size = kind, target, size
            archive.addfile(entry, io.BytesIO(b"\0" * size))


def make_wheels():
    rows = [row(*each) for each in FILES.items()]
    wheel("good.whl")
    wheel("sha512.whl", record=row("a/__init__.py", FILES["a/__init__.py"], algorithm="sha512") + "".join(rows[1:]))
    wheel("slip.whl", {**FILES, "../evil.py": b""})
    wheel("inner-slip.whl", {**FILES, "a/../../evil.py": b""})
    wheel("absolute.whl", {**FILES, "/evil.py": b""})
    wheel("drive.whl", {**FILES, "C:/evil.py": b""})
    wheel("symlink.whl", extra=[(special("a/link", stat.S_IFLNK | 0o777), b"/etc/passwd")])
    wheel("device.whl", extra=[(special("a/null", stat.S_IFCHR | 0o666), b"")])
    wheel("twice.whl", extra=[("a/__init__.py", b"twice")])
    wheel("unrecorded.whl", extra=[("a/evil.py", b"")])
    wheel("missing.whl", record="".join(rows) + row("a/gone.py", b""))
    wheel("hash.whl", record="".join([row("a/__init__.py", b"other"), *rows[1:]]))
    wheel("size.whl", record="".join([row("a/__init__.py", FILES["a/__init__.py"], size=7), *rows[1:]]))
    wheel("weak.whl", record="".join([row("a/__init__.py", FILES["a/__init__.py"], algorithm="md5"), *rows[1:]]))
    wheel("rowtwice.whl", record="".join([rows[0], *rows]))
    wheel("bomb.whl", {**FILES, "a/zeros": BIG})
    wheel("two-infos.whl", {**FILES, "b-1.dist-info/METADATA": METADATA})
    wheel("foreign.whl", {name.replace("a-1.", "b-1."): content for name, content in FILES.items()}, info="b-1.dist-info")
    wheel("no-metadata.whl", {name: content for name, content in FILES.items() if "METADATA" not in name})
    with zipfile.ZipFile("no-record.whl", "w") as archive:
        for each in FILES.items():
            archive.writestr(*each)
    patched("crc.whl", "good.whl", b"PK\x01\x02", 16, b"\xff\xee\xdd\xcc")
    patched("two-names.whl", "good.whl", b"PK\x03\x04", 30, b"b")
    good = open("good.whl", "rb").read()
    open("cut.whl", "wb").write(good[:-30])
    open("text.whl", "wb").write(b"not an archive")
    open("nothing.whl", "wb").write(b"")


def make_sdists():
    inside = ("a-1/link", tarfile.SYMTYPE, "a.py", 0)
    sdist("good.tar.gz", extra=[inside, ("a-1/hard", tarfile.LNKTYPE, "a-1/a.py", 0), ("a-1/..a", tarfile.REGTYPE, "", 0)])
    sdist("slip.tar.gz", ["a-1/PKG-INFO", "../evil.py"])
    sdist("inner-slip.tar.gz", ["a-1/PKG-INFO", "a-1/x/../../evil.py"])
    sdist("absolute.tar.gz", ["a-1/PKG-INFO", "/evil.py"])
    sdist("backslash.tar.gz", ["a-1/PKG-INFO", "a-1/..\\evil.py"])
    sdist("symlink.tar.gz", extra=[("a-1/link", tarfile.SYMTYPE, "../../etc/passwd", 0)])
    sdist("sibling-link.tar.gz", extra=[("a-1/link", tarfile.SYMTYPE, "../a-10", 0)])
    sdist("absolute-link.tar.gz", extra=[("a-1/link", tarfile.SYMTYPE, "/etc/passwd", 0)])
    sdist("hardlink.tar.gz", extra=[("a-1/link", tarfile.LNKTYPE, "../evil.py", 0)])
    sdist("device.tar.gz", extra=[("a-1/null", tarfile.CHRTYPE, "", 0)])
    sdist("fifo.tar.gz", extra=[("a-1/pipe", tarfile.FIFOTYPE, "", 0)])
    sdist("twice.tar.gz", ["a-1/PKG-INFO", "a-1/a.py", "a-1/./a.py"])
    sdist("two.tar.gz", ["a-1/PKG-INFO", "b-1/a.py"])
    sdist("foreign.tar.gz", ["b-1/PKG-INFO"])
    sdist("bomb.tar.gz", extra=[("a-1/zeros", tarfile.REGTYPE, "", len(BIG))])
    sdist("no-metadata.tar.gz", ["a-1/a.py"])
    sdist("plain.tar.gz", mode="w")
    good = open("good.tar.gz", "rb").read()
    open("cut.tar.gz", "wb").write(good[:80])
    open("cut-inside.tar.gz", "wb").write(gzip.compress(gzip.decompress(good)[:700]))
    open("text.tar.gz", "wb").write(b"not an archive")
    open("empty.tar.gz", "wb").write(gzip.compress(b"\0" * 10240))
    long = ["a-1/PKG-INFO", "a-1/" + "long/" * 40 + "a.py"]
    long_link = ("a-1/link", tarfile.SYMTYPE, long[1][4:], 0)
    for name, kind in [("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)]:
        sdist("long-%s.tar.gz" % name, long, [long_link], format=kind)
    sdist("long-link.tar.gz", long, [("a-1/link", tarfile.SYMTYPE, "../" * 40 + "evil.py", 0)], format=tarfile.GNU_FORMAT)
    sdist("global.tar.gz", pax_headers={"comment": "0123abcd"})
    sdist("global-path.tar.gz", pax_headers={"path": "a-1/evil.py"})
    sdist("unknown.tar.gz", extra=[("a-1/evil.py", b"Z", "", 0)])
    open("behind.tar.gz", "wb").write(gzip.compress(gzip.decompress(good) + b"\0" * (2 << 20)))
    large = tarfile.TarInfo("a-1/large")
    large.size = 9 << 20
    with tarfile.open("large.tar.gz", "w:gz", compresslevel=1) as archive:
        archive.addfile(large, io.BytesIO(os.urandom(large.size)))
    whole = gzip.decompress(open("large.tar.gz", "rb").read()).rstrip(b"\0")
    whole += b"\0" * (-len(whole) % 512) + gzip.decompress(good) + b"\0" * (1 << 18) + b"end"
    open("large.tar.gz", "wb").write(gzip.compress(whole, 1))
    open("large-cut.tar.gz", "wb").write(gzip.compress(whole, 1)[:-8])


def read_wheel(path):
    with zipfile.ZipFile(path) as archive:
        return {each.filename: hashlib.sha256(archive.read(each)).hexdigest() for each in archive.infolist()}


def read_sdist(path):
    with tarfile.open(path) as archive:
        return [posixpath.normpath(each.name) for each in archive if not each.isdir()]


def mutate(data):
    """Changes a few bytes, or cuts off the end."""
    if random.random() < 0.2:
        del data[random.randrange(len(data)) :]
    for _ in range(random.randint(1, 3)):
        data[random.randrange(len(data))] = random.randrange(256)


# Where the fields of a header begin that say what is unpacked, and how long they are.
SIZE = 124
FIELDS = [(0, 12), (SIZE, 12), (156, 1), (157, 12), (257, 8), (345, 12)]
TEXT = b"\0\0 /./01257xLKga=\n"


def mutate_headers(data):
    """Changes fields of headers and extended ones, under right checksums, which those that are random never have."""
    headers = [at for at in range(0, len(data), 512) if data[at + 257 : at + 262] == b"ustar"]
    for _ in range(random.randint(1, 2)):
        at = random.choice(headers)
        start, length = random.choice(FIELDS)
        if data[at + 156] in b"xLK" and random.random() < 0.5:
            start, length = 512, 64
        for _ in range(random.randint(1, 2)):
            data[at + start + random.randrange(length)] = random.choice(TEXT + b"\x80\xff" if start == SIZE else TEXT)
        data[at + 148 : at + 156] = b" " * 8
        data[at + 148 : at + 155] = b"%06o\0" % sum(data[at : at + 512])


def mutants(good, pattern, count, pack, read, mutate):
    """By name: what Python reads of `good` when it has been changed, null if it cannot."""
    contents = {}
    for number in range(count):
        data = bytearray(good)
        mutate(data)
        name = pattern % number
        open(name, "wb").write(pack(data))
        try:
            contents[name] = read(name)
        except Exception:
            contents[name] = None
    return contents


def sdist_mutants(source, pattern, count, mutate):
    good = gzip.decompress(open(source, "rb").read()).rstrip(b"\0")
    good += b"\0" * (-len(good) % 512 + 1024)
    return mutants(good, pattern, count, gzip.compress, read_sdist, mutate)


os.chdir(sys.argv[1])
random.seed(int(sys.argv[2]))
warnings.simplefilter("ignore")
make_wheels()
make_sdists()
wheel_bytes = open("good.whl", "rb").read()
count = int(sys.argv[3])
answer = {
    "good": read_wheel("good.whl"),
    "wheels": mutants(wheel_bytes, "mutant-%d.whl", count, bytes, read_wheel, mutate),
    "sdists": {
        **sdist_mutants("good.tar.gz", "mutant-%d.tar.gz", count, mutate),
        **sdist_mutants("good.tar.gz", "header-%d.tar.gz", count, mutate_headers),
        **sdist_mutants("long-pax.tar.gz", "pax-%d.tar.gz", count, mutate_headers),
        **sdist_mutants("long-gnu.tar.gz", "gnu-%d.tar.gz", count, mutate_headers),
    },
}
print(json.dumps(answer))
