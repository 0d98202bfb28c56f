"""Writes the repodata of a directory channel: conda_index.py <channel>.

Packages that no client could use (cut off, misnamed, with a dependency that is none) are left out, so that they take no other down.
Prints what was left out as JSON.
"""

import asyncio
import bz2
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import conda_program
from rattler import MatchSpec
from rattler.index import index_fs
from rattler.package import IndexJson

ENDINGS = (".conda", ".tar.bz2")
# The compressed forms go first: clients that read one ask for nothing else. conda 4.3 reads a folder's list as bzip2 only.
REPODATA = ("repodata.json.zst", "repodata.json.bz2", "repodata.json")


def stem_of(path):
    for ending in ENDINGS:
        if path.name.endswith(ending):
            return path.name[: -len(ending)]
    return None


def damage_of(path):
    """What is broken in the archive; the metadata may be whole where the rest is not."""
    if path.suffix == ".conda":
        with zipfile.ZipFile(path) as archive:
            member = archive.testzip()
            return None if member is None else f"is damaged: {member}"
    with bz2.open(path) as archive:
        while archive.read(1 << 20):
            pass
    return None


def problem_of(path, subdir):
    """Why a package cannot be listed; None when it can."""
    try:
        damage = damage_of(path)
        index = IndexJson.from_package_archive(path)
    except Exception as error:
        return f"cannot be read: {error}"
    if damage is not None:
        return damage
    stem = f"{index.name.source}-{index.version}-{index.build}"
    if stem != stem_of(path):
        return f"says of itself that it is {stem}"
    if index.subdir is not None and str(index.subdir) != subdir:
        return f"is for {index.subdir}, not for {subdir}"
    for spec in index.depends:
        try:
            MatchSpec(spec)
        except Exception as error:
            return f"depends on {spec!r}: {error}"
    return None


def link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


async def index(channel):
    left_out = []
    # Beside the packages, so that they can be linked and the results be renamed.
    with tempfile.TemporaryDirectory(prefix=".indexing-", dir=channel) as folder:
        shadow = Path(folder)
        subdirs = sorted({"noarch", *(path.name for path in channel.iterdir() if path.is_dir() and not path.name.startswith("."))})
        for subdir in subdirs:
            (channel / subdir).mkdir(exist_ok=True)
            (shadow / subdir).mkdir()
            for path in sorted((channel / subdir).iterdir()):
                if stem_of(path) is None or path.name.startswith("."):
                    continue
                problem = problem_of(path, subdir)
                if problem is None:
                    link(path, shadow / subdir / path.name)
                else:
                    left_out.append({"file": f"{subdir}/{path.name}", "problem": problem})
        # Without force, a file that was replaced under its name keeps its old hash.
        await index_fs(shadow, write_zst=True, write_shards=False, force=True)
        for subdir in subdirs:
            repodata = (shadow / subdir / "repodata.json").read_bytes()
            (shadow / subdir / "repodata.json.bz2").write_bytes(bz2.compress(repodata))
            for name in REPODATA:
                if (shadow / subdir / name).exists():
                    os.replace(shadow / subdir / name, channel / subdir / name)
    return left_out


conda_program.run(lambda: asyncio.run(index(Path(sys.argv[1]).resolve())))
