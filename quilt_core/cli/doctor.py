"""`quiltops doctor`: the configuration and its sources, what works, and what to fix."""

from __future__ import annotations

import os
from typing import Any

import attrs
import click

import quilt_core
from quilt_core import deadline
from quilt_core.cli.answers import Diagnosis, one
from quilt_core.cli.checks import Check, configured, failed, installed
from quilt_core.cli.config import settings_rows
from quilt_core.cli.options import Command, given_settings, value
from quilt_core.cli.output import show
from quilt_core.cli.terminal import cell, console
from quilt_core.errors import QuiltOpsError
from quilt_core.settings import config_path


@click.command(cls=Command, answers=one(Diagnosis))
def doctor() -> None:
    """Check the installation, the configuration, the identity and what can be reached.

    Example: quiltops doctor
    """
    report: dict[str, Any] = {"version": quilt_core.__version__, "config_file": _config_file()}
    checks = list(installed())
    try:
        settings = given_settings()
        report["settings"] = [row for row in settings_rows(settings) if row["value"] is not None]
        with deadline.one_attempt():
            checks += configured(settings)
    except QuiltOpsError as error:
        checks.append(failed("settings", error))
    report["checks"] = [attrs.asdict(check) for check in checks]
    report["fixes"] = _fixes(checks)
    if value("as_json"):
        show(report)
    else:
        _print(report, checks)
    click.get_current_context().exit(1 if report["fixes"] else 0)


def _config_file() -> str:
    path = config_path()
    there = os.path.exists(path)  # noqa: PTH110 - False also where the system does not tell
    return f"{path}{'' if there else ' (absent)'}"


def _fixes(checks: list[Check]) -> list[str]:
    """What to fix, each item once, with the checks that it makes pass."""
    found: dict[str, list[str]] = {}
    for check in checks:
        if check.ok is False:
            found.setdefault(check.fix or check.detail, []).append(check.name)
    return [f"{', '.join(names)}: {fix}" for fix, names in found.items()]


def _print(report: dict[str, Any], checks: list[Check]) -> None:
    from rich.table import Table

    terminal = console()
    terminal.print(f"quiltops {report['version']}, configuration {cell(report['config_file'])}")
    settings = Table(title="Settings", box=None, title_justify="left", pad_edge=False)
    for column in ("setting", "value", "from"):
        settings.add_column(column, overflow="fold")
    for row in report.get("settings", ()):
        settings.add_row(cell(row["setting"]), cell(str(row["value"])), cell(row["from"]))
    terminal.print(settings)
    found = Table(title="Checks", box=None, title_justify="left", pad_edge=False)
    for column in ("", "check", "result"):
        found.add_column(column, overflow="fold")
    marks = {True: "[green]ok", False: "[red]no", None: ""}
    for check in checks:
        found.add_row(marks[check.ok], cell(check.name), cell(check.detail))
    terminal.print(found)
    for fix in report["fixes"]:
        terminal.print(f"[yellow]fix[/]: {cell(fix)}")
    if not report["fixes"]:
        terminal.print("Nothing to fix.")
