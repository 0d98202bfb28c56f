"""Says whether readmes in reStructuredText can be shown, by the library that PyPI and `twine check` use.

Requests come as JSON lines {"id", "text"}, answers go as JSON lines {"id", "warnings"}; warnings is None for one that can be shown.
"""

import io
import json
import sys

from readme_renderer import rst


def main():
    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        warnings = io.StringIO()
        shown = rst.render(request["text"], stream=warnings) is not None
        answers.write(json.dumps({"id": request["id"], "warnings": None if shown else warnings.getvalue().strip()}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
