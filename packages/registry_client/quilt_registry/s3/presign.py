"""URLs that download one object for a limited time, without further credentials."""

from __future__ import annotations

from typing import Any

from quilt_registry.s3.errors import s3_errors
from quilt_registry.s3.regions import find_bucket_region


def presign_object(
    s3: Any, bucket: str, key: str, version_id: str | None, *, expires_in: int = 3600
) -> str:
    """Sign a GET of an object for its bucket's region, which is requested from S3 the first time.

    Parameters
    ----------
    s3, bucket, key:
        The client whose credentials sign, and the object.
    version_id:
        The version; None for the version that is current when the URL is used.
    expires_in:
        The number of seconds for which the URL is valid; at most as long as the credentials.

    Returns
    -------
    str
        The URL, which is a secret while it is valid.

    Raises
    ------
    AuthenticationError
        When there are no credentials.
    TransportError
        When S3 could not be asked.
    """
    params = {"Bucket": bucket, "Key": key}
    if version_id is not None:
        params["VersionId"] = version_id
    find_bucket_region(s3, bucket)  # from here on the client signs for it
    with s3_errors("sign a URL for", f"s3://{bucket}/{key}"):
        url: str = s3.generate_presigned_url("get_object", Params=params, ExpiresIn=expires_in)
    return url
