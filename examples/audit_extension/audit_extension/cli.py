"""`quiltops audit`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from quilt_core import ValidationError, load_settings, plugins
from quilt_core.cli.options import Command, value
from quilt_core.cli.output import show_all


@click.command(cls=Command)
@click.option(
    "--last", type=click.IntRange(min=1), default=20, show_default=True, help="How many lines."
)
def audit(last: int) -> None:
    """Show the last lines of the audit log."""
    file = plugins.extension_options("audit", load_settings(profile=value("profile"))).get("file")
    if not file:
        raise ValidationError("There is no audit log.", hint="Set QUILT_EXTENSION_AUDIT_FILE.")
    path = Path(file)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines[-last:]]
    show_all(rows, ("time", "operation", "arguments", "outcome", "milliseconds"))
