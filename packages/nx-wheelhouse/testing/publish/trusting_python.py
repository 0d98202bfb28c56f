"""`python -m <module> ...` that trusts the Sigstore described by a file and no other. Arguments: the file, `-m`, the module, its own."""

import pathlib
import runpy
import sys

from sigstore.models import ClientTrustConfig

config = pathlib.Path(sys.argv[1]).read_text()
ClientTrustConfig.production = classmethod(lambda cls, offline=False: cls.from_json(config))
sys.argv = sys.argv[3:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
