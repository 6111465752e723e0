"""Checks what a command printed with `--json` against the schema that it declares."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import click
import jsonschema

from quilt_core.cli.answers import answer_of
from quilt_core.cli.main import build
from quilt_core.cli.schemas import error_schema, schema_of

_CHECKER = jsonschema.Draft202012Validator.FORMAT_CHECKER


def command_of(arguments: Sequence[str]) -> tuple[str, ...]:
    """The words of a command line that name the command."""
    context = click.Context(build(), info_name="quiltops", resilient_parsing=True)
    found: list[str] = []
    group = context.command
    for word in arguments:
        inner = group.get_command(context, word) if isinstance(group, click.Group) else None
        if inner is not None:
            found.append(word)
            group = inner
    return tuple(found) if not isinstance(group, click.Group) else ()


@cache
def validator(words: tuple[str, ...]) -> jsonschema.Draft202012Validator | None:
    """The validator of a command's output; None for a command that declares no schema."""
    command: click.Command | None = build()
    for word in words:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    answer = None if command is None else answer_of(command)
    if answer is None:
        return None
    schema = closed(schema_of(answer, " ".join(words)))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=_CHECKER)


@cache
def error_validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(closed(error_schema()))


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, changed so that it allows no undeclared field."""
    for definition in schema.get("$defs", {}).values():
        if "properties" in definition:
            definition["additionalProperties"] = False
    return schema


def check_rows(words: tuple[str, ...], rows: Sequence[Any]) -> None:
    """Fail unless each row matches the command's schema."""
    found = validator(words)
    for row in rows if found is not None else ():
        errors = [error.message for error in found.iter_errors(row)]  # type: ignore[union-attr]
        assert errors == [], (words, errors[:3], row)
