"""Downloads sdists by the index configuration of pip, without building anything, and checks their hashes.

    download_sdists.py FOLDER < pins        (a pin: NAME==VERSION --hash=sha256:HEX, or without a hash to learn it)
"""

import hashlib
import os
import sys

from pip._internal.commands import create_command
from pip._vendor.packaging.specifiers import SpecifierSet

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)


def digest_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


# What is here already needs no index.
present = {digest_of(entry.path): entry.name for entry in os.scandir(folder) if entry.is_file()}
command = create_command("download")
options, _ = command.parse_args(["--no-binary", ":all:", "--no-deps", "--quiet"])
with command.main_context():
    session = command.get_default_session(options)
    finder = command._build_package_finder(options, session)
    for pin in filter(None, (line.strip() for line in sys.stdin)):
        requirement, _, digest = pin.partition(" --hash=sha256:")
        if digest in present:
            print("%s --hash=sha256:%s %s" % (requirement, digest, present[digest]))
            continue
        name, version = requirement.split("==")
        best = finder.find_best_candidate(name, SpecifierSet("==" + version)).best_candidate
        if best is None:
            sys.exit("%s is not on the index" % requirement)
        path = os.path.join(folder, best.link.filename)
        content = session.get(best.link.url_without_fragment).content
        with open(path, "wb") as file:
            file.write(content)
        found = digest_of(path)
        if digest and found != digest:
            os.remove(path)
            sys.exit("%s has sha256 %s, not %s" % (requirement, found, digest))
        print("%s --hash=sha256:%s %s" % (requirement, found, best.link.filename))
