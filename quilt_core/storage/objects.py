"""What S3 knows of an object: version, size, and the hash it has stored."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import attrs

from quilt_core.domain.uris import S3Uri
from quilt_core.storage.errors import s3_errors

_SINGLE_CHUNK = 8 * 1024 * 1024
"""Objects below this size have one chunk (protocol note H.4)."""

_EMPTY_SHA256 = hashlib.sha256(b"").digest()


@attrs.frozen(kw_only=True)
class ObjectFacts:
    """One version of an object."""

    uri: S3Uri
    """With the version, where the bucket is versioned."""
    size: int
    chunked_hash: str | None
    """The `sha2-256-chunked` value, when S3's stored checksum gives it; None: not known."""


def head_object(s3: Any, uri: S3Uri) -> ObjectFacts:
    """Look an object up, at the version that `uri` names or the current one.

    Raises `NotFoundError` naming the URI when it is not there, `PermissionDeniedError`, and
    otherwise as `quilt_core.storage.s3_errors`. Source: protocol note E.2.
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
    )


def _stored_hash(size: int, stored: str | None) -> str | None:
    """`sha2-256-chunked` from S3's SHA-256 of a whole small object; None when it cannot tell."""
    if size == 0:
        return base64.b64encode(_EMPTY_SHA256).decode()
    if stored is None or size >= _SINGLE_CHUNK or "-" in stored:
        return None
    return base64.b64encode(hashlib.sha256(base64.b64decode(stored)).digest()).decode()
