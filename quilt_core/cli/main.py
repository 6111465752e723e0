"""`quiltops`: assemble the commands, run one, and turn errors into messages and exit codes."""

from __future__ import annotations

import gc
import io
import os
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import click

import quilt_core
from quilt_core import plugins
from quilt_core.cli.commands import core_commands, installed_commands
from quilt_core.cli.lazy import LazyGroup, add_commands
from quilt_core.cli.options import COMPLETION_VARIABLE, value
from quilt_core.cli.streams import OutputError, abandon_output, prepare_streams
from quilt_core.cli.terminal import json_line, line, use_colour
from quilt_core.errors import QuiltOpsError, ValidationError, kind_of
from quilt_core.logs import redact_logs
from quilt_core.redaction import redact

BUG_EXIT_CODE = 70
OUTPUT_EXIT_CODE = 74
INTERRUPTED_EXIT_CODE = 130
_BUG = "This is a bug. Use --verbose for the traceback."
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `quiltops` with the process's arguments, or these, and exit."""
    # A command imports much and lets go of little: what the collector would look at again and again
    # stays. It still collects, where a command makes many objects that refer to each other.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    prepare_streams()
    redact_logs()
    code = run(sys.argv[1:] if arguments is None else list(arguments))
    # At the exit, the collector would look once more at everything that was imported, for memory
    # that the process returns anyway.
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run `quiltops` and return the exit code."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except QuiltOpsError as error:  # the error came before a command was found
        return _report(error, as_json=_wants_json(arguments))
    except BrokenPipeError:
        abandon_output()  # its reader has closed the pipe
        return 0
    except OutputError as error:
        abandon_output()
        return _report_output(error, as_json=_wants_json(arguments))
    return code


def _run(arguments: list[str]) -> int:
    if instruction := os.environ.get(COMPLETION_VARIABLE):
        from quilt_core.cli.shells import complete

        return complete(build, instruction)
    try:
        with build().make_context("quiltops", [*arguments]) as context:
            return _invoke(context, as_json=_wants_json(arguments))
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        return _report_usage(error, as_json=_wants_json(arguments))
    except (click.Abort, KeyboardInterrupt):
        line("Aborted.", err=True)
        return INTERRUPTED_EXIT_CODE


def _invoke(context: click.Context, *, as_json: bool) -> int:
    try:
        context.command.invoke(context)
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError, OutputError):
        raise
    except Exception as error:  # noqa: BLE001 - a bug gets a message and an exit code of its own
        if value("verbose"):
            line(redact("".join(traceback.format_exception(error))), err=True, lines=True)
        if isinstance(error, QuiltOpsError):
            return _report(error, as_json=as_json)
        return _report_bug(error, as_json=as_json)
    return 0


def _wants_json(arguments: list[str]) -> bool:
    """Whether a command line that may be malformed asks for JSON."""
    given = arguments[: arguments.index("--")] if "--" in arguments else arguments
    forms = {"--output=json", "-ojson"}
    pairs = {("--output", "json"), ("-o", "json")}
    return "--json" in given or bool(forms & {*given} or pairs & {*pairwise(given)})


def _report_usage(error: click.ClickException, *, as_json: bool) -> int:
    if as_json:
        context = getattr(error, "ctx", None)
        hint = None if context is None else f"See `{context.command_path} --help`."
        json_line(ValidationError(error.format_message(), hint=hint).to_dict(), err=True)
    else:
        said = io.StringIO()
        error.show(said)
        line(said.getvalue().removesuffix("\n"), err=True, lines=True)
    return error.exit_code


def _report_output(error: OutputError, *, as_json: bool) -> int:
    message = f"Standard output cannot be written: {error}."
    hint = (
        "The command was carried out; its report is above."
        if error.is_told_elsewhere
        else "What was printed is not complete."
    )
    if as_json:
        json_line(_document("OutputError", message, hint), err=True)
    else:
        line(f"Output: {message}", err=True, colour="red" if use_colour() else None)
        line(hint, err=True)
    return OUTPUT_EXIT_CODE


def _document(error: str, message: str, hint: str, notes: Sequence[str] = ()) -> dict[str, Any]:
    """An error that is none of ours, with the fields of `QuiltOpsError.to_dict`."""
    return {
        "error": error,
        "message": message,
        "operation": None,
        "backend": None,
        "hint": hint,
        "context": {"notes": notes} if notes else {},
    }


def _report_bug(error: Exception, *, as_json: bool) -> int:
    notes = [redact(said) for said in getattr(error, "__notes__", ())]
    if as_json:
        said = redact(str(error))
        json_line(_document(type(error).__name__, said, _BUG, notes), err=True)
        return BUG_EXIT_CODE
    line(redact(f"{type(error).__name__}: {error}"), err=True)
    for said in notes:
        line(said, err=True, lines=True)
    line(_BUG, err=True)
    return BUG_EXIT_CODE


def _report(error: QuiltOpsError, *, as_json: bool) -> int:
    hint = None
    if error.hint:
        from quilt_core.cli.wording import in_commands

        hint = in_commands(error.hint)
    if as_json:
        json_line({**error.to_dict(), "hint": hint}, err=True)
    else:
        label = kind_of(error).__name__.removesuffix("Error") or "Error"
        line(f"{label}: {error.message}", err=True, colour="red" if use_colour() else None)
        if hint:
            line(hint, err=True)
    return error.exit_code


def build() -> LazyGroup:
    """The whole command line; importing it does not import what the commands need."""

    @click.group(
        name="quiltops",
        cls=LazyGroup,
        help="Work with a Quilt data catalog, using any installed backend.",
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
            line(f"The command {name!r} was skipped: {record.cause}.", err=True)
    return root
