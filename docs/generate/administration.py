"""Write docs/reference/administration.schema.json, what `quiltops admin schema` prints.

python docs/generate/administration.py [--check]
"""

from __future__ import annotations

import json
import sys

from page import REFERENCE

from quilt_core.administration import json_schema

PATH = REFERENCE / "administration.schema.json"


def main() -> int:
    """Write the schema, or compare it with `--check`."""
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if "--check" not in sys.argv:
        PATH.write_text(text, encoding="utf-8")
    elif not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
        print(f"{PATH.name} is out of date: run `make docs-reference`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
