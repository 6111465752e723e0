"""Write docs/reference/errors.md from the exception classes.

python docs/generate/errors.py [--check]
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from page import write_page

from quilt_core import errors
from quilt_core.errors import QuiltOpsError

INTRODUCTION = """# Errors

Operations raise only these errors. Any other exception is a bug in the plugin that a note on the
exception names. Each error has a `message`, `operation`, `backend`, `hint` and a `context` that is
safe to log. The `quiltops` command exits with the exit code of the class.

| class | is a | exit code | meaning |
|---|---|---:|---|
"""


def page() -> str:
    """The whole page."""
    lines = []
    classes = [getattr(errors, name) for name in errors.__all__]
    for cls in sorted(classes, key=lambda cls: cls.exit_code):
        meaning = (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")
        parent = "Exception" if cls is QuiltOpsError else cls.__bases__[0].__name__
        lines.append(f"| `{cls.__name__}` | `{parent}` | {cls.exit_code} | {meaning} |")
    return INTRODUCTION + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(write_page("errors.md", page()))
