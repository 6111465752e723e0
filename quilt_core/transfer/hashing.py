"""Hash bytes in the way that an entry's own hash was computed (docs/protocol.md, H.4)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from quilt_core.manifest import SHA256, SHA256_CHUNKED, EntryHash, chunked_sha256

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
        How many they are; `ValueError` when they are not.
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
    return hash_blocks(kind, [data] if data else [], len(data))


def hash_path(kind: str, path: Path, size: int) -> EntryHash:
    """The hash of a file of `size` bytes; see `hash_blocks`; `OSError` when it cannot be read."""
    with path.open("rb") as file:
        return hash_blocks(kind, file_blocks(file, size), size)


def file_blocks(file: BinaryIO, size: int) -> Iterator[bytes | memoryview]:
    """What is left of a file, a mebibyte at a time.

    Parameters
    ----------
    file:
        Read to its end, wherever that is.
    size:
        The expected number of bytes. A larger file is read into one block of memory, again and
        again: each block holds until the next one is asked for.

    A buffered file whose `raw` has a method `chunks` gives what is left by that, without a copy.
    """
    raw: Any = getattr(file, "raw", None)
    if hasattr(raw, "chunks") and raw.tell() == file.tell():  # so that nothing is in a buffer
        yield from raw.chunks()
        return
    if size <= BLOCK or not hasattr(file, "readinto"):
        while block := file.read(BLOCK):
            yield block
        return
    room = memoryview(bytearray(BLOCK))
    while count := file.readinto(room):
        yield room[:count]


@lru_cache(maxsize=1)
def _crc64() -> Any:
    try:
        from awscrt.checksums import crc64nvme
    except ImportError:
        return None
    return crc64nvme
