"""Speaks to Anaconda's server through the `anaconda` client, which knows its address and reads its configuration.

conda_anaconda.py look <owner> <packages>  prints the sha256 of each package as a JSON list, null where there is none;
                                           packages are a JSON list of [name, version, "<subdir>/<file>"]
conda_anaconda.py upload <owner> <label> <file>
The token comes in ANACONDA_API_TOKEN.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from binstar_client import errors
from binstar_client.utils import get_server_api


def look(owner, packages):
    api = get_server_api(token=os.environ.get("ANACONDA_API_TOKEN"))
    hashes = []
    for name, version, basename in packages:
        try:
            hashes.append(api.distribution(owner, name, version, basename).get("sha256"))
        except errors.NotFound:
            hashes.append(None)
    return hashes


def upload(owner, label, path):
    program = Path(sys.executable).with_name("anaconda")
    args = ["upload", "--no-progress", "--user", owner, "--label", label, "--package-type", "conda", path]
    run = subprocess.run([program, *args], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{run.stdout}\n{run.stderr}".strip())


try:
    if sys.argv[1] == "look":
        print(json.dumps(look(sys.argv[2], json.loads(sys.argv[3]))))
    else:
        upload(*sys.argv[2:])
except errors.BinstarError as error:
    sys.exit(f"{type(error).__name__}: {error}")
