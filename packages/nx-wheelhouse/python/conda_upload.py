"""Uploads one package with rattler-build's own clients.

Takes one JSON object as its argument: server (prefix or cloudsmith), path, url (of the server; null for its own), target (the
channel, or owner/repository). The token comes in the variable UPLOAD_TOKEN, which no list of processes shows.
"""

import json
import os
import sys

import conda_program
from rattler_build.upload import upload_package_to_cloudsmith, upload_package_to_prefix


def upload(order, token):
    files = [order["path"]]
    if order["server"] == "prefix":
        return upload_package_to_prefix(files, order["url"], order["target"], api_key=token)
    owner, repository = order["target"].split("/")
    return upload_package_to_cloudsmith(files, owner, repository, api_key=token, url=order["url"])


conda_program.run(lambda: upload(json.loads(sys.argv[1]), os.environ.pop("UPLOAD_TOKEN")))
