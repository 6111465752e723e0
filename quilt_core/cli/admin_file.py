"""`quiltops admin apply`, `export` and `schema`: administration as a file."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any, Literal, TypedDict

import click

from quilt_core import administration
from quilt_core.administration import (
    Change,
    ChangeResult,
    Document,
    Loss,
    Plan,
    Skipped,
    Status,
)
from quilt_core.administration.document import told_problem
from quilt_core.cli.answers import one
from quilt_core.cli.options import Command, connect, value
from quilt_core.cli.paths import LocalPath
from quilt_core.cli.terminal import json_line, line, note, use_colour
from quilt_core.cli.writing import Delete, confirm
from quilt_core.domain.base import to_plain
from quilt_core.errors import ConflictError, ValidationError
from quilt_core.ops import QuiltOps
from quilt_core.printable import json_text
from quilt_core.transfer.safe_paths import real_path
from quilt_core.transfer.temporary import temporary_path

PENDING_EXIT_CODE = 12
"""The exit code if the catalog does not fully match the file and nothing failed."""

_SIGNS = {"create": "+", "update": "~", "delete": "-"}
_COLOURS = {"create": "green", "update": "yellow", "delete": "red"}


class PlanReport(TypedDict):
    """A plan as it is printed, without its secrets."""

    changes: list[Change]
    losses: list[Loss]
    """By the user's name."""
    skipped: list[Skipped]
    unlisted: dict[str, list[str]]
    """Names by section that are in the catalog but not in the file, and are kept."""
    untouched: list[str]
    """The sections that are not in the file, which are not changed."""


class ApplyReport(TypedDict):
    """What `admin apply` prints with `--json`."""

    outcome: Literal["unchanged", "pending", "done", "failed"]
    plan: PlanReport
    results: list[ChangeResult] | None
    """The result of each change; null if none was tried."""


@click.command("apply", cls=Delete, answers=one(ApplyReport))
@click.argument("file", type=LocalPath(str, allow_dash=True))
@click.option("--prune", is_flag=True, help="Delete what is not in the file, except for users.")
@click.option("--invite", is_flag=True, help="Create new users; each of them gets an email.")
@click.option(
    "--max-invites",
    type=click.IntRange(min=0),
    help=f"How many users --invite may create; {administration.MAX_INVITES} by default.",
)
def apply_file(file: str, prune: bool, invite: bool, max_invites: int | None) -> None:
    """Change the catalog to match FILE ('-' is standard input), after showing the plan.

    Without --yes, the plan is shown and must be confirmed on a terminal. Without a terminal, or
    with --dry-run, nothing is done. The exit code is 0 if the catalog matches the file, 12 if there
    are changes left, and otherwise that of the error.

    Example: quiltops admin apply access.yaml --dry-run
    """
    if max_invites is not None and not invite:
        raise ValidationError("--max-invites requires --invite.")
    options = {
        "prune": prune,
        "invite": invite,
        "max_invites": administration.MAX_INVITES if max_invites is None else max_invites,
    }
    document, ops = _read(file), connect()
    plan = _plan(ops, document, options)
    _show(plan)
    if not plan.changes or value("dry_run") or not _may_go_ahead(file):
        _end(plan, None)
    if not value("yes"):
        confirm("Make these changes?")
        if _plan(ops, document, options) != plan:
            raise ConflictError(
                "The catalog has changed since the plan was shown; nothing was done.",
                hint="Run the command again, and look at the new plan.",
                context={"outcome": "not_written"},
            )
    _end(plan, administration.execute_plan(ops, plan, on_result=_tell))


@click.command("export", cls=Command, answers=one(dict[str, Any]))
@click.argument("file", required=False, type=LocalPath(str, allow_dash=True))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def export_file(file: str | None, force: bool) -> None:
    """Write the catalog's administration to FILE, or to standard output.

    `quiltops admin apply` accepts this file and finds nothing to change. It contains no access
    codes.

    Example: quiltops admin export access.yaml
    """
    state = administration.read_state(connect())
    if value("as_json"):
        text = json_text(administration.export_data(state)) + "\n"
    else:
        # Except in a file, which is UTF-8, characters beyond ASCII are written as YAML escapes.
        to_file = file not in (None, "-")
        encoding = (sys.stdout.encoding or "").lower().replace("-", "")
        plain = not to_file and (encoding != "utf8" or sys.stdout.isatty())
        text = administration.export_text(state, ascii_only=plain)
    if file is None or file == "-":
        click.echo(text, nl=False)
        return
    try:
        path = real_path(Path(file))
        if force and path.is_file():
            _replace(path, text)
        else:
            with path.open("w" if force else "x", encoding="utf-8", newline="\n") as target:
                target.write(text)
    except FileExistsError:
        raise ValidationError(
            f"{file} already exists.", hint="Give --force to replace it."
        ) from None
    except OSError as error:
        raise ValidationError(f"{file} cannot be written: {error.strerror or error}.") from error
    note(f"Wrote {file}.")


