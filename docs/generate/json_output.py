"""Write docs/reference/json.md from the schemas of the commands.

python docs/generate/json_output.py [--check]
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["QUILT_CORE_EXTENSIONS"] = "local_registry"
sys.path.insert(0, str(Path(__file__).parent))
import click
from page import write_page

from quilt_core.cli.answers import Answer, answer_of
from quilt_core.cli.main import build
from quilt_core.cli.schemas import error_schema, schema_of

INTRODUCTION = """# JSON of the commands

With `--json`, commands print one object, and listings print one object per line (JSON Lines).
`quiltops schema COMMAND` prints the JSON Schema (draft 2020-12) of the output. This page is
generated from these schemas, and tests validate the output of the commands with them.

Every field listed here is always present, unless it is marked as optional. Within a major version,
fields may be added, but no field is removed or changes its type. Times are in ISO 8601 with a time
zone, and sizes are in bytes.

With `--output csv` and `--output tsv`, a listing has the same fields as columns: null is an empty
field, and lists and objects are JSON text.

## Commands

| command | prints |
|---|---|
"""
_WORDS: dict[Any, str] = {
    "boolean": "true or false",
    "date-time": "time",
    "string": "text",
}
ERRORS = """
## Errors

With `--json`, a command that fails prints this object to standard error. `error` is the name of a
class of [the errors](errors.md), also when the command line itself was wrong (`ValidationError`);
for a bug it is the name of a Python exception, and the exit code is 70.

"""


def page() -> str:
    """The whole page."""
    definitions: dict[str, dict[str, Any]] = {}
    rows = []
    for name, answer in _commands((), build()):
        schema = schema_of(answer, name)
        definitions |= schema.get("$defs", {})
        per_line = ", one per line" if answer.listing else ""
        rows.append(f"| `quiltops {name}` | {_type(schema)}{per_line} |")
    report = error_schema()["$defs"]
    parts = [INTRODUCTION + "\n".join(rows) + "\n", ERRORS, *_table(report["ErrorReport"])]
    parts.append("\n## Objects\n")
    for name, definition in sorted(definitions.items()):
        parts.append(f"\n### {name}\n\n{_summary(definition)}\n\n")
        parts += _table(definition) if "properties" in definition else [_values(definition)]
    return "".join(parts)


def _commands(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[str, Answer]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _commands((*path, name), inner)
    elif answer := answer_of(command):
        yield " ".join(path), answer


def _summary(definition: dict[str, Any]) -> str:
    text = str(definition.get("description", "")).partition("\n\n")[0]
    return " ".join(text.split())


def _table(definition: dict[str, Any]) -> list[str]:
    required = definition.get("required", ())
    lines = ["| field | type | meaning |\n|---|---|---|\n"]
    for name, field in definition["properties"].items():
        optional = "" if name in required else " (optional)"
        meaning = str(field.get("description", "")).replace("|", "\\|")
        lines.append(f"| `{name}`{optional} | {_type(field)} | {meaning} |\n")
    return lines


def _values(definition: dict[str, Any]) -> str:
    return "One of " + ", ".join(f"`{json.dumps(one)}`" for one in definition["enum"]) + ".\n"


def _type(schema: dict[str, Any]) -> str:
    """A type in words; a class as a link to its heading."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if several := schema.get("anyOf"):
        return " or ".join(_type(one) for one in several)
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(one)}`" for one in schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(inner := schema.get("additionalProperties"), dict) and inner:
        return f"object of {_type(inner)}"
    return _WORDS.get(schema.get("format") or kind, kind or "anything")


if __name__ == "__main__":
    sys.exit(write_page("json.md", page()))
