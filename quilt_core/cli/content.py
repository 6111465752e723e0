"""`quiltops content`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import click

from quilt_core import ContentInfo, QuiltOps
from quilt_core.cli.answers import listing, one
from quilt_core.cli.options import TOP_HASH, Group, completed, connect, value
from quilt_core.cli.output import show, show_all
from quilt_core.cli.progress import counted
from quilt_core.cli.terminal import cell, console
from quilt_core.domain.tree import Node, Tree


@click.group(cls=Group)
def group() -> None:
    """The contents of packages."""


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
@TOP_HASH
def browse(package: str, path: str, top_hash: str | None, recursive: bool) -> None:
    """List the contents of PATH in PACKAGE.

    Example: quiltops content browse palmer/penguins
    """
    show_content(connect(), package, path, top_hash, recursive=recursive)


@group.command(answers=listing(ContentInfo))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("path", default="", shell_complete=completed("paths"))
@TOP_HASH
def tree(package: str, path: str, top_hash: str | None) -> None:
    """Draw the files of PACKAGE as a tree.

    Example: quiltops content tree palmer/penguins
    """
    items = partial(connect().browse_content, package, path=path, top_hash=top_hash, recursive=True)
    if value("as_json"):
        show_all(items, ("path",))
        return
    _draw(package, Tree(counted(items, "reading")).roots)


def _draw(title: str, roots: list[Node]) -> None:
    """Print a tree in the terminal's colours, or in ASCII if the terminal supports nothing else."""
    from rich.tree import Tree as Drawing

    drawing = Drawing(f"[bold]{cell(title)}")
    waiting = [(drawing, roots)]  # a path may have more parts than frames
    while waiting:
        above, nodes = waiting.pop()
        for node in nodes:
            if node.is_folder:
                waiting.append((above.add(f"[bold]{cell(node.name)}/"), node.children))
            else:
                above.add(f"{cell(node.name)} [dim]{node.size:,}")
    console().print(drawing)


@group.command(answers=one(str))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("path", default="", shell_complete=completed("paths"))
@TOP_HASH
def url(package: str, path: str, top_hash: str | None) -> None:
    """Print a URL that downloads the file at PATH. The URL is a secret while it is valid.

    PACKAGE can be a quilt+s3:// URI that contains the path.

    Example: quiltops content url palmer/penguins README.md
    """
    show(connect().get_content_url(package, path=path, top_hash=top_hash))
