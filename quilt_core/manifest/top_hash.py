"""The top hash of a revision (docs/protocol.md, H.3), the same as quilt3's.

SHA-256 over the JSON texts of the header and of each entry's hash, logical key, metadata and size:
sorted keys, no spaces, everything beyond ASCII escaped, numbers as Python writes them. Physical
keys and directory records do not count.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable
from itertools import islice, pairwise
from operator import lt
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


_encode_lines = msgspec.json.Encoder().encode_lines
_NO_META: dict[str, Any] = {}
_BATCH = 512
"""The number of entries that are encoded together."""
_BLOCK = 1 << 20
"""The number of bytes that a second thread hashes at once: smaller blocks would end before the
interpreter lets the other thread go on, and larger ones only take more memory.
"""


class _Sha256:
    """SHA-256 of a text that comes in pieces; of a long one, a second thread hashes each block
    while the next is made, because hashlib leaves the interpreter to others meanwhile.
    """

    def __init__(self, beginning: bytes) -> None:
        self._sha256 = hashlib.sha256(beginning)
        self._text = bytearray()
        self._hashing: threading.Thread | None = None

    def update(self, text: bytes) -> None:
        self._text += text
        if len(self._text) >= _BLOCK:
            self._wait()
            self._hashing = threading.Thread(target=self._sha256.update, args=(self._text,))
            self._hashing.start()
            self._text = bytearray()

    def hexdigest(self) -> str:
        self._wait()
        self._sha256.update(self._text)
        self._text.clear()
        return self._sha256.hexdigest()

    def _wait(self) -> None:
        if self._hashing is not None:
            self._hashing.join()
            self._hashing = None


class TopHasher:
    """Computes a top hash entry by entry, in constant memory."""

    def __init__(self, header: ManifestHeader) -> None:
        self._sha256 = _Sha256(_canonical(header.to_dict()).encode())
        self._waiting: list[ManifestEntry] = []
        self._last = ""

    def update(self, entry: ManifestEntry) -> None:
        """Add the next entry.

        Parameters
        ----------
        entry:
            The entry, which must follow the previous one by path component.

        Raises
        ------
        ValueError
            When it does not follow the previous one.
        """
        self._check_order([sort_key(entry.logical_key)])
        self._waiting.append(entry)
        if len(self._waiting) == _BATCH:
            self._hash_waiting()

    def update_many(self, entries: Iterable[ManifestEntry]) -> None:
        """Add the next entries.

        Parameters
        ----------
        entries:
            The entries, each of which must follow the previous one by path component.

        Raises
        ------
        ValueError
            When one does not follow the previous one.
        """
        remaining = iter(entries)
        while batch := list(islice(remaining, _BATCH)):
            # Like `sort_key`, without a function call per key.
            self._check_order([entry.logical_key.replace("/", "\0") for entry in batch])
            self._waiting += batch
            self._hash_waiting()

    def hexdigest(self) -> str:
        """The top hash of the entries added so far, as 64 hexadecimal digits."""
        self._hash_waiting()
        return self._sha256.hexdigest()

    def _check_order(self, keys: list[str]) -> None:
        if not (self._last < keys[0] and all(map(lt, keys, islice(keys, 1, None)))):
            [wrong, *_] = (key for before, key in pairwise([self._last, *keys]) if before >= key)
            name = wrong.replace("\0", "/")
            raise ValueError(f"{name!r} is out of order, or there twice")
        self._last = keys[-1]

    def _hash_waiting(self) -> None:
        self._sha256.update(_forms(self._waiting))
        self._waiting.clear()


def _forms(entries: list[ManifestEntry]) -> bytes:
    """The texts of entries, one after the other."""
    forms = [
        _HashForm(entry.hash, entry.logical_key, _NO_META, entry.size)
        for entry in entries
        if not entry.meta
    ]
    if len(forms) < len(entries):
        texts = (_slow_form(one).encode() if one.meta else _forms([one]) for one in entries)
        return b"".join(texts)
    # Each ends with a newline and contains no other, because newlines inside are escaped.
    text = _encode_lines(forms).replace(b"\n", b"")
    # msgspec writes these texts like Python, which escapes everything except printable ASCII.
    if text.isascii() and b"\x7f" not in text:
        return text
    return "".join(map(_slow_form, entries)).encode()


def _slow_form(entry: ManifestEntry) -> str:
    # Metadata may contain floats, and keys in any order; only Python's own encoder writes them in
    # the same way.
    return _canonical(
        {
            "hash": entry.hash and {"type": entry.hash.type, "value": entry.hash.value},
            "logical_key": entry.logical_key,
            "meta": entry.meta,
            "size": entry.size,
        }
    )


def compute_top_hash(header: ManifestHeader, entries: Iterable[ManifestEntry]) -> str:
    """The top hash of a revision.

    Parameters
    ----------
    header:
        The manifest's header.
    entries:
        All entries, by path component.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    ValueError
        When the entries are not in this order.
    """
    hasher = TopHasher(header)
    hasher.update_many(entries)
    return hasher.hexdigest()
