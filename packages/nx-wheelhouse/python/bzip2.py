"""Compresses one file into another with bzip2, which Node.js has not: bzip2.py <from> <to>."""

import bz2
import sys

with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
    target.write(bz2.compress(source.read(), 9))
