"""`quiltops packages diff`: the differences between two revisions, with sizes and lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Literal

import attrs
import click

from quilt_core import PackageDiff, QuiltOps
from quilt_core.cli.answers import Change, Differences, one
from quilt_core.cli.options import Command, completed, connect, value
from quilt_core.cli.output import show
from quilt_core.cli.pager import print_lines
from quilt_core.cli.progress import progress_bar
from quilt_core.cli.terminal import use_colour
from quilt_core.domain.names import LATEST
from quilt_core.ops.addressing import parse_package_uri
from quilt_core.printable import printable

if TYPE_CHECKING:  # manifests import msgspec, which the help of a command does not need
    from quilt_core.domain.content import ContentInfo

TEXT_LIMIT = 64 << 10
"""The maximum size in bytes of a small file, whose lines are compared."""
_SIGNS = {"added": ("+", "green"), "deleted": ("-", "red"), "modified": ("~", "yellow")}
_LINES = {"+": "green", "-": "red", "@": "cyan"}


@click.command(cls=Command, answers=one(Differences))
@click.argument("package", shell_complete=completed("package_names"))
@click.argument("other", required=False, shell_complete=completed("package_names"))
@click.option(
    "--from",
    "first",
    shell_complete=completed("revisions"),
    metavar="HASH",
    help="The first revision; the latest by default.",
)
@click.option(
    "--to",
    "second",
    shell_complete=completed("revisions"),
    metavar="HASH",
    help="The second revision; the latest by default.",
)
@click.option(
    "--text", is_flag=True, help="Also show the changed lines of text files of up to 64 KiB."
)
def diff(
    package: str, other: str | None, first: str | None, second: str | None, text: bool
) -> None:
    """Compare PACKAGE with OTHER, or two revisions of PACKAGE.

    With one package and no revisions, its last two revisions are compared. A quilt+s3:// URI can
    contain the revision.

    Example: quiltops packages diff me/penguins --text
    """
    ops = connect()
    with progress_bar("comparing"):
        if other is None:
            other = _whole(package)
            if first is None:
                first = _named_revision(package)
                package = other
            if first is None:
                last = list(islice(ops.list_package_versions(package), 2))
                first = last[-1].top_hash if last else None
        found = ops.diff_packages(package, other, package1_hash=first, package2_hash=second)
        before = _items(
            ops, _whole(package), found.package1_hash, {*found.deleted, *found.modified}
        )
        after = _items(ops, _whole(other), found.package2_hash, {*found.added, *found.modified})
        changes = list(_changes(found, before, after))
        for change in changes if text else ():
            change["text"] = _lines(ops, _whole(package), _whole(other), found, change)
    if value("as_json"):
        show({**found.to_dict(), "changes": changes})
    elif found.is_empty:
        same = found.package1_hash == found.package2_hash
        click.echo(
            "No difference."
            if same
            else "No file differs; the metadata, messages or workflows of the revisions do."
        )
    else:
        alike = {key for key in found.modified if _has_same_bytes(before.get(key), after.get(key))}
        print_lines(_shown(changes, alike))


def _named_revision(package: str) -> str | None:
    """The revision that a URI names; None for a name, or a URI of the latest one."""
    uri = parse_package_uri(package)
    return None if uri is None or uri.revision.is_latest else uri.revision.value


def _whole(package: str) -> str:
    """The package without a revision: a URI without its revision, or an unchanged name."""
    uri = parse_package_uri(package)
    return package if uri is None else attrs.evolve(uri, revision=LATEST).url


def _changes(
    found: PackageDiff, before: Mapping[str, ContentInfo], after: Mapping[str, ContentInfo]
) -> Iterator[Change]:
    """Each file that differs, with its sizes."""
    kinds: tuple[tuple[Literal["added", "deleted", "modified"], tuple[str, ...]], ...] = (
        ("added", found.added),
        ("deleted", found.deleted),
        ("modified", found.modified),
    )
    for kind, paths in kinds:
        for path in paths:
            yield {
                "path": path,
                "change": kind,
                "size_before": before[path].size if path in before else None,
                "size_after": after[path].size if path in after else None,
                "text": None,
            }


def _items(ops: QuiltOps, package: str, top_hash: str, wanted: set[str]) -> dict[str, ContentInfo]:
    """Files of a revision; nothing is read if none are needed."""
    if not wanted:
        return {}
    found = {}
    for item in ops.browse_content(package, top_hash=top_hash, recursive=True):
        if item.path in wanted:
            found[item.path] = item
            if len(found) == len(wanted):
                break
    return found


def _has_same_bytes(before: ContentInfo | None, after: ContentInfo | None) -> bool:
    """Whether a modified file has the same bytes, so that only its metadata differs."""
    if before is None or after is None or before.size != after.size:
        return False
    if before.hash is None or after.hash is None:
        return before.physical_key == after.physical_key
    return before.hash == after.hash


def _lines(
    ops: QuiltOps, package: str, other: str, found: PackageDiff, change: Change
) -> list[str] | None:
    """The lines of a unified diff; None unless both files are small and text."""
    path = change["path"]
    texts = []
    for name, top_hash, size in (
        (package, found.package1_hash, change["size_before"]),
        (other, found.package2_hash, change["size_after"]),
    ):
        if size is None:
            texts.append("")
            continue
        if size > TEXT_LIMIT:
            return None
        data = ops.read_content(name, path, top_hash=top_hash)
        try:
            texts.append(data.decode())
        except UnicodeDecodeError:
            return None
    before, after = map(_split, texts)
    hashes = (found.package1_hash[:12], found.package2_hash[:12])
    import difflib  # the other commands of the group do without

    return list(difflib.unified_diff(before, after, path, path, *hashes, lineterm=""))


def _split(text: str) -> list[str]:
    """The lines of a text; a last line without a line feed is marked, as in diff."""
    *lines, last = text.split("\n")
    return [*lines, last, "\\ No newline at end of file"] if last else lines


def _shown(changes: list[Change], alike: Collection[str]) -> Iterator[str]:
    """One line per file, followed by the changed lines of its text; `alike` are the modified files
    with the same bytes.
    """
    for change in changes:
        sign, colour = _SIGNS[change["change"]]
        detail = "metadata" if change["path"] in alike else _size(change)
        yield _coloured(f"{sign} {printable(change['path'])}{detail and f'  ({detail})'}", colour)
        for line in (change["text"] or [])[2:]:  # the file's name has just been printed
            yield _coloured(f"    {printable(line)}", _LINES.get(line[:1]))


def _size(change: Change) -> str:
    before, after = change["size_before"], change["size_after"]
    if before is None or after is None or before == after:
        size = after if before is None else before
        return "" if size is None else f"{size:,}"
    return f"{before:,} > {after:,}"


def _coloured(text: str, colour: str | None) -> str:
    return click.style(text, fg=colour) if colour and use_colour() else text
