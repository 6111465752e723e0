"""The top hash of a revision (protocol note H.3), the same as quilt3's.

SHA-256 over the JSON texts of the header and of each entry's hash, logical key, metadata and size:
sorted keys, no spaces, everything beyond ASCII escaped, numbers as Python writes them. Physical
keys and directory records do not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import msgspec

from quilt_core.manifest.model import EntryHash, ManifestEntry, ManifestHeader
from quilt_core.manifest.order import sort_key

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


class _HashForm(msgspec.Struct, gc=False):
    hash: EntryHash | None
    logical_key: str
    meta: dict[str, Any]
    size: int


_encode_into = msgspec.json.Encoder().encode_into
_BATCH = 65_536


class TopHasher:
    """Computes a top hash entry by entry, in constant memory."""

    def __init__(self, header: ManifestHeader) -> None:
        self._sha256 = hashlib.sha256(_canonical(header.to_dict()).encode())
        self._waiting = bytearray()
        self._last = ""

    def update(self, entry: ManifestEntry) -> None:
        """Take the next entry; `ValueError` when it does not come after the one before."""
        key = entry.logical_key
        order = sort_key(key)
        if order <= self._last:
            raise ValueError(f"{key!r} is out of order, or there twice")
        self._last = order
        waiting, found = self._waiting, entry.hash
        texts = key if found is None else f"{key}{found.value}{found.type}"
        # msgspec writes such texts as Python does, which escapes all but printable ASCII.
        if not entry.meta and texts.isascii() and "\x7f" not in texts:
            _encode_into(_HashForm(found, key, {}, entry.size), waiting, -1)
        else:
            waiting += _slow_form(entry).encode()
        if len(waiting) > _BATCH:
            self._sha256.update(waiting)
            waiting.clear()

    def hexdigest(self) -> str:
        """The top hash of what was taken so far, 64 hexadecimal digits."""
        self._sha256.update(self._waiting)
        self._waiting.clear()
        return self._sha256.hexdigest()


def _slow_form(entry: ManifestEntry) -> str:
    # Metadata may hold floats and keys in any order; only Python's own encoder writes them alike.
    return _canonical(
        {
            "hash": entry.hash and {"type": entry.hash.type, "value": entry.hash.value},
            "logical_key": entry.logical_key,
            "meta": entry.meta,
            "size": entry.size,
        }
    )


def compute_top_hash(header: ManifestHeader, entries: Iterable[ManifestEntry]) -> str:
    """The top hash of a revision whose entries come by path component.

    Raises `ValueError` when they do not.
    """
    hasher = TopHasher(header)
    for entry in entries:
        hasher.update(entry)
    return hasher.hexdigest()
