"""Compare two manifests as streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum

import attrs

from quilt_core.disk_errors import disk_errors
from quilt_core.json_values import is_same_json
from quilt_core.manifest.cursor import EntryCursor
from quilt_core.manifest.lines import Source
from quilt_core.manifest.model import ManifestEntry, ManifestError
from quilt_core.manifest.order import lines_of, sort_key, temporary_file
from quilt_core.manifest.read import ManifestReader, OutOfOrderError, read_manifest


class ChangeKind(Enum):
    """What happened to an entry."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"


@attrs.frozen
class EntryChange:
    """An entry that differs: `before` is None for an added one, `after` for a deleted one."""

    logical_key: str
    kind: ChangeKind
    before: ManifestEntry | None
    after: ManifestEntry | None


def diff_manifests(
    open_first: Callable[[], Source], open_second: Callable[[], Source]
) -> list[EntryChange]:
    """Compare the entries of two manifests.

    Lines that are the same in both, byte for byte, are skipped in blocks; damage and repeated
    logical keys in them are not found. Memory grows with the number of differences, not of entries.

    Parameters
    ----------
    open_first, open_second:
        Functions that open the manifests from the beginning. They are called again if one turns out
        not to be in order, which requires an external sort of the lines that differ.

    Returns
    -------
    list of EntryChange
        The changes, in path-component order. An entry is modified if its hash, size or user
        metadata differs or, if one of the two has no hash, if the physical keys differ.

    Raises
    ------
    ManifestError
        When one of them is damaged in lines that differ.
    """
    try:
        return list(_changes(*_readers(open_first, open_second)))
    except (OutOfOrderError, ManifestError):
        # This also counts lines, and can therefore report where the damage is.
        return list(_sorted_changes(*_readers(open_first, open_second)))


def _readers(
    open_first: Callable[[], Source], open_second: Callable[[], Source]
) -> tuple[ManifestReader, ManifestReader]:
    return read_manifest(open_first()), read_manifest(open_second())


def _changes(first: ManifestReader, second: ManifestReader) -> Iterator[EntryChange]:
    """The changes of manifests that are in order; raises `OutOfOrderError` if one is not."""
    a_last = b_last = ""
    for a, b in _differences(first, second, counts_lines=False):
        if a is not None:
            a_last = _check_order(a.key, a_last)
        if b is not None:
            b_last = _check_order(b.key, b_last)
        change = _change(a.entry if a else None, b.entry if b else None)
        if change is not None:
            yield change


def _sorted_changes(first: ManifestReader, second: ManifestReader) -> Iterator[EntryChange]:
    """The changes of any manifests: the lines that differ are sorted, then compared again."""
    with temporary_file() as a_file, temporary_file() as b_file:
        for pair in _differences(first, second, counts_lines=True):
            for cursor, file in zip(pair, (a_file, b_file), strict=True):
                if cursor is not None and cursor.line is not None:
                    with disk_errors():
                        file.write(cursor.reader.numbered(cursor.line) + b"\n")
        with disk_errors():
            a_file.seek(0)
            b_file.seek(0)
        a_lines = first.sort_numbered(lines_of(a_file))
        b_lines = second.sort_numbered(lines_of(b_file))
        a, b = _next_entry(first, a_lines), _next_entry(second, b_lines)
        while a is not None or b is not None:
            order = _order(_key(a), _key(b))
            change = _change(a if order <= 0 else None, b if order >= 0 else None)
            if change is not None:
                yield change
            if order <= 0:
                a = _next_entry(first, a_lines)
            if order >= 0:
                b = _next_entry(second, b_lines)


def _differences(
    first: ManifestReader, second: ManifestReader, *, counts_lines: bool
) -> Iterator[tuple[EntryCursor | None, EntryCursor | None]]:
    """Stop at lines that differ: the lines of one entry in both manifests, or the line of an entry
    that only one has.

    The last of the skipped lines is also a stop.
    """
    a = EntryCursor(first, counts_lines=counts_lines)
    b = EntryCursor(second, counts_lines=counts_lines)
    while a.line is not None or b.line is not None:
        if a.line == b.line:
            a.pass_equal_lines(b)
            order = 0
        else:
            order = _order(a.key if a.line else None, b.key if b.line else None)
        yield a if order <= 0 else None, b if order >= 0 else None
        if order <= 0:
            a.advance()
        if order >= 0:
            b.advance()


def _order(a_key: str | None, b_key: str | None) -> int:
    """Negative if the first comes first, positive if the second does; None is the end."""
    if a_key is None or b_key is None:
        return 1 if a_key is None else -1
    return (a_key > b_key) - (a_key < b_key)


def _check_order(key: str, last: str) -> str:
    if key <= last:
        # The merge may have missed the same key in the other manifest, or in its own.
        raise OutOfOrderError
    return key


def _next_entry(reader: ManifestReader, lines: Iterator[bytes]) -> ManifestEntry | None:
    line = next(lines, None)
    if line is None:
        return None
    record = reader.parse(line)
    assert isinstance(record, ManifestEntry)  # noqa: S101 - only entries' lines were sorted
    return record


def _key(entry: ManifestEntry | None) -> str | None:
    return None if entry is None else sort_key(entry.logical_key)


def _change(before: ManifestEntry | None, after: ManifestEntry | None) -> EntryChange | None:
    if before is not None and after is not None:
        if not differs(before, after):
            return None
        return EntryChange(after.logical_key, ChangeKind.MODIFIED, before, after)
    if before is not None:
        return EntryChange(before.logical_key, ChangeKind.DELETED, before, None)
    if after is not None:
        return EntryChange(after.logical_key, ChangeKind.ADDED, None, after)
    return None


def differs(before: ManifestEntry, after: ManifestEntry) -> bool:
    """Whether hash, size or user metadata of two entries differ.

    If one of them has no hash, their physical keys are compared instead of the hashes.

    Parameters
    ----------
    before, after:
        The entries of one logical key in two revisions.
    """
    if before.size != after.size or not is_same_json(before.user_meta, after.user_meta):
        return True
    if before.hash is None or after.hash is None:
        return before.physical_key != after.physical_key
    return before.hash != after.hash
