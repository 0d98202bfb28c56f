"""Makes a conda package `python` of an interpreter that is there: make_python.py <channel>.

A stand-in for conda's own, which no test can fetch: as in a virtual environment, bin/python leads to the interpreter.
"""

import bz2
import io
import json
import sys
import tarfile
from pathlib import Path

minor = "%d.%d" % sys.version_info[:2]
full = "%d.%d.%d" % sys.version_info[:3]
base = Path(sys.base_prefix) / "bin" / f"python{minor}"
name = f"python-{full}-stub_0"
index = {"name": "python", "version": full, "build": "stub_0", "build_number": 0, "depends": [], "subdir": "linux-64"}
abi = f"cp{minor.replace('.', '')}"

files = {
    "pyvenv.cfg": f"home = {base.parent}\ninclude-system-site-packages = false\nversion = {full}\n",
    f"lib/python{minor}/site-packages/README.txt": "stub\n",
}
links = {f"bin/python{minor}": str(base), "bin/python": f"python{minor}", "bin/python3": f"python{minor}"}


def write(folder, index, files, links):
    paths = [{"_path": path, "path_type": "hardlink"} for path in files]
    paths += [{"_path": path, "path_type": "softlink"} for path in links]
    everything = {
        "info/index.json": json.dumps(index),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}),
        "info/files": "".join(f"{path}\n" for path in [*files, *links]),
        **files,
    }
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for path, text in everything.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
        for path, target in links.items():
            member = tarfile.TarInfo(path)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{index['name']}-{index['version']}-{index['build']}"
    (folder / f"{stem}.tar.bz2").write_bytes(bz2.compress(tar.getvalue()))


def write_empty(name, version, build, depends):
    index = {"name": name, "version": version, "build": build, "build_number": 0, "depends": depends, "subdir": "noarch"}
    write(channel / "noarch", index, {}, {})


channel = Path(sys.argv[1])
(channel / "noarch").mkdir(parents=True, exist_ok=True)
write(channel / "linux-64", index, files, links)
write_empty("python_abi", minor, f"0_{abi}", [f"python {minor}.*"])
# What modules of the stable ABI need: see CEP 20.
write_empty("cpython", full, "0", [f"python {full}"])
write_empty("_python_abi3_support", "1.0", "0", ["cpython"])
