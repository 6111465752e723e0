"""The engine over boto3, which is always available."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

import attrs

from quilt_core import deadline
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    ProtocolError,
    QuiltOpsError,
    TransportError,
)
from quilt_core.outcome import Outcome, outcome_unless_told, with_outcome
from quilt_core.parallel import for_each
from quilt_registry.s3.errors import s3_errors
from quilt_registry.s3.manifests import begin_reading, content_range, object_chunks
from quilt_registry.s3.multipart import abort, sign_checksums_of_parts
from quilt_registry.s3.objects import ObjectFacts, head_object
from quilt_registry.s3.response_checks import may_have_been_done
from quilt_registry.transfer.engine import Begun, Chunks, Part, Written
from quilt_registry.transfer.file_parts import FilePart, FilePartReader, PartReader
from quilt_registry.transfer.unfinished import SourceState, UnfinishedUpload, UnfinishedUploads

PARTS_AT_ONCE = 5
"""The number of parts in transfer at once, for all objects together: 40 MiB if they have 8 MiB and
are not parts of files.
"""

_PIECE = 1 << 18
"""The minimum number of bytes of a part that are sent at once."""


@attrs.frozen
class Boto3Engine:
    """Implements `TransferEngine` with a boto3 client of S3."""

    s3: Any
    _records: UnfinishedUploads = attrs.field(init=False)
    _tidied: set[str] = attrs.field(init=False, factory=set)
    _slots: threading.BoundedSemaphore = attrs.field(
        init=False, factory=lambda: threading.BoundedSemaphore(PARTS_AT_ONCE), eq=False
    )

    def __attrs_post_init__(self) -> None:
        sign_checksums_of_parts(self.s3)

    @_records.default
    def _of_endpoint(self) -> UnfinishedUploads:
        return UnfinishedUploads(str(self.s3.meta.endpoint_url))

    def head(self, uri: S3Uri) -> ObjectFacts:
        """`HeadObject`."""
        return head_object(self.s3, uri, of_parts=False)

    def get(self, uri: S3Uri, count: int) -> Begun:
        """`GetObject` of a range, and `HeadObject` for an empty object."""
        try:
            answer, chunks = begin_reading(
                self.s3, uri.bucket, uri.key, version_id=uri.version_id, stop=count
            )
        except BackendError as error:
            if error.context.get("code") != "InvalidRange":
                raise
            facts = self.head(uri)
            return Begun(uri=facts.uri, size=facts.size, etag=facts.etag, chunks=_nothing())
        given = content_range(answer)
        if given is None or given[2] is None:
            chunks.close()
            answer["Body"].close()
            raise ProtocolError(
                f"Could not read {uri}: the store does not tell its size.",
                context={"uri": uri.url},
            )
        version = answer.get("VersionId") or uri.version_id
        return Begun(
            uri=attrs.evolve(uri, version_id=version),
            size=given[2],
            etag=answer["ETag"],
            chunks=chunks,
        )

    def range(self, uri: S3Uri, start: int, stop: int, etag: str) -> Chunks:
        """`GetObject` of a range."""
        return object_chunks(
            self.s3,
            uri.bucket,
            uri.key,
            version_id=uri.version_id,
            start=start,
            stop=stop,
            etag=etag,
        )

    def put(self, uri: S3Uri, part: Part, metadata: Mapping[str, str]) -> Written:
        """`PutObject` with the checksum."""
        self.tidy_up(uri.bucket)
        with put_outcome(), s3_errors("write", uri.url):
            answer = self.s3.put_object(
                Bucket=uri.bucket,
                Key=uri.key,
                Body=part.content,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=_base64(part.digest),
                Metadata=dict(metadata),
            )
        return _written(answer)

    def put_parts(
        self,
        uri: S3Uri,
        parts: Iterable[Part],
        metadata: Mapping[str, str],
        source: SourceState | None = None,
    ) -> Written:
        """`CreateMultipartUpload`, `UploadPart` for each, `CompleteMultipartUpload`.

        Parts that a killed process has left are not sent again: `ListParts` lists them, with the
        checksums that S3 has verified.
        """
        written: list[Written] = []

        def put(parts: Iterable[Part]) -> None:
            written.append(self._put_parts(uri, parts, metadata, source))

        # In another thread, which Ctrl-C does not interrupt between a request and its answer: the
        # upload of a lost answer could not be aborted.
        for_each(put, [parts], 1)
        return written[0]

    def _put_parts(
        self,
        uri: S3Uri,
        parts: Iterable[Part],
        metadata: Mapping[str, str],
        source: SourceState | None,
    ) -> Written:
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            record, there = self._resume(uri, metadata) or (self._begin(uri, metadata, source), {})
            self.tidy_up(uri.bucket)

            sent: dict[int, dict[str, Any]] = {}
            slots = _Slots(self._slots)

            def put_part(part: Part) -> None:
                try:
                    known = there.get((part.number, _base64(part.digest)))
                    sent[part.number] = known or self._put_part(record, part)
                finally:
                    slots.free()

            try:
                with slots:
                    for_each(put_part, slots.filled(parts), PARTS_AT_ONCE)
                listed = {"Parts": [sent[number] for number in sorted(sent)]}
                with put_outcome(), s3_errors("finish writing", uri.url):
                    answer = self.s3.complete_multipart_upload(
                        **record.target, MultipartUpload=listed
                    )
            except BaseException:
                if abort(self.s3, record.target):
                    self._records.end(record)
                raise
        self._records.end(record)
        return _written(answer)

    def tidy_up(self, bucket: str) -> None:
        """Abort the uploads that ended processes have started in a bucket; done once per bucket.

        An upload of an unchanged file is kept for the next upload of that file.
        """
        if bucket in self._tidied:
            return
        self._tidied.add(bucket)
        for record in self._records.abandoned(bucket):
            if record.source is not None and record.source.is_unchanged() and not record.is_old():
                continue
            mine = self._records.take_over(record)
            if mine is not None and abort(self.s3, mine.target):
                self._records.end(mine)

    def _begin(
        self, uri: S3Uri, metadata: Mapping[str, str], source: SourceState | None
    ) -> UnfinishedUpload:
        with s3_errors("begin to write", uri.url):
            upload = self.s3.create_multipart_upload(
                Bucket=uri.bucket,
                Key=uri.key,
                ChecksumAlgorithm="SHA256",
                Metadata=dict(metadata),
            )
        return self._records.begin(uri, upload["UploadId"], metadata, source)

    def _resume(
        self, uri: S3Uri, metadata: Mapping[str, str]
    ) -> tuple[UnfinishedUpload, dict[tuple[int, str], dict[str, Any]]] | None:
        """An upload that an ended process has started, and its parts by number and checksum; None
        if there is none.
        """
        for record in self._records.abandoned(uri.bucket):
            mine = self._records.take_over(record) if record.is_of(uri, metadata) else None
            if mine is None:
                continue
            try:
                with s3_errors("look for the parts of", uri.url):
                    pages = self.s3.get_paginator("list_parts").paginate(**mine.target)
                    parts = [part for page in pages for part in page.get("Parts", ())]
            except NotFoundError:
                self._records.end(mine)
            except (AuthenticationError, TransportError):
                raise
            except QuiltOpsError:
                continue  # this identity may not see it; another one may abort it
            else:
                names = ("PartNumber", "ETag", "ChecksumSHA256")
                return mine, {
                    (part["PartNumber"], part["ChecksumSHA256"]): {one: part[one] for one in names}
                    for part in parts
                    if part.get("ChecksumSHA256")
                }
        return None

    def _put_part(self, record: UnfinishedUpload, part: Part) -> dict[str, Any]:
        checksum = _base64(part.digest)
        data = part.data
        with s3_errors("write", f"s3://{record.bucket}/{record.key}"):
            answer = self.s3.upload_part(
                **record.target,
                PartNumber=part.number,
                Body=FilePartReader(data) if isinstance(data, FilePart) else _Body(data),
                ChecksumSHA256=checksum,
            )
        return {"PartNumber": part.number, "ETag": answer["ETag"], "ChecksumSHA256": checksum}


class _Slots:
    """The slots that one upload has taken; at its end, also those of parts that were read and not
    sent because another part had failed.
    """

    def __init__(self, shared: threading.BoundedSemaphore) -> None:
        self._shared = shared
        self._taken: list[None] = []

    def __enter__(self) -> None:
        """Nothing is taken yet."""

    def __exit__(self, *_: object) -> None:
        while self._taken:
            self.free()

    def filled(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The parts, each read when there is a slot for it, which its consumer frees."""
        remaining = iter(parts)
        while True:
            deadline.acquire(self._shared)
            self._taken.append(None)
            taken = list(islice(remaining, 1))
            if not taken:
                self.free()
                return
            yield taken.pop()  # and keep none: it is large

    def free(self) -> None:
        """Free a slot."""
        self._taken.pop()
        self._shared.release()


class _Body(PartReader):
    """Bytes as a file object for boto3, which otherwise copies bytes once or twice before it sends
    them.

    Reading returns views, which cost nothing, and larger ones than requested: the library below
    boto3 requests 16 KiB at a time and sends what it gets.
    """

    def __init__(self, data: bytes | memoryview) -> None:
        super().__init__(len(data))
        self._data = memoryview(data)

    def read(self, size: int = -1) -> memoryview:
        stop = self._length if size < 0 else self._position + max(size, _PIECE)
        piece = self._data[self._position : stop]
        self._position += len(piece)
        return piece


@contextmanager
def put_outcome() -> Iterator[None]:
    """Add the outcome to the error of a request that writes, because an answer may have
    been lost.
    """
    try:
        yield
    except QuiltOpsError as error:
        outcome = Outcome.UNKNOWN if may_have_been_done(error) else Outcome.NOT_WRITTEN
        raise with_outcome(error, outcome) from error.__cause__


def _nothing() -> Chunks:
    yield from ()


def _written(answer: Mapping[str, Any]) -> Written:
    return Written(version=answer.get("VersionId"), checksum=answer.get("ChecksumSHA256"))


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
