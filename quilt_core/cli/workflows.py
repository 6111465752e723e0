"""`quiltops workflows`."""

from __future__ import annotations

from functools import partial

import click

from quilt_core import WorkflowInfo
from quilt_core.cli.answers import listing
from quilt_core.cli.options import Group, connect
from quilt_core.cli.output import show_all


@click.group(cls=Group)
def group() -> None:
    """The workflows of a registry."""


@group.command("list", answers=listing(WorkflowInfo))
def list_workflows() -> None:
    """List the workflows of the registry, which are rules for revisions.

    Example: quiltops workflows list --registry s3://demo-data
    """
    columns = ("id", "name", "is_default", "is_message_required", "description")
    show_all(partial(connect().list_workflows), columns)
