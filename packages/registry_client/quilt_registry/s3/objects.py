"""Single objects: what S3 knows of one, and reading a small one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import attrs

from quilt_core.domain.uris import S3Uri
from quilt_core.errors import TransportError
from quilt_core.manifest import SHA256, SHA256_CHUNKED
from quilt_registry.s3.errors import s3_errors

_SINGLE_CHUNK = 8 * 1024 * 1024
"""Objects below this size have one chunk (docs/protocol.md, H.4)."""

_ATTEMPTS = 3
_EMPTY_SHA256 = hashlib.sha256(b"").digest()


@attrs.frozen(kw_only=True)
class ObjectFacts:
    """One version of an object."""

    uri: S3Uri
    """With the version, where the bucket is versioned."""
    size: int
    chunked_hash: str | None
    """The `sha2-256-chunked` value, when S3's stored checksum gives it; None: not known."""
    hashes: Mapping[str, str] = {}
    """By type, what the hash of an entry with exactly these bytes may be. A value that is equal
    proves the same bytes; one that is not may be due to other parts of a large object."""


def head_object(s3: Any, uri: S3Uri) -> ObjectFacts:
    """Look an object up, at the version that `uri` names or the current one.

    Raises `NotFoundError` naming the URI when it is not there, `PermissionDeniedError`, and
    otherwise as `quilt_registry.s3.s3_errors`. Source: docs/protocol.md, E.2.
    """
    params: dict[str, Any] = {"Bucket": uri.bucket, "Key": uri.key, "ChecksumMode": "ENABLED"}
    if uri.version_id is not None:
        params["VersionId"] = uri.version_id
    with s3_errors("look up the object", uri.url):
        answer = s3.head_object(**params)
    version = answer.get("VersionId") or uri.version_id
    size = int(answer["ContentLength"])
    return ObjectFacts(
        uri=attrs.evolve(uri, version_id=version),
        size=size,
        chunked_hash=_stored_hash(size, answer.get("ChecksumSHA256")),
        hashes=_hashes(size, answer),
    )


def _hashes(size: int, answer: Mapping[str, Any]) -> dict[str, str]:
    """S3's stored checksums in the forms of an entry's hash (docs/protocol.md, H.4)."""
    found: dict[str, str] = {}
    sha256 = answer.get("ChecksumSHA256")
    chunked = _stored_hash(size, sha256)
    if chunked is None and sha256 is not None and "-" in sha256:
        chunked = sha256.partition("-")[0]  # of parts, as quilt3 uploads them
    if chunked is not None:
        found[SHA256_CHUNKED] = chunked
    if size == 0:
        found[SHA256] = _EMPTY_SHA256.hex()
    elif sha256 is not None and "-" not in sha256:
        found[SHA256] = base64.b64decode(sha256).hex()
    crc = answer.get("ChecksumCRC64NVME")
    if crc is not None:
        found["CRC64NVME"] = crc
    return found


@attrs.frozen(kw_only=True)
class SmallObject:
    """A small object that was read whole."""

    content: bytes = attrs.field(repr=False)
    uri: S3Uri
    """With the version that was read, where the bucket is versioned."""


def read_object(s3: Any, uri: S3Uri, what: str = "read") -> SmallObject:
    """Read a small object whole; a body that breaks off is asked for again, twice.

    Raises `NotFoundError` when it is not there, otherwise as `quilt_registry.s3.s3_errors`,
    `what` being tried.
    """
    params = {"Bucket": uri.bucket, "Key": uri.key}
    if uri.version_id is not None:
        params["VersionId"] = uri.version_id
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with s3_errors(what, uri.url):
                answer = s3.get_object(**params)
                # read() without a size is the one that notices a body cut short.
                content: bytes = answer["Body"].read()
        except TransportError:
            if attempt == _ATTEMPTS:
                raise
        else:
            version = answer.get("VersionId") or uri.version_id
            return SmallObject(content=content, uri=attrs.evolve(uri, version_id=version))
    raise AssertionError("the loop above returns or raises")  # pragma: no cover


def _stored_hash(size: int, stored: str | None) -> str | None:
    """`sha2-256-chunked` from S3's SHA-256 of a whole small object; None when it cannot tell."""
    if size == 0:
        return base64.b64encode(_EMPTY_SHA256).decode()
    if stored is None or size >= _SINGLE_CHUNK or "-" in stored:
        return None
    return base64.b64encode(hashlib.sha256(base64.b64decode(stored)).digest()).decode()
