"""The limit of a build engine: the hooks of many packages in one warm process, nothing else.

    hook_limit.py BACKEND PACKAGES SCRATCH

Each package: sdist, unpacked, wheel from it. Prints the processor time and the time by the clock, milliseconds a package.
"""

import importlib
import os
import shutil
import sys
import tarfile
import time

backend, packages, scratch = sys.argv[1:]
hooks = importlib.import_module(backend)
del sys.argv[1:]
printed = os.dup(1)
null = os.open(os.devnull, os.O_WRONLY)
os.dup2(null, 1)
os.dup2(null, 2)


def build(name):
    output, unpacked = os.path.join(scratch, name, "dist"), os.path.join(scratch, name, "tree")
    os.makedirs(output)
    os.chdir(os.path.join(packages, name))
    sdist = hooks.build_sdist(output)
    with tarfile.open(os.path.join(output, sdist)) as archive:
        archive.extractall(unpacked)
    os.chdir(os.path.join(unpacked, os.listdir(unpacked)[0]))
    hooks.build_wheel(output)
    os.chdir(scratch)
    shutil.rmtree(unpacked)


names = sorted(os.listdir(packages))
build(names[0])  # what only the first has to do is no part of the limit
before, start = time.process_time(), time.perf_counter()
for name in names[1:]:
    build(name)
many = len(names) - 1
figures = (time.process_time() - before) / many * 1000, (time.perf_counter() - start) / many * 1000
os.write(printed, ("%.2f %.2f\n" % figures).encode())
