"""Hashes of objects, as quilt3 computes them (docs/protocol.md, H.4)."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from quilt_core import deadline
from quilt_core.manifest.model import EntryHash
from quilt_core.regular_files import open_regular

SHA256_CHUNKED = "sha2-256-chunked"
SHA256 = "SHA256"
MIN_CHUNK = 8 * 2**20
MAX_PARTS = 10_000
_BLOCK = 1 << 20


def chunk_size_for(size: int) -> int:
    """The chunk size for hashing an object: 8 MiB, doubled as long as there are too many chunks.

    Parameters
    ----------
    size:
        The object's size in bytes.

    Returns
    -------
    int
        The chunk size in bytes.
    """
    chunk = MIN_CHUNK
    while -(-size // chunk) > MAX_PARTS:
        chunk *= 2
    return chunk


def chunked_sha256(
    blocks: Iterable[bytes | memoryview], size: int, digests: bytearray | None = None
) -> EntryHash:
    """The `sha2-256-chunked` hash of an object: the hash of its chunks' hashes.

    Parameters
    ----------
    blocks:
        The object's bytes, in blocks of any sizes.
    size:
        The object's size in bytes; `ValueError` when the blocks hold another number.
    digests:
        Receives the SHA-256 of each chunk, one after the other.
    """
    found = bytearray() if digests is None else digests
    chunk = chunk_size_for(size)
    inner, missing, total = hashlib.sha256(), chunk, 0
    for block in blocks:
        total += len(block)
        view = memoryview(block)
        while len(view) >= missing:
            inner.update(view[:missing])
            found += inner.digest()
            view, inner, missing = view[missing:], hashlib.sha256(), chunk
        inner.update(view)
        missing -= len(view)
    if missing < chunk:
        found += inner.digest()
    if total != size:
        raise ValueError(f"the object has {total} bytes, not {size}")
    return EntryHash(SHA256_CHUNKED, base64.b64encode(hashlib.sha256(found).digest()).decode())


def hash_bytes(data: bytes) -> EntryHash:
    """The `sha2-256-chunked` hash of bytes.

    Parameters
    ----------
    data:
        The whole content.

    Returns
    -------
    EntryHash
        The hash, as in a manifest.
    """
    return chunked_sha256([data] if data else [], len(data))


def hash_file(path: Path) -> EntryHash:
    """The `sha2-256-chunked` hash of a regular file.

    At most the file's original size plus one block is read.

    Parameters
    ----------
    path:
        The file.

    Returns
    -------
    EntryHash
        The hash, as in a manifest.

    Raises
    ------
    OSError
        When it cannot be read, or is a device, a pipe or a socket.
    ValueError
        When it changes while it is read.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        return chunked_sha256(_blocks(file, size), size)


def _blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left >= 0 and (block := file.read(_BLOCK)):
        deadline.check()
        left -= len(block)
        yield block
