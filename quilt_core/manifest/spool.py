"""Entries that are read more than once, on disk if there are many.

A write reads the entries that it keeps several times: to know which they are, which of their
objects must be checked, and what goes into the new revision. A million entries take half a gigabyte
in memory, and 250 MB in a file.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Protocol, TypeVar

import msgspec

from quilt_core.disk_errors import disk_errors
from quilt_core.manifest.model import ManifestEntry
from quilt_core.manifest.odd_records import BEYOND_MSGPACK, as_json, from_json
from quilt_core.manifest.order import IN_MEMORY, sort_key


class _Keyed(Protocol):
    @property
    def logical_key(self) -> str: ...


A = TypeVar("A", bound=_Keyed)
B = TypeVar("B", bound=_Keyed)
_BATCH = 512
"""The number of entries that are written and read together, and kept in memory."""
_LENGTH = 8
"""The number of bytes that hold the length of a batch."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[ManifestEntry]).decode


def spooled(entries: Iterable[ManifestEntry]) -> Collection[ManifestEntry]:
    """The entries by path component, which can be read repeatedly: a tuple, or a file if there are
    many.

    Parameters
    ----------
    entries:
        The entries in any order; entries that are in order take no memory.

    Raises
    ------
    BackendError
        When there is no space on the disk.
    """
    ordered = _Ordered(entries)
    first = tuple(islice(ordered, _BATCH))
    kept = first if len(first) < _BATCH else EntrySpool(chain(first, ordered))
    if ordered.is_ordered:
        return kept
    return tuple(sorted(kept, key=lambda entry: sort_key(entry.logical_key)))


class _Ordered(Iterator[ManifestEntry]):
    """Passes entries through; `is_ordered` tells whether they have been in path-component order so
    far.
    """

    def __init__(self, entries: Iterable[ManifestEntry]) -> None:
        self._entries = iter(entries)
        self._last = ""
        self.is_ordered = True

    def __next__(self) -> ManifestEntry:
        entry = next(self._entries)
        key = sort_key(entry.logical_key)
        if key < self._last:
            self.is_ordered = False
        self._last = key
        return entry


class EntrySpool(Collection[ManifestEntry]):
    """Entries in a temporary file without a name, which is removed with this object.

    Several iterators may be used alternately, but not in several threads at once. Reading and
    writing raise `BackendError` for disk errors.
    """

    def __init__(self, entries: Iterable[ManifestEntry]) -> None:
        with disk_errors():
            self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._count = self._end = 0
        remaining = iter(entries)
        while batch := list(islice(remaining, _BATCH)):
            text = _encode_batch(batch)
            with disk_errors():
                self._file.write(len(text).to_bytes(_LENGTH, "big") + text)
            self._end += _LENGTH + len(text)
            self._count += len(batch)
        with disk_errors():
            self._file.flush()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ManifestEntry]:
        position = 0
        while position < self._end:
            with disk_errors():
                self._file.seek(position)
                length = int.from_bytes(self._file.read(_LENGTH), "big")
                text = self._file.read(length)
            position += _LENGTH + length
            yield from _decode_batch(text)

    def __contains__(self, entry: object) -> bool:
        return any(entry == one for one in self)


class ReplacedEntries(Collection[ManifestEntry]):
    """The entries of another collection, with some replaced by others that have the same key."""

    def __init__(
        self, entries: Collection[ManifestEntry], replaced: Mapping[str, ManifestEntry]
    ) -> None:
        self._entries = entries
        self._replaced = replaced

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[ManifestEntry]:
        replaced = self._replaced
        for entry in self._entries:
            yield replaced.get(entry.logical_key, entry)

    def __contains__(self, entry: object) -> bool:
        return any(entry == one for one in self)


def with_replaced(
    entries: Collection[ManifestEntry], replaced: Mapping[str, ManifestEntry]
) -> Collection[ManifestEntry]:
    """The entries, with some replaced.

    Parameters
    ----------
    entries:
        All entries, by path component.
    replaced:
        The entries to use instead, by logical key.
    """
    return ReplacedEntries(entries, replaced) if replaced else entries


def merged(many: Iterable[A], few: Iterable[B]) -> Iterator[A | B]:
    """Merge two sources of entries into one, in path-component order.

    Parameters
    ----------
    many, few:
        The sources, each in path-component order, without common keys.
    """
    others = iter(few)
    other = next(others, None)
    for entry in many:
        if other is not None:
            key = sort_key(entry.logical_key)
            while other is not None and sort_key(other.logical_key) < key:
                yield other
                other = next(others, None)
        yield entry
    if other is not None:
        yield other
        yield from others


def _encode_batch(batch: list[ManifestEntry]) -> bytes:
    try:
        return _encode(batch)
    except BEYOND_MSGPACK:
        return as_json(batch)


def _decode_batch(text: bytes) -> list[ManifestEntry]:
    return from_json(text, list[ManifestEntry]) or _decode(text)
