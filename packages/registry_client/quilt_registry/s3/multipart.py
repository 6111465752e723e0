"""Uploads in parts, of which one that fails leaves no parts behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from quilt_core import deadline
from quilt_core.errors import QuiltOpsError

_ABORT_SECONDS = 10.0
"""Seconds within which the attempts to abort an upload begin."""


def sign_checksums_of_parts(s3: Any) -> None:
    """Let a boto3 client hash no part that comes with its SHA-256.

    botocore hashes it a second time, to sign the bytes themselves. The signature covers the
    checksum, which S3 verifies, so that it covers the bytes all the same; botocore does so itself
    for the checksums that it computes. A user's own setting `payload_signing_enabled` stays.
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
    """Let S3 forget an upload's parts when the block fails; what stopped it is what is raised.

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
    """Let S3 forget an upload's parts; whether it has forgotten them.

    Where that fails, the bucket's own rules for unfinished uploads remain.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    # It may be the end of the call's time that stopped the upload: this takes time of its own.
    try:
        with deadline.unlimited(), deadline.within(_ABORT_SECONDS):
            s3.abort_multipart_upload(**upload)
    except ClientError as error:
        return error.response.get("Error", {}).get("Code") in ("NoSuchUpload", "NoSuchBucket")
    except (BotoCoreError, QuiltOpsError):
        return False
    return True
