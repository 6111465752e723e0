"""The entries of a push as they are sent: GraphQL's `PackageConstructEntry`, by logical key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

import msgspec

from quilt_core.domain.entries import NewEntry
from quilt_core.manifest import EntryHash, ManifestEntry, merged
from quilt_core.revisions import RevisionPlan

_BATCH = 512
"""The number of entries that are written together."""
_encode = msgspec.json.Encoder().encode


class WireEntry(msgspec.Struct, frozen=True, gc=False):
    """One entry; the registry looks up values that are None (docs/protocol.md, E.2)."""

    logicalKey: str  # noqa: N815 - GraphQL's names
    physicalKey: str  # noqa: N815
    size: int | None
    hash: EntryHash | None
    meta: dict[str, Any] | None


class WireEntries:
    """All entries of a push, made from its plan each time they are requested.

    Parameters
    ----------
    plan:
        The plan with the entries.
    physical_keys:
        The physical keys of copied entries, by logical key.
    """

    def __init__(self, plan: RevisionPlan, physical_keys: Mapping[str, str]) -> None:
        self._plan = plan
        self._physical_keys = physical_keys
        self.without_hash = sum(
            entry.hash is None for entry in chain[ManifestEntry | NewEntry](plan.kept, plan.new)
        )
        """The number of entries that the registry has to hash."""

    def __len__(self) -> int:
        return self._plan.total_entries

    def __iter__(self) -> Iterator[WireEntry]:
        copied = self._physical_keys
        for entry in merged(self._plan.kept, self._plan.new):
            wire = _kept(entry) if isinstance(entry, ManifestEntry) else _new(entry)
            if wire.logicalKey in copied:
                wire = msgspec.structs.replace(wire, physicalKey=copied[wire.logicalKey])
            yield wire

    def json_pieces(self) -> Iterator[bytes]:
        """The JSON list of all entries, in pieces."""
        remaining, separator = iter(self), b"["
        while batch := list(islice(remaining, _BATCH)):
            yield separator + _json(batch)
            separator = b","
        yield b"[]" if separator == b"[" else b"]"


def _kept(entry: ManifestEntry) -> WireEntry:
    return WireEntry(
        entry.logical_key, entry.physical_key, entry.size, entry.hash, entry.meta or None
    )


def _new(entry: NewEntry) -> WireEntry:
    meta = {"user_meta": dict(entry.metadata)} if entry.metadata else None
    return WireEntry(entry.logical_key, entry.uri.url, entry.size, entry.hash, meta)


def _json(batch: list[WireEntry]) -> bytes:
    """The entries of a JSON list, without its brackets."""
    try:
        if not any(entry.meta for entry in batch):
            return _encode(batch)[1:-1]
    except (OverflowError, UnicodeEncodeError):
        pass  # numbers beyond 64 bits, and halves of surrogate pairs: `json` writes both
    plain = [
        {
            "logicalKey": entry.logicalKey,
            "physicalKey": entry.physicalKey,
            "size": entry.size,
            "hash": entry.hash and {"type": entry.hash.type, "value": entry.hash.value},
            "meta": entry.meta,
        }
        for entry in batch
    ]
    return json.dumps(plain, separators=(",", ":")).encode()[1:-1]
