"""Uploads in parts, of which one that fails leaves no parts behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from quilt_core import deadline
from quilt_core.errors import QuiltOpsError

_ABORT_SECONDS = 10.0
"""Seconds within which the attempts to abort an upload begin."""


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
        from botocore.exceptions import BotoCoreError, ClientError

        # It may be the end of the call's time that stopped the upload: this takes time of its own.
        # Where it fails as well, the bucket's own rules for unfinished uploads remain.
        with (
            suppress(BotoCoreError, ClientError, QuiltOpsError),
            deadline.unlimited(),
            deadline.within(_ABORT_SECONDS),
        ):
            s3.abort_multipart_upload(**upload)
        raise
