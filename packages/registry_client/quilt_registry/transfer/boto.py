"""The engine over boto3, which is always there."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import attrs

from quilt_core.domain.uris import S3Uri
from quilt_core.errors import BackendError, QuiltOpsError
from quilt_core.outcome import Outcome, outcome_unless_told, with_outcome
from quilt_core.parallel import bounded_map
from quilt_registry.s3.errors import s3_errors
from quilt_registry.s3.manifests import begin_reading, object_chunks
from quilt_registry.s3.multipart import aborted_on_failure
from quilt_registry.s3.objects import ObjectFacts, head_object
from quilt_registry.s3.response_checks import may_have_been_done
from quilt_registry.transfer.engine import Begun, Chunks, Part, Written

_PARTS_AT_ONCE = 2
"""Parts of one object under way at once. The next one is read meanwhile, so that an upload holds
three: 24 MiB where they have 8 MiB."""


@attrs.frozen
class Boto3Engine:
    """Implements `TransferEngine` with a boto3 client of S3."""

    s3: Any

    def head(self, uri: S3Uri) -> ObjectFacts:
        """`HeadObject`."""
        return head_object(self.s3, uri, of_parts=False)

    def get(self, uri: S3Uri, count: int) -> Begun:
        """`GetObject` of a range; `HeadObject` beside it for an object that is empty."""
        try:
            answer, chunks = begin_reading(
                self.s3, uri.bucket, uri.key, version_id=uri.version_id, stop=count
            )
        except BackendError as error:
            if error.context.get("code") != "InvalidRange":
                raise
            facts = self.head(uri)
            return Begun(uri=facts.uri, size=facts.size, etag=facts.etag, chunks=_nothing())
        version = answer.get("VersionId") or uri.version_id
        return Begun(
            uri=attrs.evolve(uri, version_id=version),
            size=int(answer["ContentRange"].rpartition("/")[2]),
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
        with put_outcome(), s3_errors("write", uri.url):
            answer = self.s3.put_object(
                Bucket=uri.bucket,
                Key=uri.key,
                Body=part.data,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=_base64(part.digest),
                Metadata=dict(metadata),
            )
        return _written(answer)

    def put_parts(self, uri: S3Uri, parts: Iterable[Part], metadata: Mapping[str, str]) -> Written:
        """`CreateMultipartUpload`, `UploadPart` for each, `CompleteMultipartUpload`."""
        target = {"Bucket": uri.bucket, "Key": uri.key}
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            with s3_errors("begin to write", uri.url):
                upload = self.s3.create_multipart_upload(
                    **target, ChecksumAlgorithm="SHA256", Metadata=dict(metadata)
                )
            target["UploadId"] = upload["UploadId"]
            with aborted_on_failure(self.s3, target):
                sent = bounded_map(
                    lambda part: self._put_part(uri, target, part), parts, _PARTS_AT_ONCE, ahead=0
                )
                listed = {"Parts": list(sent)}
                with put_outcome(), s3_errors("finish writing", uri.url):
                    answer = self.s3.complete_multipart_upload(**target, MultipartUpload=listed)
        return _written(answer)

    def _put_part(self, uri: S3Uri, target: Mapping[str, str], part: Part) -> dict[str, Any]:
        checksum = _base64(part.digest)
        with s3_errors("write", uri.url):
            answer = self.s3.upload_part(
                **target, PartNumber=part.number, Body=_Body(part.data), ChecksumSHA256=checksum
            )
        return {"PartNumber": part.number, "ETag": answer["ETag"], "ChecksumSHA256": checksum}


class _Body(io.RawIOBase):
    """Bytes as a file, for boto3 copies bytes once and twice before it sends them."""

    def __init__(self, data: bytes | memoryview) -> None:
        super().__init__()
        self._data = memoryview(data)
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: len(self._data)}
        self._position = base[whence] + offset
        return self._position

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        piece = self._data[self._position : self._position + len(target)]
        target[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)


@contextmanager
def put_outcome() -> Iterator[None]:
    """Give the error of a request that writes its outcome: an answer may have been lost."""
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
