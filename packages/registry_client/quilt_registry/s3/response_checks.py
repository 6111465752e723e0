"""Distinguish S3's answers from those of a proxy that answered instead.

A proxy's page with status 200 can be parsed as an empty listing, a deletion without errors, or a
successful upload. botocore does not check this; so a client that reads and writes packages checks
it here, retries, and finally raises an error.
"""

from __future__ import annotations

import random
from typing import Any

from quilt_core.errors import QuiltOpsError, TransportError

_FIELDS = {
    "GetObject": ("ETag",),
    "HeadObject": ("ETag",),
    "PutObject": ("ETag",),
    "CopyObject": ("CopyObjectResult",),
    "UploadPartCopy": ("CopyPartResult",),
    "CreateMultipartUpload": ("UploadId",),
    "CompleteMultipartUpload": ("ETag",),
    "ListObjectsV2": ("IsTruncated",),
    "ListObjectVersions": ("IsTruncated",),
    "DeleteObjects": ("Deleted", "Errors"),
}
"""Fields of which S3 always returns at least one; `DeleteObjects` must not be called with the quiet
option.
"""
_NOTHING: tuple[Any, ...] = (None, "", {}, [])
_LOST = "quilt_lost"
"""The mark of a request of which one attempt was lost."""
_ATTEMPTS = 5
_FIRST_PAUSE = 0.1


def check_responses(s3: Any) -> None:
    """Make a boto3 client raise `TransportError` for answers that cannot come from S3.

    Such a request is first repeated, up to five attempts in all, as after a broken connection. The
    client must be one for S3. Errors of a source that is sent are raised unchanged.
    """
    s3.meta.events.register_first("needs-retry.s3", _raise_ours)
    s3.meta.events.register("needs-retry.s3", _again)
    s3.meta.events.register("needs-retry.s3", _note_lost)
    s3.meta.events.register("after-call.s3", _tell_lost)
    s3.meta.events.register("after-call.s3", _refuse)


def may_have_been_done(error: QuiltOpsError) -> bool:
    """Whether a request that ended in this error may have been done nevertheless.

    It may if the request, or an earlier attempt than the answered one, got no answer. For a client
    without `check_responses`, any earlier attempt counts.
    """
    if isinstance(error, TransportError):
        return True
    metadata = getattr(error.__cause__, "response", {}).get("ResponseMetadata", {})
    return bool(metadata.get(_LOST, metadata.get("RetryAttempts", 0)))


def _raise_ours(caught_exception: Any, **_: Any) -> None:
    """Raise an error of the source of a body as it is: botocore takes it for one of the connection,
    and repeats the request.
    """
    error = getattr(caught_exception, "kwargs", {}).get("error")
    if isinstance(error, QuiltOpsError):
        raise error


def _note_lost(response: Any, request_dict: dict[str, Any], **_: Any) -> None:
    """Called after each attempt: the request may have arrived although no answer, or a failure, was
    received.
    """
    if response is None or response[0].status_code >= 500:
        request_dict["context"][_LOST] = True


def _tell_lost(parsed: Any, context: Any, **_: Any) -> None:
    parsed["ResponseMetadata"][_LOST] = context.get(_LOST, False)


def _is_genuine(operation: str, parsed: Any) -> bool:
    wanted = _FIELDS.get(operation)
    good = parsed["ResponseMetadata"]["HTTPStatusCode"] < 300
    return wanted is None or not good or any(parsed.get(name) not in _NOTHING for name in wanted)


def _again(response: Any, operation: Any, attempts: int, **_: Any) -> float | None:
    """The number of seconds to wait before the next attempt; None for no further attempt."""
    if response is None or attempts >= _ATTEMPTS or _is_genuine(operation.name, response[1]):
        return None
    return _FIRST_PAUSE * 2.0**attempts * random.random()  # noqa: S311 - spreads load


def _refuse(parsed: Any, model: Any, **_: Any) -> None:
    if not _is_genuine(model.name, parsed):
        raise TransportError(
            f"The answer to {model.name} did not come from S3, but from something in between.",
            hint="Check the network: a proxy or a login page may stand in the way.",
            context={"operation": model.name},
        )
