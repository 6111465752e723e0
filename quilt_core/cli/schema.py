"""`quiltops schema`: the JSON Schema of what a command prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from quilt_core.cli.answers import answer_of, one
from quilt_core.cli.options import Command, completed, value
from quilt_core.cli.terminal import json_line
from quilt_core.errors import NotFoundError, NotSupportedError

ERRORS = "errors"


@click.command(cls=Command, answers=one(dict[str, Any]))
@click.argument("command", nargs=-1, shell_complete=completed("command_names"))
def schema(command: tuple[str, ...]) -> None:
    """Print the JSON Schema of what COMMAND prints with --json.

    The schema of a listing describes each of its lines. `quiltops schema errors` describes what a
    failing command prints to standard error. Without COMMAND, this lists the commands that have a
    schema.

    Example: quiltops schema packages info
    """
    from quilt_core.cli.schemas import error_schema, schema_of

    words = tuple(word for given in command for word in given.split())
    if not words:
        _list()
        return
    if words == (ERRORS,):
        made = error_schema()
    else:
        answer = answer_of(find(words))
        if answer is None:
            raise NotSupportedError(
                "schema", reason=f"`quiltops {' '.join(words)}` does not declare its JSON output"
            )
        made = schema_of(answer, f"quiltops {' '.join(words)}")
    json_line(made, indent=None if value("as_json") else 2)


def _list() -> None:
    names = [ERRORS, *(" ".join(path) for path, command in all_commands() if answer_of(command))]
    if value("as_json"):
        json_line({"commands": names})
        return
    for name in names:
        click.echo(name)


def find(words: Sequence[str]) -> click.Command:
    """The command with these words; raises `NotFoundError` if there is none or it is a group."""
    found = click.get_current_context().find_root().command
    for number, word in enumerate(words):
        context = click.Context(found)
        inner = found.get_command(context, word) if isinstance(found, click.Group) else None
        if inner is None:
            raise NotFoundError(
                f"There is no command `quiltops {' '.join(words[: number + 1])}`.",
                hint="`quiltops schema` lists the commands that have a schema.",
            )
        found = inner
    if isinstance(found, click.Group):
        names = ", ".join(found.list_commands(click.Context(found)))
        raise NotFoundError(f"`quiltops {' '.join(words)}` is a group.", hint=f"It has: {names}.")
    return found


def all_commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command with its path, by name, without groups."""
    yield from _below((), click.get_current_context().find_root().command)


def _below(
    path: tuple[str, ...], command: click.Command
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        if inner is not None:
            yield from _below((*path, name), inner)
