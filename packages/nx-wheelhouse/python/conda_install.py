"""Solves and installs a conda package into a fresh prefix, and tries what it offers there.

Takes one JSON object as its argument: prefix, cache, channels (the first goes before the others), spec, imports,
commands ([name, module, attribute]). Prints a JSON object: installed ([name, version, build, channel]) and problems.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import conda_program
from rattler import Gateway, Platform, VirtualPackage, install, solve
from rattler.networking import Client

WINDOWS = os.name == "nt"
LOAD = "import importlib, sys; value = importlib.import_module(sys.argv[1]); [value := getattr(value, part) for part in sys.argv[2].split('.') if part]"


async def install_into(order):
    # With all that it can: buckets, and the tokens that pixi and its like keep for private channels.
    client = Client.default_client()
    records = await solve(
        sources=order["channels"],
        specs=[order["spec"]],
        gateway=Gateway(client=client),
        platforms=[Platform.current(), "noarch"],
        virtual_packages=VirtualPackage.detect(),
    )
    await install(
        records=records,
        target_prefix=order["prefix"],
        cache_dir=order["cache"],
        client=client,
        show_progress=False,
    )
    return [[record.name.normalized, str(record.version), str(record.build), record.channel] for record in records]


def python_of(prefix):
    return prefix / "python.exe" if WINDOWS else prefix / "bin" / "python"


def problem_of(python, *args):
    # From another folder: what is imported must be what was installed.
    run = subprocess.run([python, "-I", "-B", *args], cwd=python.parent, capture_output=True, text=True)
    return None if run.returncode == 0 else (run.stderr.strip().splitlines() or [f"ended with {run.returncode}"])[-1]


def try_out(order, prefix):
    python = python_of(prefix)
    for module in order["imports"]:
        problem = problem_of(python, "-c", f"import {module}")
        if problem is not None:
            yield f"import {module}: {problem}"
    for name, module, attribute in order["commands"]:
        program = prefix / "Scripts" / f"{name}.exe" if WINDOWS else prefix / "bin" / name
        if not os.access(program, os.X_OK):
            yield f"the command {name} is not there"
            continue
        # What a command does is not known: that it could start is as far as a check may go.
        problem = problem_of(python, "-c", LOAD, module, attribute)
        if problem is not None:
            yield f"the command {name}: {problem}"


def check(order):
    prefix = Path(order["prefix"]).resolve()
    installed = asyncio.run(install_into({**order, "prefix": prefix}))
    return {"installed": installed, "problems": list(try_out(order, prefix))}


conda_program.run(lambda: check(json.loads(sys.argv[1])))
