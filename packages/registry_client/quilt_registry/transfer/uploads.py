"""Write an object whose checksum in S3 is the hash that a manifest needs (docs/protocol.md, P.6).

Each part is hashed before it is sent, and S3 verifies each hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.objects import ObjectSource, StoredObject
from quilt_core.domain.uris import ObjectUri, S3Uri
from quilt_core.errors import BackendError, ProtocolError, ValidationError
from quilt_core.manifest import SHA256, SHA256_CHUNKED, EntryHash, chunk_size_for
from quilt_core.outcome import Outcome, outcome_unless_told
from quilt_core.progress import ProgressReporter
from quilt_core.transfer.chunk_digests import shared_digests
from quilt_registry.transfer.engine import Part, PartWriter, Written
from quilt_registry.transfer.file_parts import FilePart, SharedFile
from quilt_registry.transfer.sources import OpenSource, open_source

U = TypeVar("U", bound=ObjectUri)
ChunkSize = Callable[[int], int]
"""The chunk size, in bytes, for an object of that size."""
_DIGEST = hashlib.sha256().digest_size
_MOST_PARTS = 10_000
"""S3's limit."""


def upload(
    writer: PartWriter[U],
    source: ObjectSource,
    uri: U,
    checksum: EntryHash | None,
    metadata: Mapping[str, str] | None,
    progress: ProgressCallback | None,
    *,
    chunk_size: ChunkSize = chunk_size_for,
) -> StoredObject:
    """Write an object; parameters and errors are those of the hook `put_object`.

    Parameters
    ----------
    writer:
        The writer that sends the bytes.
    source, uri, checksum, metadata, progress:
        As in the hook.
    chunk_size:
        The chunk size; Quilt's by default, smaller in tests.
    """
    if isinstance(source, bytes) and len(source) < chunk_size(len(source)):
        return _upload_at_once(writer, source, uri, checksum, metadata, progress)
    with outcome_unless_told(Outcome.NOT_WRITTEN), open_source(source) as opened:
        chunk = chunk_size(opened.size or 0)
        reporter = ProgressReporter(progress, "put_object", "uploading", opened.size, "bytes")
        job = _Upload(opened=opened, uri=uri, chunk=chunk, expected=checksum)
        size = opened.size or 0
        is_large = opened.path is not None and size >= chunk
        if not is_large:
            job.ahead = opened.read(chunk)
        if not is_large and len(job.ahead) < chunk:
            written = writer.put(uri, job.only_part(), metadata or {})
            reporter.advance(job.size)
        else:
            parts = job.parts(reporter)
            if is_large and isinstance(uri, S3Uri) and not job.needs_all_bytes:
                parts = job.parts_of_file(size, reporter)
            try:
                written = writer.put_parts(uri, parts, metadata or {}, opened.state)
            except BackendError:
                opened.check_unchanged(size)  # the store refuses bytes that have changed
                raise
    return job.result(written)


def _upload_at_once(
    writer: PartWriter[U],
    data: bytes,
    uri: U,
    checksum: EntryHash | None,
    metadata: Mapping[str, str] | None,
    progress: ProgressCallback | None,
) -> StoredObject:
    """Write an object of one part that is in memory, in as few steps as possible: a push does this
    for each small file.
    """
    with outcome_unless_told(Outcome.NOT_WRITTEN):
        digest = hashlib.sha256(data).digest()
        # An empty object has no chunks.
        value = base64.b64encode(hashlib.sha256(digest if data else b"").digest()).decode()
        if checksum is not None:
            legacy = checksum.type == SHA256
            _check_hash(uri, checksum, digest.hex() if legacy else value)
        written = writer.put(uri, Part(number=1, data=data, digest=digest), metadata or {})
    if progress is not None:
        reporter = ProgressReporter(progress, "put_object", "uploading", len(data), "bytes")
        reporter.advance(len(data))
    return _stored(uri, len(data), value, written)


