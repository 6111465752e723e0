"""Read manifests from S3 as streams."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import Any

from quilt_core import deadline
from quilt_core.errors import ProtocolError, TransportError
from quilt_core.manifest import ManifestHeader, read_manifest
from quilt_core.manifest.layout import manifest_key
from quilt_registry.s3.errors import s3_errors

_CHUNK = 1 << 20
_ATTEMPTS = 4


def manifest_chunks(s3: Any, bucket: str, top_hash: str) -> Generator[bytes]:
    """A manifest's bytes in chunks, a source for `quilt_core.manifest.read_manifest`.

    Raises, when the first chunk is asked for, `NotFoundError` when it is not there, otherwise as
    `quilt_registry.s3.s3_errors`.
    """
    return object_chunks(s3, bucket, manifest_key(top_hash), "read the manifest")


def read_header(s3: Any, bucket: str, top_hash: str) -> ManifestHeader:
    """Read a manifest's header alone; the connection is let go of after the first line."""
    chunks = object_chunks(s3, bucket, manifest_key(top_hash), "read the manifest", 1 << 16)
    with closing(chunks):
        return read_manifest(chunks).header


def object_chunks(
    s3: Any,
    bucket: str,
    key: str,
    what: str = "read",
    chunk_size: int = _CHUNK,
    *,
    version_id: str | None = None,
    start: int = 0,
    stop: int | None = None,
    etag: str | None = None,
) -> Generator[bytes]:
    """The bytes of an object, the current version or the one named, in chunks.

    A connection that breaks is taken up again where it broke, of the same version of the object,
    three times at most without progress; then `TransportError`. Raises otherwise as
    `quilt_registry.s3.s3_errors`, `what` being tried.

    Parameters
    ----------
    s3, bucket, key, version_id:
        The client and the object.
    what:
        What is being tried, for messages.
    chunk_size:
        The largest number of bytes in a chunk.
    start, stop:
        The first byte, and the one after the last; None for the object's end.
    etag:
        The entity tag, with its quotation marks, that the object must have; another one is a
        `ConflictError`. None for any.
    """
    uri = f"s3://{bucket}/{key}"
    params = {"Bucket": bucket, "Key": key}
    if version_id is not None:
        params["VersionId"] = version_id
    first = dict(params)
    if start or stop is not None:
        first["Range"] = _range(start, stop)
    if etag is not None:
        first["IfMatch"] = etag
    position, failures = start, 0
    with s3_errors(what, uri):
        answer = s3.get_object(**first)
    if "Range" in first and "ContentRange" not in answer:
        answer["Body"].close()
        raise ProtocolError(f"Could not {what} {uri}: the store does not read ranges of objects.")
    size, etag = start + answer["ContentLength"], answer["ETag"]
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
            answer = s3.get_object(**params, Range=_range(position, stop), IfMatch=etag)


def _range(start: int, stop: int | None) -> str:
    return f"bytes={start}-{'' if stop is None else stop - 1}"
