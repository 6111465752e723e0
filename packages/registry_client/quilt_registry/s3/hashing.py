"""Hash objects whose hash is not known yet, by reading them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from quilt_core.errors import BackendError
from quilt_core.manifest import SHA256_CHUNKED, EntryHash, chunked_sha256
from quilt_core.parallel import bounded_map
from quilt_registry.s3.manifests import object_chunks
from quilt_registry.s3.objects import ObjectFacts


def hash_objects(
    s3: Any,
    objects: Iterable[ObjectFacts],
    workers: int,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[EntryHash]:
    """The `sha2-256-chunked` hash of each object, in order.

    Objects whose hash is known from S3's stored checksum are not read; all others are read once, as
    streams, `workers` objects at a time.

    Parameters
    ----------
    s3:
        A boto3 client.
    objects:
        As `quilt_registry.s3.head_object` found them.
    workers:
        The number of objects to read in parallel.
    on_bytes:
        Called from any thread with the number of bytes read since the last call.

    Returns
    -------
    Iterator[EntryHash]
        One for each object. Source: docs/protocol.md, H.4.

    Raises
    ------
    BackendError
        When an object changes while it is read.
    QuiltOpsError
        As `quilt_registry.s3.s3_errors`.
    """

    def hash_one(facts: ObjectFacts) -> EntryHash:
        if facts.chunked_hash is not None:
            return EntryHash(SHA256_CHUNKED, facts.chunked_hash)
        chunks = object_chunks(
            s3, facts.uri.bucket, facts.uri.key, "hash", version_id=facts.uri.version_id
        )
        try:
            return chunked_sha256(_counted(chunks, on_bytes), facts.size)
        except ValueError as error:
            raise BackendError(
                f"{facts.uri} changed while it was being read: {error}.",
                context={"uri": facts.uri.url},
            ) from error

    return bounded_map(hash_one, objects, workers)


def _counted(chunks: Iterable[bytes], on_bytes: Callable[[int], None] | None) -> Iterator[bytes]:
    for chunk in chunks:
        if on_bytes is not None:
            on_bytes(len(chunk))
        yield chunk
