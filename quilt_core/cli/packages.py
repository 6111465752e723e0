"""`quiltops packages`: reading; the writing commands are in `revisions`, `diff` is in
`differences`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click

from quilt_core import (
    ContentInfo,
    MetadataPredicate,
    PackageInfo,
    PackageVersion,
    SearchFilter,
    SearchOrder,
)
from quilt_core.cli.answers import listing, one
from quilt_core.cli.options import TOP_HASH, Group, completed, connect
from quilt_core.cli.output import is_for_programs, show, show_all
from quilt_core.cli.pager import print_lines
from quilt_core.cli.progress import counted
from quilt_core.errors import ValidationError
from quilt_core.printable import printable

_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])


_REVISIONS = "quilt_core.cli.revisions"
_ELSEWHERE = {
    "create": _REVISIONS,
    "delete": _REVISIONS,
    "diff": "quilt_core.cli.differences",
    "update": _REVISIONS,
}


@click.group(cls=Group, elsewhere=_ELSEWHERE)
def group() -> None:
    """Search, list, describe, compare, create, update and delete packages."""


def _aware(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time


def _predicate(text: str) -> MetadataPredicate:
    """`/path=value`: JSON's numbers, texts in double quotes, true or false; otherwise text, which
    may be a pattern with wildcards.
    """
    path, found, wanted = text.partition("=")
    if not found:
        raise ValidationError(
            f"{text!r} is not a condition.", hint="It looks like '/species=Adelie'."
        )
    try:
        value = json.loads(wanted, parse_constant=str)
    except ValueError:
        value = None
    if isinstance(value, bool):
        return MetadataPredicate(path=path, boolean=value)
    if isinstance(value, (int, float)):
        return MetadataPredicate(path=path, number_min=value, number_max=value)
    if isinstance(value, str) and wanted.startswith('"'):
        return MetadataPredicate(path=path, keywords=[value])
    if "*" in wanted or "?" in wanted:
        return MetadataPredicate(path=path, wildcard=wanted)
    return MetadataPredicate(path=path, keywords=[wanted])


@group.command(answers=listing(PackageInfo))
@click.argument("query", default="")
@click.option("--all-registries", is_flag=True, help="Search every registry that you can read.")
@click.option("--name", help="A package name with wildcards.")
@click.option(
    "--modified-from", type=_TIME, help="Published at or after this time; UTC unless it has a zone."
)
@click.option(
    "--modified-to", type=_TIME, help="Published at or before this time; UTC unless it has a zone."
)
@click.option("--size-min", type=int, help="The minimum size in bytes.")
@click.option("--size-max", type=int, help="The maximum size in bytes.")
@click.option("--entries-min", type=int, help="The minimum number of files.")
@click.option("--entries-max", type=int, help="The maximum number of files.")
@click.option("--top-hash", shell_complete=completed("revisions"), help="A full top hash.")
@click.option("--message", help="A query over the commit message.")
@click.option(
    "--workflow",
    multiple=True,
    shell_complete=completed("workflows"),
    help="The id of a workflow; may be given again.",
)
@click.option(
    "--meta",
    multiple=True,
    metavar="/PATH=VALUE",
    help="A condition on user metadata; text in double quotes is never a number.",
)
@click.option("--all-revisions", is_flag=True, help="Include earlier revisions.")
@click.option(
    "--order",
    type=click.Choice([order.value for order in SearchOrder]),
    default="relevance",
    show_default=True,
)
@click.option("--limit", type=int, help="The maximum number of results.")
def search(query: str, **options: Any) -> None:
    """Find packages that match QUERY; an empty query finds everything.

    Example: quiltops packages search penguins --meta /licence=CC0-1.0 --limit 10
    """
    filters = SearchFilter(
        name=options["name"],
        modified_from=_aware(options["modified_from"]),
        modified_to=_aware(options["modified_to"]),
        size_min=options["size_min"],
        size_max=options["size_max"],
        entries_min=options["entries_min"],
        entries_max=options["entries_max"],
        top_hash=options["top_hash"],
        message=options["message"],
        workflow=options["workflow"] or None,
    )
    search = partial(
        connect().iter_search_packages,
        query,
        "*" if options["all_registries"] else None,
        filters=filters,
        user_meta=[_predicate(text) for text in options["meta"]],
        latest_only=not options["all_revisions"],
        order=options["order"],
        limit=options["limit"],
    )
    columns = ("name", "registry", "top_hash", "modified", "total_entries", "total_bytes")
    show_all(search, (*columns, "message"))


@group.command("list", answers=listing(str))
@click.argument("pattern", required=False)
def list_packages(pattern: str | None) -> None:
    """List the names of all packages, or of those that match PATTERN (* and ?).

    Example: quiltops packages list 'palmer/*'
    """
    names = partial(connect().iter_all_packages, pattern=pattern)
    if is_for_programs():
        show_all(names, ("name",))
        return
    print_lines(printable(name) for name in counted(names, "reading", printed=True))


@group.command(answers=one(PackageInfo))
@click.argument("package", shell_complete=completed("package_names"))
@TOP_HASH
def info(package: str, top_hash: str | None) -> None:
    """Describe a revision of PACKAGE.

    Example: quiltops packages info palmer/penguins
    """
    show(connect().get_package_info(package, top_hash=top_hash))


@group.command(answers=listing(PackageVersion))
@click.argument("package", shell_complete=completed("package_names"))
def versions(package: str) -> None:
    """List the revisions of PACKAGE, newest first.

    Example: quiltops packages versions palmer/penguins
    """
    versions = partial(connect().list_package_versions, package)
    show_all(versions, ("top_hash", "modified", "is_latest", "message"))


@group.command(answers=one(dict[str, Any]))
@click.argument("package", shell_complete=completed("package_names"))
@TOP_HASH
def metadata(package: str, top_hash: str | None) -> None:
    """Show the user metadata of PACKAGE.

    Example: quiltops packages metadata palmer/penguins
    """
    show(connect().get_package_metadata(package, top_hash=top_hash))


@group.command(answers=listing(ContentInfo))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("path", default="", shell_complete=completed("paths"))
@TOP_HASH
@click.option("--recursive", "-r", is_flag=True, help="All files below the path.")
def browse(package: str, path: str, top_hash: str | None, recursive: bool) -> None:
    """List the contents of PATH in PACKAGE.

    Example: quiltops packages browse palmer/penguins data --recursive
    """
    from quilt_core.cli.content import show_content

    show_content(connect(), package, path, top_hash, recursive=recursive)
