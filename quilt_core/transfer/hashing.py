"""Hash bytes in the way in which an entry's own hash was computed (docs/protocol.md, H.4)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from quilt_core import deadline
from quilt_core.manifest import SHA256, SHA256_CHUNKED, EntryHash, chunked_sha256
from quilt_core.manifest.checksums import MIN_CHUNK

BLOCK = 1 << 20
CRC64 = "CRC64NVME"


def can_hash(kind: str) -> bool:
    """Whether hashes of a type can be computed here; CRC64NVME needs the library `awscrt`."""
    return kind in (SHA256, SHA256_CHUNKED) or (kind == CRC64 and _crc64() is not None)


def hash_blocks(kind: str, blocks: Iterable[bytes | memoryview], size: int) -> EntryHash:
    """The hash of some bytes.

    Parameters
    ----------
    kind:
        A type for which `can_hash` holds; `KeyError` otherwise.
    blocks:
        The bytes, in blocks of any sizes.
    size:
        The total number of bytes; raises `ValueError` if it is another one.
    """
    if kind == SHA256_CHUNKED:
        return chunked_sha256(blocks, size)
    total = 0
    if kind == SHA256:
        digest = hashlib.sha256()
        for block in blocks:
            digest.update(block)
            total += len(block)
        value = digest.hexdigest()
    elif kind == CRC64 and (crc64 := _crc64()) is not None:
        checksum = 0
        for block in blocks:
            checksum = crc64(block, checksum)
            total += len(block)
        value = base64.b64encode(checksum.to_bytes(8, "big")).decode()
    else:
        raise KeyError(kind)
    if total != size:
        raise ValueError(f"the object has {total} bytes, not {size}")
    return EntryHash(kind, value)


def hash_data(kind: str, data: bytes) -> EntryHash:
    """The hash of bytes in memory; see `hash_blocks`."""
    if kind == SHA256_CHUNKED and 0 < len(data) < MIN_CHUNK:  # one chunk; most files are small
        digest = hashlib.sha256(hashlib.sha256(data).digest()).digest()
        return EntryHash(kind, base64.b64encode(digest).decode())
    return hash_blocks(kind, [data] if data else [], len(data))


def hash_path(kind: str, path: Path, size: int) -> EntryHash:
    """The hash of a file of `size` bytes; see `hash_blocks`. Raises `OSError` if it
    cannot be read.
    """
    with path.open("rb") as file:
        return hash_blocks(kind, file_blocks(file, size), size)


def file_blocks(file: BinaryIO, size: int) -> Iterator[bytes | memoryview]:
    """The rest of a file, in blocks of one mebibyte.

    Parameters
    ----------
    file:
        The file, which is read to its end, even if that is not after `size` bytes.
    size:
        The expected number of bytes. A file of more than one block is read into the same memory
        again and again: each block is valid until the next one is requested.

    If the `raw` of a buffered file has a method `chunks`, it is used, which avoids a copy.

    Raises `TransportError` between two blocks when the time is over or the call was cancelled.
    """
    raw: Any = getattr(file, "raw", None)
    if hasattr(raw, "chunks") and raw.tell() == file.tell():  # so that the buffer is empty
        yield from raw.chunks()
        return
    if size <= BLOCK or not hasattr(file, "readinto"):
        while block := file.read(BLOCK):
            yield block
            deadline.check()
        return
    room = memoryview(bytearray(BLOCK))
    while count := file.readinto(room):
        yield room[:count]
        deadline.check()


@lru_cache(maxsize=1)
def _crc64() -> Any:
    try:
        from awscrt.checksums import crc64nvme
    except ImportError:
        return None
    return crc64nvme
