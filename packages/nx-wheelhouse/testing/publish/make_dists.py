"""Makes small valid dists: reads a list of packages from stdin, writes a wheel and an sdist of each into the folder given."""

import base64
import gzip
import hashlib
import io
import json
import pathlib
import random
import sys
import tarfile
import zipfile


def metadata(package):
    lines = [f"Metadata-Version: {package.get('metadataVersion', '2.3')}", f"Name: {package['name']}", f"Version: {package['version']}"]
    lines += ["Summary: A small package", "Requires-Python: >=3.8"]
    lines += [f"Description-Content-Type: {package.get('readmeType', 'text/markdown')}"]
    lines += ["Classifier: Programming Language :: Python :: 3", "Project-URL: Home, http://index.example/home"]
    lines += [f"Requires-Dist: {requirement}" for requirement in package.get("requires", [])]
    lines += package.get("fields", [])
    return "\n".join(lines) + "\n\n" + package.get("readme", "# Read me\n\nGrüße.\n")


def stem(package):
    return f"{package['name'].lower().replace('-', '_').replace('.', '_')}-{package['version']}"


def wheel(package, folder):
    info = f"{stem(package)}.dist-info"
    module = stem(package).rsplit("-", 1)[0]
    files = {
        f"{module}/__init__.py": f"VERSION = {package['version']!r}\nNOTE = {package.get('note', '')!r}\n{package.get('code', '')}\n",
        f"{info}/METADATA": metadata(package),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if "entryPoints" in package:
        files[f"{info}/entry_points.txt"] = package["entryPoints"]
    digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    record = "".join(f"{name},sha256={digest(text)},{len(text.encode())}\n" for name, text in files.items())
    if package.get("brokenRecord"):
        files[f"{module}/__init__.py"] += "# added behind RECORD's back\n"
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    if "bulk" in package:
        bulk = random.Random(0).randbytes(package["bulk"])
        bulk_digest = base64.urlsafe_b64encode(hashlib.sha256(bulk).digest()).rstrip(b"=").decode()
        files[f"{info}/RECORD"] = f"{module}/bulk,sha256={bulk_digest},{len(bulk)}\n{files[f'{info}/RECORD']}"
        files[f"{module}/bulk"] = bulk
    with zipfile.ZipFile(folder / f"{stem(package)}-py3-none-{package.get('platform', 'any')}.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 2, 2, 0, 0, 0)), text)


def sdist(package, folder):
    # Without the time of day, so that the same package has the same bytes.
    compressed = gzip.GzipFile(folder / f"{stem(package)}.tar.gz", "wb", mtime=0)
    with compressed, tarfile.open(fileobj=compressed, mode="w") as archive:
        files = {"PKG-INFO": metadata(package), "module.py": f"NOTE = {package.get('note', '')!r}\n"}
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{stem(package)}/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))


target = pathlib.Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)
for one in json.load(sys.stdin):
    wheel(one, target)
    sdist(one, target)
