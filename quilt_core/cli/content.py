"""`quiltops content`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import click

from quilt_core import ContentInfo, QuiltOps
from quilt_core.cli.answers import listing, one
from quilt_core.cli.options import Group, completed, connect, value
from quilt_core.cli.output import show, show_all
from quilt_core.cli.progress import counted
from quilt_core.cli.terminal import cell, console

_HASH = click.option(
    "--top-hash", shell_complete=completed("revisions"), help="A revision; the latest by default."
)


@click.group(cls=Group)
def group() -> None:
    """What is inside a package."""


def show_content(
    ops: QuiltOps, package: str, path: str, top_hash: str | None, *, recursive: bool
) -> None:
    """Print a listing of a package's content."""

    def read() -> Iterable[ContentInfo]:
        if recursive:
            return ops.browse_content(package, path=path, top_hash=top_hash, recursive=True)
        return ops.browse_content(package, path=path, top_hash=top_hash)

    show_all(read, ("path", "type", "size", "physical_key", "metadata"))


@group.command(answers=listing(ContentInfo))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("path", default="", shell_complete=completed("paths"))
@click.option("--recursive", "-r", is_flag=True, help="All files below the path.")
@_HASH
def browse(package: str, path: str, top_hash: str | None, recursive: bool) -> None:
    """List what lies at PATH inside PACKAGE.

    Example: quiltops content browse palmer/penguins
    """
    show_content(connect(), package, path, top_hash, recursive=recursive)


@group.command(answers=listing(ContentInfo))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("path", default="", shell_complete=completed("paths"))
@_HASH
def tree(package: str, path: str, top_hash: str | None) -> None:
    """Draw the files of PACKAGE as a tree.

    Example: quiltops content tree palmer/penguins
    """
    items = partial(connect().browse_content, package, path=path, top_hash=top_hash, recursive=True)
    if value("as_json"):
        show_all(items, ("path",))
        return
    from rich.tree import Tree

    root = Tree(f"[bold]{cell(package)}")
    folders: dict[str, Tree] = {"": root}
    for item in counted(items, "reading"):
        _folder(folders, item.path.rpartition("/")[0]).add(_leaf(item))
    console().print(root)


def _folder(folders: dict[str, Any], path: str) -> Any:
    if path not in folders:
        parent, _, name = path.rpartition("/")
        folders[path] = _folder(folders, parent).add(f"[bold]{cell(name)}/")
    return folders[path]


def _leaf(item: ContentInfo) -> str:
    return f"{cell(item.path.rpartition('/')[2])} [dim]{item.size:,}"


@group.command(answers=one(str))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("path", shell_complete=completed("paths"))
@_HASH
def url(package: str, path: str, top_hash: str | None) -> None:
    """Print a URL that downloads the file at PATH; it is a secret while it lasts.

    Example: quiltops content url palmer/penguins README.md
    """
    show(connect().get_content_url(package, path=path, top_hash=top_hash))
