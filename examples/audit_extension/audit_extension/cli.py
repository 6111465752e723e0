"""`quiltops audit`."""

from __future__ import annotations

import json

import click

from audit_extension.audit import log_path
from quilt_core import ValidationError
from quilt_core.cli.options import Command
from quilt_core.cli.output import show_all


@click.command(cls=Command)
@click.option("--last", default=20, show_default=True, help="How many lines.")
def audit(last: int) -> None:
    """Show the last lines of the audit log."""
    path = log_path()
    if path is None:
        raise ValidationError("There is no audit log.", hint="Set QUILT_AUDIT_LOG to a file.")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    rows = [json.loads(line) for line in lines[-last:]]
    show_all(rows, ("time", "operation", "subject", "outcome", "milliseconds"))
