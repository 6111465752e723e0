"""`restoreObject`: bring an archived object back for some days, as S3 does it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from local_registry.identity.errors import InvalidInputError
from local_registry.s3.client import S3Client
from local_registry.storage.errors import failed

_TIERS = {"STANDARD": "Standard", "BULK": "Bulk", "EXPEDITED": "Expedited"}
"""GraphQL's names of the tiers, and those of S3."""


def restore(s3: S3Client, bucket: str, key: str, version: str | None, tier: str, days: int) -> bool:
    """Ask S3 to restore an object; whether it was restored already.

    Raises
    ------
    InvalidInputError
        `InvalidDays` for a number of days that is not positive.
    OperationFailedError
        `AWSError` with S3's status and code: no such object, or one that is not archived.
    """
    if days < 1:
        raise InvalidInputError.at("days", "InvalidDays", "It is a positive number.")
    named: dict[str, Any] = {"Bucket": bucket, "Key": key}
    if version is not None:
        named["VersionId"] = version
    request = {"Days": days, "GlacierJobParameters": {"Tier": _TIERS[tier]}}
    try:
        answer = s3.restore_object(**named, RestoreRequest=request)
    except ClientError as error:
        details = error.response["Error"]
        raise failed(
            "AWSError",
            details["Message"],
            status_code=error.response["ResponseMetadata"]["HTTPStatusCode"],
            error_code=details["Code"],
        ) from error
    # S3 accepts a new restoration with 202, and answers 200 when the object is restored already.
    return bool(answer["ResponseMetadata"]["HTTPStatusCode"] == 200)
