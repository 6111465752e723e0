"""Single objects: their properties in S3, and reading small ones."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

import attrs

from quilt_core.domain.uris import ObjectUri, S3Uri
from quilt_core.errors import ProtocolError, TransportError
from quilt_core.manifest import SHA256, SHA256_CHUNKED, chunk_size_for
from quilt_registry.http.limits import MOST_BYTES
from quilt_registry.s3.errors import s3_errors

_SINGLE_CHUNK = 8 * 1024 * 1024
"""Objects below this size have one chunk (docs/protocol.md, H.4)."""

_ATTEMPTS = 3
_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
_EMPTY_SHA256 = hashlib.sha256(b"").digest()


@attrs.frozen(kw_only=True)
class ObjectFacts:
    """One version of an object."""

    uri: S3Uri
    """The URI, with the version if the bucket is versioned."""
    size: int
    chunked_hash: str | None
    """The `sha2-256-chunked` value, if S3's stored checksum provides it; None if it is
    not known.
    """
    hashes: Mapping[str, str] = {}
    """By type, the possible hash of an entry with exactly these bytes. An equal value proves equal
    bytes; a different one may be due to other parts of a large object.
    """
    etag: str = ""
    """The entity tag with its quotation marks, as S3 needs it for a condition."""
    modified: datetime | None = None
    content_type: str | None = None
    storage_class: str | None = None
    """The storage class; None for the standard one."""
    is_archived: bool = False
    """Whether it is in an archive, so that it must be restored before it can be read."""


def head_object(s3: Any, uri: S3Uri, *, of_parts: bool = True) -> ObjectFacts:
    """Look up an object, in the version that `uri` names or the current one.

    An object that was written in parts costs a second request, which shows whether the parts are
    those of a `sha2-256-chunked` hash; `of_parts=False` saves it, and the hash is then not known.

    Raises `NotFoundError`, which names the URI, if the object does not exist,
    `PermissionDeniedError`, `ProtocolError` for a checksum that is none, and the other errors of
    `quilt_registry.s3.s3_errors`. Source: docs/protocol.md, E.2, P.6.
    """
    params: dict[str, Any] = {"Bucket": uri.bucket, "Key": uri.key}
    if uri.version_id is not None:
        params["VersionId"] = uri.version_id
    with s3_errors("look up the object", uri.url):
        answer = s3.head_object(**params, ChecksumMode="ENABLED")
        version = answer.get("VersionId") or uri.version_id
        size = int(answer["ContentLength"])
        stored = _checksum(answer, uri)
        chunked_hash = _stored_hash(size, stored)
        if of_parts and stored and chunked_hash is None and _may_be_chunks(size, stored):
            params |= {"VersionId": version} if version else {"IfMatch": answer["ETag"]}
            part = s3.head_object(**params, PartNumber=1)
            if int(part["ContentLength"]) == min(chunk_size_for(size), size):
                chunked_hash = stored.partition("-")[0]
    return ObjectFacts(
        uri=attrs.evolve(uri, version_id=version),
        size=size,
        chunked_hash=chunked_hash,
        etag=answer["ETag"],
        modified=answer.get("LastModified"),
        content_type=answer.get("ContentType"),
        storage_class=answer.get("StorageClass"),
        is_archived=_is_archived(answer),
        hashes=_hashes(size, stored, answer.get("ChecksumCRC64NVME")),
    )


def _checksum(answer: Mapping[str, Any], uri: S3Uri) -> str | None:
    """S3's stored SHA-256, or that of the parts with their number, as it was received; None if S3
    has none. Manifests get it, so it has to be one.
    """
    stored: str | None = answer.get("ChecksumSHA256")
    if not stored:
        return None
    try:
        size = len(base64.b64decode(stored.partition("-")[0], validate=True))
    except ValueError:
        size = 0
    if size != hashlib.sha256().digest_size:
        raise ProtocolError(
            f"The store has {stored[:100]!r} as the SHA-256 of {uri}, which is none.",
            context={"uri": uri.url},
        )
    return stored


def _hashes(size: int, sha256: str | None, crc: str | None) -> dict[str, str]:
    """S3's stored checksums in the form of an entry's hash (docs/protocol.md, H.4)."""
    found: dict[str, str] = {}
    chunked = _stored_hash(size, sha256)
    if chunked is None and sha256 is not None and "-" in sha256:
        chunked = sha256.partition("-")[0]  # over parts, as quilt3 uploads them
    if chunked is not None:
        found[SHA256_CHUNKED] = chunked
    if size == 0:
        found[SHA256] = _EMPTY_SHA256.hex()
    elif sha256 is not None and "-" not in sha256:
        found[SHA256] = base64.b64decode(sha256).hex()
    if crc is not None:
        found["CRC64NVME"] = crc
    return found


@attrs.frozen(kw_only=True)
class SmallObject:
    """A small object that was read whole."""

    content: bytes = attrs.field(repr=False)
    uri: S3Uri
    """The URI, with the version that was read if the bucket is versioned."""
    etag: str
    """The entity tag with its quotation marks."""


def read_object(
    s3: Any, uri: S3Uri, what: str = "read", *, beginning: int | None = None
) -> SmallObject:
    """Read a small object; a body that breaks off is requested again, at most twice.

    Raises `NotFoundError` if it does not exist, `ProtocolError` if it is not small, and the other
    errors of `quilt_registry.s3.s3_errors` for the action `what`.

    Parameters
    ----------
    s3, uri, what:
        The client, the object, and the attempted action, for messages.
    beginning:
        The number of bytes after which the rest of a larger object is left out; None raises
        `ProtocolError` for one with more than `quilt_registry.http.limits.MOST_BYTES`.
    """
    most = MOST_BYTES if beginning is None else beginning
    params = {"Bucket": uri.bucket, "Key": uri.key}
    if uri.version_id is not None:
        params["VersionId"] = uri.version_id
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with s3_errors(what, uri.url):
                answer = s3.get_object(**params)
                with closing(answer["Body"]) as body:
                    content: bytes = body.read(most + 1)
                    if len(content) <= most:
                        # Only read() without a size detects a body that was cut short.
                        content += body.read()
        except TransportError:
            if attempt == _ATTEMPTS:
                raise
        else:
            if beginning is None and len(content) > most:
                raise object_too_large(uri)
            version = answer.get("VersionId") or uri.version_id
            return SmallObject(
                content=content[:most],
                uri=attrs.evolve(uri, version_id=version),
                etag=answer.get("ETag", ""),
            )
    raise AssertionError("the loop above returns or raises")  # pragma: no cover


def object_too_large(uri: ObjectUri) -> ProtocolError:
    """The error for an object that should be small and is not."""
    return ProtocolError(
        f"{uri} has more than {MOST_BYTES >> 20} MiB, and is not read.",
        context={"uri": uri.url, "limit": MOST_BYTES},
    )


def _may_be_chunks(size: int, stored: str) -> bool:
    """Whether a composite checksum has as many parts as the object has chunks."""
    count = -(-size // chunk_size_for(size))
    return stored.endswith(f"-{count}")


def _is_archived(answer: Mapping[str, Any]) -> bool:
    if answer.get("StorageClass") not in _ARCHIVES and not answer.get("ArchiveStatus"):
        return False
    return 'ongoing-request="false"' not in answer.get("Restore", "")


def _stored_hash(size: int, stored: str | None) -> str | None:
    """`sha2-256-chunked` from S3's SHA-256 of a whole small object; None if it cannot be
    derived.
    """
    if size == 0:
        return base64.b64encode(_EMPTY_SHA256).decode()
    if stored is None or size >= _SINGLE_CHUNK or "-" in stored:
        return None
    return base64.b64encode(hashlib.sha256(base64.b64decode(stored)).digest()).decode()
