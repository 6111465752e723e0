"""Read manifests from S3 as streams."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import closing
from typing import Any

from quilt_core import deadline
from quilt_core.domain.uris import S3Uri
from quilt_core.error_messages import dangling_pointer
from quilt_core.errors import NotFoundError, ProtocolError, TransportError
from quilt_core.manifest import DirectoryRecord, ManifestHeader, read_manifest
from quilt_core.manifest.layout import manifest_key
from quilt_registry.s3.errors import s3_errors, translate_code

_CHUNK = 1 << 20
_ATTEMPTS = 4
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,19})-([0-9]{1,19})/(?:([0-9]{1,19})|\*)")


def manifest_chunks(
    s3: Any, bucket: str, top_hash: str, chunk_size: int = _CHUNK
) -> Generator[bytes]:
    """The bytes of a revision's manifest in chunks, for `quilt_core.manifest.read_manifest`.

    When the first chunk is requested, it raises `ProtocolError` if the manifest is missing although
    a revision refers to it; otherwise the errors of `quilt_registry.s3.s3_errors`.
    """
    key = manifest_key(top_hash)
    try:
        yield from object_chunks(s3, bucket, key, "read the manifest", chunk_size)
    except NotFoundError as error:
        if error.context.get("code") == "NoSuchBucket":
            raise
        raise dangling_pointer(top_hash, f"s3://{bucket}/{key}") from error


def read_header(s3: Any, bucket: str, top_hash: str) -> ManifestHeader:
    """Read only a manifest's header; the connection is released after the first line."""
    chunks = manifest_chunks(s3, bucket, top_hash, 1 << 16)
    with closing(chunks):
        return read_manifest(chunks).header


def read_directories(s3: Any, bucket: str, top_hash: str) -> list[DirectoryRecord]:
    """Read only a manifest's directory records, which follow its header.

    The connection is released at the first entry. Source: docs/protocol.md, H.2.
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
    start: int = 0,
    stop: int | None = None,
    etag: str | None = None,
) -> Generator[bytes]:
    """The bytes of an object, the current version or the one named, in chunks.

    Everything is as in `begin_reading`, but the first request is made when the first chunk is
    requested.
    """
    _, chunks = begin_reading(
        s3,
        bucket,
        key,
        what,
        chunk_size,
        version_id=version_id,
        start=start,
        stop=stop,
        etag=etag,
    )
    yield from chunks


def begin_reading(
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
) -> tuple[dict[str, Any], Generator[bytes]]:
    """Request an object now; returns the data in the answer's headers, and its bytes in chunks.

    After a broken connection, reading continues where it broke, with the same version of the
    object, at most three times without progress; then `TransportError` is raised. Other errors are
    those of `quilt_registry.s3.s3_errors` for the action `what`.

    Parameters
    ----------
    s3, bucket, key, version_id:
        The client and the object.
    what:
        The attempted action, for messages.
    chunk_size:
        The maximum number of bytes in a chunk.
    start, stop:
        The first byte, and the one after the last; None for the object's end.
    etag:
        The entity tag, with its quotation marks, that the object must have; another one raises
        `ConflictError`. None for any.
    """
    params = {"Bucket": bucket, "Key": key}
    if version_id is not None:
        params["VersionId"] = version_id
    answer = _request(s3, params, what, start, stop, etag)
    return answer, _chunks(s3, params, answer, what, chunk_size, start)


def content_range(answer: Mapping[str, Any]) -> tuple[int, int, int | None] | None:
    """What an answer says about its bytes: the first one, the one after the last, and the object's
    size if it is known; None if it does not say that they are a range.
    """
    found = _CONTENT_RANGE.fullmatch(str(answer.get("ContentRange", "")).strip())
    if found is None:
        return None
    first, last, size = found.groups()
    return int(first), int(last) + 1, None if size is None else int(size)


def _request(
    s3: Any,
    params: Mapping[str, str],
    what: str,
    start: int,
    stop: int | None,
    etag: str | None,
) -> dict[str, Any]:
    """Request an object or a range of it, which not every store or proxy heeds."""
    uri = _uri(params)
    wanted = dict(params)
    if start or stop is not None:
        wanted["Range"] = f"bytes={start}-{'' if stop is None else stop - 1}"
    if etag is not None:
        wanted["IfMatch"] = etag
    with s3_errors(what, uri):
        answer: dict[str, Any] = s3.get_object(**wanted)
    given = content_range(answer) if "Range" in wanted else (start, start, None)
    if given is None or given[0] != start or (stop is not None and given[1] > stop):
        answer["Body"].close()
        raise ProtocolError(
            f"Could not {what} {uri}: the store does not read ranges of objects.",
            context={"uri": uri},
        )
    if etag is not None and answer["ETag"] != etag:
        answer["Body"].close()
        raise translate_code("PreconditionFailed", "the object was replaced", what, uri)
    return answer


def _chunks(
    s3: Any,
    params: Mapping[str, str],
    answer: dict[str, Any],
    what: str,
    chunk_size: int,
    start: int,
) -> Generator[bytes]:
    uri = _uri(params)
    size, etag = start + answer["ContentLength"], answer["ETag"]
    position, failures = start, 0
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
        answer = _request(s3, params, what, position, size, etag)


def _uri(params: Mapping[str, str]) -> str:
    return S3Uri(params["Bucket"], params["Key"], params.get("VersionId")).url
