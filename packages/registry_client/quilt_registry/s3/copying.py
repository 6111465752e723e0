"""Copy objects within S3, without transferring bytes to this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import attrs

from quilt_core.domain.uris import S3Uri
from quilt_core.parallel import bounded_map
from quilt_core.revisions import VersionCheck
from quilt_registry.s3.errors import s3_errors
from quilt_registry.s3.multipart import aborted_on_failure

SINGLE_COPY_LIMIT = 5 * 1024**3
"""The maximum size of an object that S3 copies in one request, in bytes."""
_PART = 512 * 1024**2
_MAX_PARTS = 10_000
_KEPT_HEADERS = (
    "CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType",
    "Metadata",
)  # fmt: skip


@attrs.frozen(kw_only=True)
class CopyJob:
    """One object to copy: the source version, the target key, and the size in bytes."""

    source: S3Uri
    target: S3Uri
    size: int


def copy_objects(
    s3: Any,
    jobs: Iterable[CopyJob],
    workers: int,
    versions: VersionCheck,
    on_copied: Callable[[CopyJob], None] | None = None,
) -> list[S3Uri]:
    """Copy objects in S3, several at once, and return the new ones with their versions, in order.

    Parameters
    ----------
    s3:
        A boto3 client that may read the sources and write the targets.
    jobs:
        The objects to copy.
    workers:
        The number of parallel copies.
    versions:
        Checks the bucket of the targets before anything is copied, and the first copy before the
        others start.
    on_copied:
        Called from this thread for each finished job, in order.

    Raises
    ------
    ValidationError
        When the bucket keeps no versions, unless `versions` allows that.
    NotFoundError, PermissionDeniedError, TransportError, …
        As `quilt_registry.s3.s3_errors`, for the first job that failed; jobs that have not started
        are not started. A large copy that fails is aborted.
    """
    jobs, copied = list(jobs), []
    for job, uri in zip(jobs, _copies(s3, jobs, workers, versions), strict=True):
        copied.append(uri)
        if on_copied is not None:
            on_copied(job)
    return copied


def _copies(
    s3: Any, jobs: Sequence[CopyJob], workers: int, versions: VersionCheck
) -> Iterator[S3Uri]:
    if not jobs:
        return
    versions.before()
    first = _copy(s3, jobs[0])
    versions.after(first)
    yield first
    yield from bounded_map(lambda job: _copy(s3, job), jobs[1:], workers)


def _copy(s3: Any, job: CopyJob) -> S3Uri:
    with s3_errors(f"copy to {job.target.url} from", job.source.url):
        if job.size > SINGLE_COPY_LIMIT:
            answer = _copy_parts(s3, job)
        else:
            answer = s3.copy_object(
                Bucket=job.target.bucket,
                Key=job.target.key,
                CopySource=_copy_source(job.source),
                ChecksumAlgorithm="SHA256",
            )
    return attrs.evolve(job.target, version_id=answer.get("VersionId"))


def _copy_parts(s3: Any, job: CopyJob) -> Any:
    """Copy in parts; the object's headers, which a multipart upload does not copy, are kept."""
    head = s3.head_object(**_copy_source(job.source))
    target = {"Bucket": job.target.bucket, "Key": job.target.key}
    upload = s3.create_multipart_upload(
        **target,
        ChecksumAlgorithm="SHA256",
        **{name: head[name] for name in _KEPT_HEADERS if name in head},
    )
    target["UploadId"] = upload["UploadId"]
    with aborted_on_failure(s3, target):
        parts = [
            _copy_part(s3, job, target, number, start)
            for number, start in enumerate(range(0, job.size, _part_size(job.size)), 1)
        ]
        return s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})


def _copy_part(
    s3: Any, job: CopyJob, target: dict[str, Any], number: int, start: int
) -> dict[str, Any]:
    end = min(start + _part_size(job.size), job.size) - 1
    answer = s3.upload_part_copy(
        **target,
        PartNumber=number,
        CopySource=_copy_source(job.source),
        CopySourceRange=f"bytes={start}-{end}",
    )
    result = answer["CopyPartResult"]
    names = ("ETag", "ChecksumSHA256")
    return {"PartNumber": number, **{name: result[name] for name in names if name in result}}


def _part_size(size: int) -> int:
    return max(_PART, -(-size // _MAX_PARTS))


def _copy_source(uri: S3Uri) -> dict[str, str]:
    source = {"Bucket": uri.bucket, "Key": uri.key}
    if uri.version_id is not None:
        source["VersionId"] = uri.version_id
    return source
