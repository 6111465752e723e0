"""Uploads in parts, of which one that fails leaves no parts behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from quilt_core.errors import QuiltOpsError


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

        # Where that fails as well, the bucket's own rules for unfinished uploads remain.
        with suppress(BotoCoreError, ClientError, QuiltOpsError):
            s3.abort_multipart_upload(**upload)
        raise
