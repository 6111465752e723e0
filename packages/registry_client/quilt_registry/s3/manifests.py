"""Read manifests from S3 as streams."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import Any

from quilt_core import deadline
from quilt_core.error_messages import dangling_pointer
from quilt_core.errors import NotFoundError, TransportError
from quilt_core.manifest import DirectoryRecord, ManifestHeader, read_manifest
from quilt_core.manifest.layout import manifest_key
from quilt_registry.s3.errors import s3_errors

_CHUNK = 1 << 20
_ATTEMPTS = 4


def manifest_chunks(
    s3: Any, bucket: str, top_hash: str, chunk_size: int = _CHUNK
) -> Generator[bytes]:
    """The bytes of a revision's manifest in chunks, for `quilt_core.manifest.read_manifest`.

    Raises, when the first chunk is asked for, `ProtocolError` when it is not there, though it is a
    revision's; otherwise as `quilt_registry.s3.s3_errors`.
    """
    key = manifest_key(top_hash)
    try:
        yield from object_chunks(s3, bucket, key, "read the manifest", chunk_size)
    except NotFoundError as error:
        if error.context.get("code") == "NoSuchBucket":
            raise
        raise dangling_pointer(top_hash, f"s3://{bucket}/{key}") from error


def read_header(s3: Any, bucket: str, top_hash: str) -> ManifestHeader:
    """Read a manifest's header alone; the connection is let go of after the first line."""
    chunks = manifest_chunks(s3, bucket, top_hash, 1 << 16)
    with closing(chunks):
        return read_manifest(chunks).header


def read_directories(s3: Any, bucket: str, top_hash: str) -> list[DirectoryRecord]:
    """Read a manifest's directory records alone, which come right after its header.

    The connection is let go of at the first entry. Source: docs/protocol.md, H.2.
    """
    chunks = object_chunks(s3, bucket, manifest_key(top_hash), "read the manifest", 1 << 16)
    found: list[DirectoryRecord] = []
    with closing(chunks):
        for record in read_manifest(chunks):
            if not isinstance(record, DirectoryRecord):
                break
            found.append(record)
    return found


def object_chunks(
    s3: Any,
    bucket: str,
    key: str,
    what: str = "read",
    chunk_size: int = _CHUNK,
    *,
    version_id: str | None = None,
) -> Generator[bytes]:
    """The bytes of an object, the current version or the one named, in chunks.

    A connection that breaks is taken up again where it broke, of the same version of the object,
    three times at most without progress; then `TransportError`. Raises otherwise as
    `quilt_registry.s3.s3_errors`, `what` being tried.
    """
    uri = f"s3://{bucket}/{key}"
    params = {"Bucket": bucket, "Key": key}
    if version_id is not None:
        params["VersionId"] = version_id
    position, failures = 0, 0
    with s3_errors(what, uri):
        answer = s3.get_object(**params)
    size, etag = answer["ContentLength"], answer["ETag"]
    while True:
        try:
            with closing(answer["Body"]) as body, s3_errors(what, uri):
                for chunk in body.iter_chunks(chunk_size):
                    deadline.check()
                    if chunk:
                        position += len(chunk)
                        failures = 0
                        yield chunk
            if position >= size:
                return
            raise TransportError(f"Could not {what} {uri}: it broke off at {position} bytes.")
        except TransportError:
            failures += 1
            if failures >= _ATTEMPTS or deadline.remaining() <= 0:
                raise
        with s3_errors(what, uri):
            answer = s3.get_object(**params, Range=f"bytes={position}-", IfMatch=etag)
