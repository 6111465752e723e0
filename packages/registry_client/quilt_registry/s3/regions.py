"""Requests go to the bucket's own region, which is looked up once per bucket and process.

botocore follows S3's redirections to another region, separately for each request and client. The
user of a signed URL cannot; so the regions are kept here for all clients, and looked up when a URL
is signed.
"""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlsplit

from quilt_registry.s3.errors import s3_errors

_HEADER = "x-amz-bucket-region"
_AWS = (".amazonaws.com", ".amazonaws.com.cn")
_lock = threading.Lock()
_known: dict[tuple[str, str], str] = {}
"""Regions by S3 service (a custom endpoint, or AWS) and bucket, whose name is unique in the
service.
"""


def use_bucket_regions(s3: Any) -> None:
    """Make an S3 client send and sign every request for the region of its bucket, once that is
    known.
    """
    service = _service(s3)

    def choose(
        builtins: dict[str, Any], params: dict[str, Any], context: dict[str, Any], **_: Any
    ) -> None:
        region = _known.get((service, str(params.get("Bucket"))))
        if region is not None:
            builtins["AWS::Region"] = region
            # botocore signs URLs for the client's region unless the context names another.
            context.setdefault("signing", {})["region"] = region

    def learn(response: Any, request_dict: dict[str, Any], **_: Any) -> None:
        """Learn the region from an answer that redirects a request."""
        if response is None:
            return
        region = response[1].get("ResponseMetadata", {}).get("HTTPHeaders", {}).get(_HEADER)
        bucket = request_dict.get("context", {}).get("s3_redirect", {}).get("bucket")
        if region and bucket:
            _note(service, bucket, region)

    s3.meta.events.register("before-endpoint-resolution.s3", choose)
    s3.meta.events.register_first("needs-retry.s3", learn)


def find_bucket_region(s3: Any, bucket: str) -> str | None:
    """The region of a bucket; requested with `HeadBucket` if it is not known yet.

    Parameters
    ----------
    s3:
        A client of `use_bucket_regions`. A client that may not list the bucket learns its region
        nevertheless.
    bucket:
        The bucket's name; the ARN of an access point contains its region.

    Returns
    -------
    str or None
        None if the service does not report it, as some S3-compatible services.

    Raises
    ------
    TransportError
        When S3 could not be asked.
    """
    service = _service(s3)
    if bucket.startswith("arn:"):
        return bucket.split(":")[3] or None
    if (service, bucket) not in _known:
        from botocore.exceptions import ClientError

        with s3_errors("find the region of", f"s3://{bucket}"):
            try:
                answer: Any = s3.head_bucket(Bucket=bucket)
            except ClientError as error:
                if error.response["ResponseMetadata"].get("HTTPStatusCode", 500) >= 500:
                    raise
                answer = error.response
        region = answer["ResponseMetadata"].get("HTTPHeaders", {}).get(_HEADER)
        if region:
            _note(service, bucket, region)
    return _known.get((service, bucket))


def forget_bucket_regions() -> None:
    """Forget all regions, as tests do that must be independent of earlier ones."""
    with _lock:
        _known.clear()


def _note(service: str, bucket: str, region: str) -> None:
    with _lock:
        _known[service, bucket] = region


def _service(s3: Any) -> str:
    host = urlsplit(s3.meta.endpoint_url).netloc
    return "aws" if host.endswith(_AWS) else host
