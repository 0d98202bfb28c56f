"""Builds a recipe.yaml with rattler-build.

Takes one JSON object as its argument: recipe, output, channels, format (conda or tar.bz2), tests (whether to run them).
Prints what was built as JSON, [path, index.json, about.json] each.
"""

import json
import sys
import tempfile
from pathlib import Path

import conda_program
from rattler.package_streaming import extract
from rattler_build import Stage0Recipe, ToolConfiguration


def describe(path):
    with tempfile.TemporaryDirectory() as folder:
        extract(path, folder)
        texts = [(Path(folder) / "info" / name).read_text("utf-8") for name in ("index.json", "about.json")]
    return [str(path), *map(json.loads, texts)]


def build(order):
    results = Stage0Recipe.from_file(order["recipe"]).run_build(
        tool_config=ToolConfiguration(test_strategy="native" if order["tests"] else "skip"),
        output_dir=order["output"],
        channels=order["channels"],
        no_build_id=True,
        package_format=order["format"],
    )
    for result in results:
        print("\n".join(map(str, getattr(result, "log", []))), file=sys.stderr)
    return [describe(path) for result in results for path in result.packages]


conda_program.run(lambda: build(json.loads(sys.argv[1])))
