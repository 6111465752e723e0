"""What commands that write have in common: dry runs, and a confirmation before deleting."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from quilt_core.cli.answers import Answer, DryRun
from quilt_core.cli.options import Command, store, value
from quilt_core.cli.output import show
from quilt_core.errors import ConflictError, NotFoundError, ValidationError
from quilt_core.ops.rehearsal import rehearse
from quilt_core.printable import printable

ALLOW_UNVERSIONED = click.option(
    "--allow-unversioned",
    is_flag=True,
    help="Write to a store without versioning, although this may change older revisions.",
)
"""The option of all commands that copy a package's objects into a registry."""


def _flag(name: str, text: str) -> click.Option:
    return click.Option([name], is_flag=True, expose_value=False, callback=store, help=text)


class Write(Command):
    """A command that writes with `write`; it has `--dry-run`."""

    def __init__(self, *args: Any, answers: Answer | None = None, **kwargs: Any) -> None:
        tried = None if answers is None else answers.or_else(DryRun)
        super().__init__(*args, answers=tried, **kwargs)
        text = "Show the changes and the current state, but write nothing."
        self.params.insert(0, _flag("--dry-run", text))


class Delete(Write):
    """A command that deletes something permanently; it has `--yes`, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.insert(0, _flag("--yes", "Do not ask for confirmation."))


def write(
    method: Callable[..., Any],
    *args: Any,
    now: Callable[[], Any] | None = None,
    taken: Callable[[], Any] | None = None,
    ask: str | None = None,
    shown: Callable[[Any], Any] | None = None,
    **kwargs: Any,
) -> None:
    """Call an operation that writes and show its answer, or what `shown` makes from it for people.

    Without `--yes`, `ask` is asked first. With `--dry-run` the arguments are checked as `method`
    checks them, and only `now` is called, which reads the current state and raises what the
    operation would raise for it; the intended call and this state are shown. `taken` reads what has
    the name that the operation gives; it returns None or raises `NotFoundError` if that is free.
    """
    if value("dry_run"):
        bound = inspect.signature(method).bind(*args, **kwargs)
        rehearse(method, *args, **kwargs)
        present = now() if now is not None else None
        if taken is not None:
            _check_free(taken)
        show_dry_run(method.__name__, bound.arguments, present)
        return
    if ask is not None:
        confirm(ask)
    answer = method(*args, **kwargs)
    show(answer, shown(answer) if shown is not None else None)


def _check_free(taken: Callable[[], Any]) -> None:
    try:
        found = taken()
    except NotFoundError:
        return
    if found is not None:
        raise ConflictError(f"The name {found.name!r} is taken.", context={"name": found.name})


def show_dry_run(operation: str, arguments: Mapping[str, Any], present: Any) -> None:
    """Show the call that a dry run does not make, and the current state."""
    show(
        {
            "operation": operation,
            "arguments": dict(arguments),
            "now": present,
            "written": False,
        }
    )


def confirm(question: str) -> None:
    """Ask; raises `click.Abort` if the answer is no, and `ValidationError` if there is no
    terminal.
    """
    if value("yes"):
        return
    if not sys.stdin.isatty():
        raise ValidationError(
            f"{question} The question cannot be answered: standard input is not a terminal.",
            hint="Give --yes to go ahead.",
        )
    click.confirm(printable(question), abort=True, err=True)
