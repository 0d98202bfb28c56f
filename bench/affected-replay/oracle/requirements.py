"""Names and requirements, as far as a package of the workspace is meant by them."""

import re


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def parse_requirement(text):
    match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?", text)
    return match and (normal(match[1]), tuple(normal(extra.strip()) for extra in (match[2] or "").split(",") if extra.strip()))
