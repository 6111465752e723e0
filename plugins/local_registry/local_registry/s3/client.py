"""boto3 clients for S3."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

S3Client = Any  # boto3 makes the class of a client when it is asked for one


def s3_client(endpoint: str, access_key: str, secret_key: str, region: str) -> S3Client:
    """A client with path-style addresses for the endpoint, for up to 64 threads at once."""
    session = boto3.Session(
        aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name=region
    )
    config = Config(
        s3={"addressing_style": "path"},
        max_pool_connections=64,
        retries={"total_max_attempts": 3, "mode": "standard"},
        request_checksum_calculation="when_required",
    )
    return session.client("s3", endpoint_url=endpoint, config=config)
