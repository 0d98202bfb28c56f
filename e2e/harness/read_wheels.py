"""Prints what wheels hold, as JSON: {file name: {path in the wheel: sha256}}. RECORD is left out: it repeats the rest, in any order."""

import glob
import hashlib
import json
import os
import sys
import zipfile

wheels = {}
for path in glob.glob(os.path.join(sys.argv[1], "**", "*.whl"), recursive=True):
    with zipfile.ZipFile(path) as wheel:
        names = [name for name in wheel.namelist() if not name.endswith(".dist-info/RECORD")]
        wheels[os.path.basename(path)] = {name: hashlib.sha256(wheel.read(name)).hexdigest() for name in names}
print(json.dumps(wheels))
