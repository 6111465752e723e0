"""`quiltops`: put the commands together, run one, turn errors into messages and exit codes."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence

import click
from click.shell_completion import shell_complete

import quilt_core
from quilt_core import plugins
from quilt_core.cli.commands import core_commands, installed_commands
from quilt_core.cli.lazy import LazyGroup, add_commands
from quilt_core.cli.options import value
from quilt_core.cli.terminal import json_line, line, take_any_text, use_colour
from quilt_core.errors import QuiltOpsError, kind_of
from quilt_core.logs import redact_logs
from quilt_core.redaction import redact

BUG_EXIT_CODE = 70
COMPLETION_VARIABLE = "_QUILTOPS_COMPLETE"
INTERRUPTED_EXIT_CODE = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `quiltops` with the process's arguments, or these, and exit."""
    take_any_text()
    redact_logs()
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: list[str]) -> int:
    """Run `quiltops` and return the exit code."""
    if instruction := os.environ.get(COMPLETION_VARIABLE):
        return shell_complete(build(), {}, "quiltops", COMPLETION_VARIABLE, instruction)
    try:
        with build().make_context("quiltops", arguments) as context:
            return _invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        line(said.getvalue().removesuffix("\n"), err=True, lines=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Aborted.", err=True)
        return INTERRUPTED_EXIT_CODE
    except BrokenPipeError:
        # Whoever read us has seen enough; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _invoke(context: click.Context) -> int:
    try:
        context.command.invoke(context)
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - a bug gets a message and an exit code of its own
        if value("verbose"):
            line(redact("".join(traceback.format_exception(error))), err=True, lines=True)
        return _report(error) if isinstance(error, QuiltOpsError) else _report_bug(error)
    return 0


def _report_bug(error: Exception) -> int:
    line(redact(f"{type(error).__name__}: {error}"), err=True)
    for said in getattr(error, "__notes__", ()):
        line(said, err=True, lines=True)
    click.echo("This is a bug. Use --verbose for the traceback.", err=True)
    return BUG_EXIT_CODE


def _report(error: QuiltOpsError) -> int:
    if value("as_json"):
        json_line(error.to_dict(), err=True)
    else:
        label = kind_of(error).__name__.removesuffix("Error") or "Error"
        line(f"{label}: {error.message}", err=True, colour="red" if use_colour() else None)
        if error.hint:
            line(error.hint, err=True)
    return error.exit_code


def build() -> LazyGroup:
    """The whole command line; nothing that a command needs is imported."""

    @click.group(
        name="quiltops",
        cls=LazyGroup,
        help="Work with a Quilt data catalog, whichever backend is installed.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    @click.version_option(quilt_core.__version__, prog_name="quiltops")
    def root() -> None:
        pass

    assert isinstance(root, LazyGroup)  # noqa: S101 - `cls` says so
    add_commands(root, core_commands(), installed_commands())
    for record in plugins.commands().values():
        if record.status in (plugins.PluginStatus.FAILED, plugins.PluginStatus.AMBIGUOUS):
            name = record.name.replace(".", " ")
            line(f"The command {name!r} is left out: {record.cause}.", err=True)
    return root