def _stored(uri: ObjectUri, size: int, value: str, written: Written) -> StoredObject:
    """The written object; raises `ProtocolError` if the store has another checksum than ours."""
    said = written.checksum
    if said is not None and "-" in said and said.partition("-")[0] != value:
        raise ProtocolError(
            f"The store has {uri} with the checksum {said}, and not {value}.",
            context={"uri": uri.url, "outcome": Outcome.WRITTEN.value},
        )
    if isinstance(uri, S3Uri):
        uri = S3Uri(uri.bucket, uri.key, written.version)
    return StoredObject(
        uri=uri.url, size=size, hash=EntryHash(SHA256_CHUNKED, value), version=written.version
    )


def _check_hash(uri: ObjectUri, expected: EntryHash, found: str) -> None:
    if found != expected.value:
        raise ValidationError(
            f"The bytes for {uri} have the hash {found}, not {expected.value}.",
            context={"uri": uri.url, "expected": expected.value, "found": found},
        )


@attrs.define(kw_only=True)
class _Upload:
    """One upload: what is known about its bytes so far."""

    opened: OpenSource
    uri: ObjectUri
    chunk: int
    expected: EntryHash | None
    ahead: bytes | memoryview = b""
    """The bytes that have been read and do not fill a part yet."""
    size: int = 0
    outer: Any = attrs.field(factory=hashlib.sha256)
    """Over the digests of the chunks: the entry's hash."""
    whole: Any = None
    """Over all bytes, if the legacy hash is expected."""

    @property
    def needs_all_bytes(self) -> bool:
        """Whether the bytes are needed in their order, for a legacy hash."""
        return self.expected is not None and self.expected.type == SHA256

    def only_part(self) -> Part:
        """The one part of a small object."""
        part = self._part(1)
        self._finish()
        return part

    def parts(self, reporter: ProgressReporter) -> Iterator[Part]:
        """The parts of a large object; only those in transfer are kept."""
        number = 0
        self.ahead = self.ahead or self.opened.read(self.chunk)
        while count := len(self.ahead):
            number += 1
            if number > _MOST_PARTS:
                raise ValidationError(
                    f"The source for {self.uri} is larger than {_MOST_PARTS} parts of "
                    f"{self.chunk} bytes, and its size was not known in advance.",
                    hint="Write it to a file first.",
                )
            yield self._part(number)
            reporter.advance(count)
            self.ahead = self.opened.read(self.chunk)
        self._finish()

    def parts_of_file(self, size: int, reporter: ProgressReporter) -> Iterator[Part]:
        """The parts of a large file, none of which is kept in memory.

        Each is read when it is hashed, unless a push has already done so, and when it is sent. The
        store refuses a part whose bytes have changed in between.
        """
        known = shared_digests(self.expected)
        file = SharedFile(self.opened.file, self.opened.name)
        for number, start in enumerate(range(0, size, self.chunk)):
            data = FilePart(file, start, min(start + self.chunk, size))
            digest = known[number * _DIGEST : (number + 1) * _DIGEST] or data.digest()
            self.size += len(data)
            self.outer.update(digest)
            yield Part(number=number + 1, data=data, digest=digest)
            reporter.advance(len(data))
        self._finish()

    def result(self, written: Written) -> StoredObject:
        """The written object; raises the errors of `_stored`."""
        value = base64.b64encode(self.outer.digest()).decode()
        return _stored(self.uri, self.size, value, written)

    def _part(self, number: int) -> Part:
        data, self.ahead = self.ahead, b""
        digest = hashlib.sha256(data).digest()
        self.size += len(data)
        if data:  # an empty object has no chunks
            self.outer.update(digest)
        if self.needs_all_bytes:
            self.whole = self.whole or hashlib.sha256()
            self.whole.update(data)
        return Part(number=number, data=data, digest=digest)

    def _finish(self) -> None:
        """Check the hash after everything was read and before the object is completed."""
        self.opened.check_unchanged(self.size)
        if self.expected is None:
            return
        if self.whole is not None:
            found = self.whole.hexdigest()
        else:
            found = base64.b64encode(self.outer.digest()).decode()
        _check_hash(self.uri, self.expected, found)
