"""The top hash of a revision (docs/protocol.md, H.3), the same as quilt3's.

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
_BATCH = 512
"""Entries that are encoded together."""


class TopHasher:
    """Computes a top hash entry by entry, in constant memory."""

    def __init__(self, header: ManifestHeader) -> None:
        self._sha256 = hashlib.sha256(_canonical(header.to_dict()).encode())
        self._waiting: list[ManifestEntry] = []
        self._last = ""

    def update(self, entry: ManifestEntry) -> None:
        """Take the next entry; `ValueError` when it does not come after the one before."""
        key = entry.logical_key
        order = sort_key(key)
        if order <= self._last:
            raise ValueError(f"{key!r} is out of order, or there twice")
        self._last = order
        self._waiting.append(entry)
        if len(self._waiting) == _BATCH:
            self._take_in()

    def hexdigest(self) -> str:
        """The top hash of what was taken so far, 64 hexadecimal digits."""
        self._take_in()
        return self._sha256.hexdigest()

    def _take_in(self) -> None:
        text = bytearray()
        for entry in self._waiting:
            if entry.meta:
                text += _slow_form(entry).encode()
            else:
                form = _HashForm(entry.hash, entry.logical_key, {}, entry.size)
                _encode_into(form, text, -1)
        # msgspec writes such texts as Python does, which escapes all but printable ASCII.
        if not text.isascii() or b"\x7f" in text:
            text = bytearray("".join(map(_slow_form, self._waiting)).encode())
        self._sha256.update(text)
        self._waiting.clear()


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