@click.command("schema", cls=Command)
def file_schema() -> None:
    """Print the JSON Schema of the file, for editors.

    Example: quiltops admin schema
    """
    json_line(administration.json_schema(), indent=2)


def _replace(path: Path, text: str) -> None:
    """Replace a file by a new one that is complete: if the disk is full, the old one stays."""
    draft = temporary_path(path.parent)
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as target:
            shutil.copymode(path, draft)
            target.write(text)
            target.flush()
            os.fsync(target.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _read(file: str) -> Document:
    try:
        if file != "-":
            return administration.read_document(file)
        content = sys.stdin.buffer.read()
        return administration.parse_document(content, source="standard input")
    except ValidationError as error:
        raise _listed(error) from None


def _plan(ops: QuiltOps, document: Document, options: dict[str, Any]) -> Plan:
    state = administration.read_state(ops)
    try:
        return administration.make_plan(state, document, **options)
    except ValidationError as error:
        raise _listed(error) from None


def _listed(error: ValidationError) -> ValidationError:
    """The error; if there are several problems, each is printed on its own line."""
    problems = error.context.get("problems", [])
    if value("as_json") or len(problems) < 2:
        return error
    for problem in problems:
        line(told_problem(problem), err=True)
    return ValidationError(f"{len(problems)} things are wrong with the file; nothing was done.")


def _may_go_ahead(file: str) -> bool:
    """Whether --yes was given, or a user is there to confirm."""
    return bool(value("yes")) or (sys.stdin.isatty() and file != "-" and not value("as_json"))


def _show(plan: Plan) -> None:
    if value("as_json"):
        return
    for change in plan.changes:
        _show_change(change)
    if plan.losses:
        line("These users lose access or rank:", colour=_colour("red"))
        for loss in plan.losses:
            line(f"  {loss.user}: {'; '.join(loss.reasons)}")
    if plan.skipped:
        line("Left out:", colour=_colour("yellow"))
        for skipped in plan.skipped:
            line(f"  {_name(skipped.kind, skipped.name)}: {skipped.reason}")
    for section, names in plan.unlisted.items():
        shown = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if names[10:] else "")
        line(f"Not in the file, and left alone: {section} {shown}")
    if plan.untouched:
        line(f"The file has no {', '.join(plan.untouched)}: left alone.")
    if not plan.changes:
        line("Nothing to change." if plan.is_empty else "Nothing else to change.")
        return
    counts = [
        f"{count} to {action}"
        for action in _SIGNS
        if (count := sum(change.action == action for change in plan.changes))
    ]
    line(f"Plan: {', '.join(counts)}.")


def _show_change(change: Change) -> None:
    title = f"{_SIGNS[change.action]} {_name(change.kind, change.name)}"
    line(title, colour=_colour(_COLOURS[change.action]))
    for field in change.fields:
        before = "" if field.before is None else f"{json_text(field.before)} -> "
        line(f"    {field.field}: {before}{json_text(field.after)}")


def _tell(result: ChangeResult) -> None:
    if value("as_json"):
        return
    change = result.change
    name = _name(change.kind, change.name)
    fields = f" ({', '.join(field.field for field in change.fields)})" if change.fields else ""
    reason = f": {result.reason}" if result.reason else ""
    line(
        f"{result.status.value}: {change.action} {name}{fields}{reason}",
        colour=None if result.status is Status.DONE else _colour("red"),
    )


def _end(plan: Plan, results: list[ChangeResult] | None) -> None:
    """Print the outcome, and exit with its code."""
    wrong = [one for one in results or () if one.status is not Status.DONE]
    left = bool(plan.skipped) or (results is None and bool(plan.changes))
    outcome = "failed" if wrong else "pending" if left else "done" if results else "unchanged"
    if value("as_json"):
        json_line({"outcome": outcome, "plan": to_plain(plan), "results": to_plain(results)})
    elif results is None and plan.changes:
        note("Nothing was done." + ("" if value("dry_run") else " Give --yes to go ahead."))
    elif results is not None:
        note(f"{len(results) - len(wrong)} of {len(results)} changes were made.")
    codes = {one.exit_code for one in wrong if one.status is Status.FAILED}
    failed = codes.pop() if len(codes) == 1 else 1
    code = failed if wrong else PENDING_EXIT_CODE if left else 0
    click.get_current_context().exit(code)


def _name(kind: str, name: str) -> str:
    names = {"sso": "single sign-on"}
    return f"{names.get(kind, kind)} {name}".rstrip()


def _colour(colour: str) -> str | None:
    return colour if use_colour() else None
