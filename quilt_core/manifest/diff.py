"""Compare two manifests as streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum

import attrs

from quilt_core.manifest.lines import Source
from quilt_core.manifest.model import ManifestEntry
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

    Equal lines cost a comparison of bytes and no reading. Memory grows with the number of
    differences, not of entries.

    Parameters
    ----------
    open_first, open_second:
        Give the manifest from its beginning; called again when one turns out not to be in
        order, which takes an external sort.

    Returns
    -------
    list of EntryChange
        In path-component order. An entry is modified when its hash, size or user metadata
        differs; where one of the two has no hash, when the physical keys differ.

    Raises
    ------
    ManifestError
        When one of them is damaged.
    """
    first, second = read_manifest(open_first()), read_manifest(open_second())
    try:
        return list(_merge(first, first.entry_lines(), second, second.entry_lines()))
    except OutOfOrderError:
        first, second = read_manifest(open_first()), read_manifest(open_second())
        return list(_merge(first, first.sorted_lines(), second, second.sorted_lines()))


def _merge(
    first: ManifestReader,
    a_lines: Iterator[bytes],
    second: ManifestReader,
    b_lines: Iterator[bytes],
) -> Iterator[EntryChange]:
    a, b = next(a_lines, None), next(b_lines, None)
    a_last = b_last = ""  # keys of the lines that are done with
    while a is not None and b is not None:
        if a == b:
            a_last = _next_key(first, a, max(a_last, b_last))
            b_last = a_last
            a, b = next(a_lines, None), next(b_lines, None)
            continue
        a_key, b_key = _next_key(first, a, a_last), _next_key(second, b, b_last)
        if a_key == b_key:
            before, after = _entry(first, a), _entry(second, b)
            if differs(before, after):
                yield EntryChange(after.logical_key, ChangeKind.MODIFIED, before, after)
            a, b = next(a_lines, None), next(b_lines, None)
            a_last, b_last = a_key, b_key
        elif a_key < b_key:
            yield _deleted(_entry(first, a))
            a, a_last = next(a_lines, None), a_key
        else:
            yield _added(_entry(second, b))
            b, b_last = next(b_lines, None), b_key
    while a is not None:
        a_last = _next_key(first, a, a_last)
        yield _deleted(_entry(first, a))
        a = next(a_lines, None)
    while b is not None:
        b_last = _next_key(second, b, b_last)
        yield _added(_entry(second, b))
        b = next(b_lines, None)


def _next_key(reader: ManifestReader, line: bytes, last: str) -> str:
    key = reader.key_of(line)
    if key <= last:
        # The merge may have missed its twin in the other manifest, or in its own.
        raise OutOfOrderError
    return key


def _entry(reader: ManifestReader, line: bytes) -> ManifestEntry:
    record = reader.parse(line)
    assert isinstance(record, ManifestEntry)  # noqa: S101 - entry_lines gives no other
    return record


def _deleted(entry: ManifestEntry) -> EntryChange:
    return EntryChange(entry.logical_key, ChangeKind.DELETED, entry, None)


def _added(entry: ManifestEntry) -> EntryChange:
    return EntryChange(entry.logical_key, ChangeKind.ADDED, None, entry)


def differs(before: ManifestEntry, after: ManifestEntry) -> bool:
    """Whether hash, size or user metadata of two entries differ."""
    if before.size != after.size or before.user_meta != after.user_meta:
        return True
    if before.hash is None or after.hash is None:
        return before.physical_key != after.physical_key
    return before.hash != after.hash
