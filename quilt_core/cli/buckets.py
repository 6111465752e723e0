"""`quiltops buckets`."""

from __future__ import annotations

import click

from quilt_core import BucketInfo
from quilt_core.cli.answers import listing
from quilt_core.cli.options import Group, connect
from quilt_core.cli.output import show_all


@click.group(cls=Group)
def group() -> None:
    """The catalog's buckets."""


@group.command("list", answers=listing(BucketInfo))
def list_buckets() -> None:
    """List the buckets that you can read.

    Example: quiltops buckets list --output csv
    """
    show_all(connect().list_buckets, ("name", "title", "description", "tags", "browsable"))
