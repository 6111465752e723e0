"""`quiltops doctor`: what is configured, from where, what works, and what to fix."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import attrs
import click

import quilt_core
from quilt_core import QuiltOps, plugins
from quilt_core.cli.config import settings_rows
from quilt_core.cli.options import Command, value
from quilt_core.cli.output import console, show
from quilt_core.cli.plugins import check_plugin
from quilt_core.errors import AuthenticationError, NotSupportedError, QuiltOpsError
from quilt_core.settings import config_path

_SOON = 24 * 3600


@attrs.frozen
class Check:
    """One thing that was looked at: `ok` is True, False, or None for a mere fact."""

    name: str
    ok: bool | None
    detail: str
    fix: str | None = None


@click.command(cls=Command)
def doctor() -> None:
    """Check the installation, the configuration, the identity and what can be reached."""
    report: dict[str, Any] = {"version": quilt_core.__version__, "config_file": _config_file()}
    checks = list(_installed())
    try:
        settings = quilt_core.load_settings(
            backend=value("backend"), registry=value("registry"), profile=value("profile")
        )
        report["settings"] = [row for row in settings_rows(settings) if row["value"] is not None]
        checks += _chosen(settings)
    except QuiltOpsError as error:
        checks.append(Check("settings", False, error.message, error.hint))
    report["checks"] = [attrs.asdict(check) for check in checks]
    report["fixes"] = [check.fix for check in checks if check.ok is False and check.fix]
    failed = any(check.ok is False for check in checks)
    if value("as_json"):
        show(report)
    else:
        _print(report, checks)
    click.get_current_context().exit(1 if failed else 0)


def _config_file() -> str:
    path = config_path()
    return f"{path}{'' if path.exists() else ' (absent)'}"


def _installed() -> Iterator[Check]:
    for record in [*plugins.backends().values(), *plugins.extensions().values()]:
        if record.status is plugins.PluginStatus.INSTALLED:
            check_plugin(record)
        broken = record.status in (plugins.PluginStatus.FAILED, plugins.PluginStatus.AMBIGUOUS)
        hint = record.error.hint if record.error else None
        detail = f"{record.origin}: {record.cause or record.status.value}"
        yield Check(f"{record.kind} {record.name}", not broken, detail, hint or record.cause)


def _chosen(settings: quilt_core.Settings) -> Iterator[Check]:
    try:
        choice = plugins.choose_backend(settings, plugins.backends())
        yield Check("backend in use", None, f"{choice.name} ({choice.reason})")
        ops = quilt_core.connect(choice.name, settings=settings)
    except QuiltOpsError as error:
        yield Check("backend in use", False, error.message, error.hint)
        return
    with ops:
        yield from _reached(ops, settings)


def _reached(ops: QuiltOps, settings: quilt_core.Settings) -> Iterator[Check]:
    yield _try("registry address", ops.get_registry_url)
    yield _try("GraphQL endpoint", ops.get_graphql_endpoint)
    if settings.catalog_url:
        yield _try("catalog configuration", lambda: ops.get_catalog_config().registry_url)
    yield from _identity(ops)
    if ops.supports("list_buckets"):
        yield _try("buckets", lambda: f"{len(ops.list_buckets())} can be read")
    if settings.registry:
        yield _try(
            f"packages of {settings.registry}",
            lambda: "can be listed" if next(ops.iter_all_packages(), None) else "none there yet",
        )
    if settings.registry_url:
        yield from _clock(settings.registry_url)


def _identity(ops: QuiltOps) -> Iterator[Check]:
    started = time.perf_counter()
    try:
        status = ops.get_auth_status()
    except NotSupportedError as error:
        yield Check("identity", None, error.message)
        return
    except QuiltOpsError as error:
        yield Check("identity", False, error.message, error.hint)
        return
    took = f"{(time.perf_counter() - started) * 1000:.0f} ms"
    if not status.is_authenticated:
        yield Check(
            "identity", False, "not logged in", "Set QUILT_API_KEY or MCP_JWT_TOKEN, or log in."
        )
        return
    yield Check("identity", True, f"{status.user_name}, role {status.role} ({took})")
    if status.expires_at is not None:
        left = (status.expires_at - datetime.now(UTC)).total_seconds()
        ends = status.expires_at.isoformat(timespec="seconds")
        soon = "Get a new token before it ends." if left < _SOON else None
        yield Check("token", left > 0, f"until {ends}", soon)


def _clock(registry_url: str) -> Iterator[Check]:
    """Compare clocks: AWS refuses requests signed more than five minutes off."""
    import urllib.error
    import urllib.request
    from email.utils import parsedate_to_datetime

    try:
        with urllib.request.urlopen(f"{registry_url}/", timeout=10) as answer:  # noqa: S310 - http(s), checked
            date = answer.headers.get("Date")
    except urllib.error.HTTPError as error:
        date = error.headers.get("Date")
    except OSError as error:
        yield Check("clock", None, f"the registry cannot be asked: {error}")
        return
    if date:
        skew = abs((datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds())
        yield Check("clock", skew < 120, f"{skew:.0f} s off the registry's", "Set the clock.")


def _try(name: str, action: Callable[[], Any]) -> Check:
    started = time.perf_counter()
    try:
        detail = action()
    except (NotSupportedError, AuthenticationError) as error:
        return Check(name, None, error.message, error.hint)
    except QuiltOpsError as error:
        return Check(name, False, error.message, error.hint)
    return Check(name, True, f"{detail} ({(time.perf_counter() - started) * 1000:.0f} ms)")


def _print(report: dict[str, Any], checks: list[Check]) -> None:
    from rich.markup import escape
    from rich.table import Table

    terminal = console()
    terminal.print(f"quilt-core {report['version']}, configuration {escape(report['config_file'])}")
    settings = Table(title="Settings", box=None, title_justify="left", pad_edge=False)
    for column in ("setting", "value", "from"):
        settings.add_column(column, overflow="fold")
    for row in report.get("settings", ()):
        settings.add_row(row["setting"], escape(str(row["value"])), escape(row["from"]))
    terminal.print(settings)
    found = Table(title="Checks", box=None, title_justify="left", pad_edge=False)
    for column in ("", "check", "result"):
        found.add_column(column, overflow="fold")
    marks = {True: "[green]ok", False: "[red]no", None: ""}
    for check in checks:
        found.add_row(marks[check.ok], escape(check.name), escape(check.detail))
    terminal.print(found)
    for fix in report["fixes"]:
        terminal.print(f"[yellow]fix[/]: {escape(fix)}")
    if not report["fixes"]:
        terminal.print("Nothing to fix.")
