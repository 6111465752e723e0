"""Multipart uploads, which leave no parts behind if they fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from quilt_core import deadline
from quilt_core.errors import QuiltOpsError

_ABORT_SECONDS = 10.0
"""The number of seconds in which attempts to abort an upload may start."""


def sign_checksums_of_parts(s3: Any) -> None:
    """Prevent a boto3 client from hashing parts whose SHA-256 is given.

    botocore would hash them a second time to sign the bytes themselves. The signature covers the
    checksum, which S3 verifies, and therefore also the bytes; botocore does the same for checksums
    that it computes. A user's own setting `payload_signing_enabled` is kept.
    """
    s3.meta.events.register(
        "before-call.s3.UploadPart", _sign_checksum, unique_id="quiltops-sign-checksum"
    )


def _sign_checksum(params: dict[str, Any], **_: Any) -> None:
    from botocore.config import Config

    context = params["context"]
    config = context.get("client_config")
    settings: Any = getattr(config, "s3", None) or {}
    if config is None or "payload_signing_enabled" in settings:
        return
    if "x-amz-checksum-sha256" in params["headers"]:
        settings = {**settings, "payload_signing_enabled": False}
        context["client_config"] = config.merge(Config(s3=settings))


@contextmanager
def aborted_on_failure(s3: Any, upload: Mapping[str, str]) -> Iterator[None]:
    """Abort a multipart upload if the block fails; the original exception is raised.

    Parameters
    ----------
    s3:
        A boto3 client.
    upload:
        `Bucket`, `Key` and `UploadId`.
    """
    try:
        yield
    except BaseException:
        abort(s3, upload)
        raise


def abort(s3: Any, upload: Mapping[str, str]) -> bool:
    """Abort a multipart upload; returns whether S3 has removed its parts.

    If that fails, the bucket's own rules for unfinished uploads apply.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    # The upload may have stopped because the call's time is over, so this has its own time limit.
    try:
        with deadline.unlimited(), deadline.within(_ABORT_SECONDS):
            s3.abort_multipart_upload(**upload)
    except ClientError as error:
        return error.response.get("Error", {}).get("Code") in ("NoSuchUpload", "NoSuchBucket")
    except (BotoCoreError, QuiltOpsError):
        return False
    return True
