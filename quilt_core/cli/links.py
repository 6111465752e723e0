"""`quiltops open`."""

from __future__ import annotations

import os
import sys

import click

from quilt_core.cli.answers import one
from quilt_core.cli.options import Command, completed, connect
from quilt_core.cli.output import show


@click.command("open", cls=Command, answers=one(str))
@click.argument("target", shell_complete=completed("package_names"))
@click.argument("path", default="", shell_complete=completed("paths"))
@click.option(
    "--top-hash", shell_complete=completed("revisions"), help="A revision; the latest by default."
)
@click.option("--print", "only_print", is_flag=True, help="Only print the address.")
def open_link(target: str, path: str, top_hash: str | None, only_print: bool) -> None:
    """Open the catalog's page for TARGET, or for PATH in it, in the browser.

    TARGET is a package, a quilt+s3:// URI, or an object s3://bucket/key. The address is also
    printed; without a display, nothing is opened.

    Example: quiltops open palmer/penguins README.md
    """
    link = connect().get_catalog_link(target, path=path, top_hash=top_hash)
    show(link)
    if not only_print and _has_display():
        click.launch(link)


def _has_display() -> bool:
    """Whether a browser can be shown: standard output is a terminal, and there is a display."""
    if not sys.stdout.isatty() or os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
