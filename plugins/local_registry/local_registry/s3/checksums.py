"""The checksums that S3 knows, of one body and of an upload in parts."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping

Step = Callable[[bytes, int], int]
PREFIX = "x-amz-checksum-"
COMPOSABLE = frozenset({"CRC32", "CRC32C", "SHA1", "SHA256"})
WHOLE = frozenset({"CRC32", "CRC32C", "CRC64NVME"})


def _table(polynomial: int) -> list[int]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (polynomial if value & 1 else 0)
        table.append(value)
    return table


def _reflected(polynomial: int, bits: int) -> Step:
    table, mask = _table(polynomial), (1 << bits) - 1

    def step(data: bytes, crc: int) -> int:
        crc ^= mask
        for byte in data:
            crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
        return crc ^ mask

    return step


def _steps() -> Mapping[str, tuple[Step, int]]:
    """The CRCs, each with its length in bytes; AWS's own code where it is installed, because
    Python needs a tenth of a second for a MiB."""
    try:
        from awscrt.checksums import crc32c, crc64nvme
    except ImportError:
        crc32c = _reflected(0x82F63B78, 32)
        crc64nvme = _reflected(0x9A6C9329AC4BC9B5, 64)
    return {"CRC32": (zlib.crc32, 4), "CRC32C": (crc32c, 4), "CRC64NVME": (crc64nvme, 8)}


_CRCS = _steps()
_HASHES: Mapping[str, Callable[[], hashlib._Hash]] = {
    "SHA1": lambda: hashlib.sha1(usedforsecurity=False),
    "SHA256": hashlib.sha256,
}
ALGORITHMS = frozenset({*_CRCS, *_HASHES})


def checksum(algorithm: str, chunks: Iterable[bytes]) -> str:
    """The checksum of bytes, as base64; `algorithm` is one of `ALGORITHMS`."""
    if algorithm in _HASHES:
        digest = _HASHES[algorithm]()
        for chunk in chunks:
            digest.update(chunk)
        return base64.b64encode(digest.digest()).decode()
    step, size = _CRCS[algorithm]
    crc = 0
    for chunk in chunks:
        crc = step(chunk, crc)
    return base64.b64encode(crc.to_bytes(size, "big")).decode()


def composite(algorithm: str, parts: Iterable[str]) -> str:
    """The checksum of the checksums of parts, with `-` and how many there are."""
    digests = [base64.b64decode(part) for part in parts]
    return f"{checksum(algorithm, digests)}-{len(digests)}"


def md5_etag(data: Iterable[bytes]) -> str:
    """The entity tag of bytes that were stored in one request, without quotes."""
    digest = hashlib.md5(usedforsecurity=False)
    for chunk in data:
        digest.update(chunk)
    return digest.hexdigest()


def parts_etag(etags: Iterable[str]) -> str:
    """The entity tag of an upload in parts, without quotes."""
    digests = [bytes.fromhex(etag) for etag in etags]
    return f"{md5_etag(digests)}-{len(digests)}"
