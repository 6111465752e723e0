"""boto3 clients for S3."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import boto3
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from local_registry.identity.credentials import AwsCredentials

S3Client = Any  # boto3 makes the class of a client when it is asked for one


def s3_client(
    endpoint: str,
    access_key: str,
    secret_key: str,
    region: str,
    *,
    session_token: str | None = None,
) -> S3Client:
    """A client with path-style addresses for the endpoint, for up to 64 threads at once."""
    session = boto3.Session(
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        aws_session_token=session_token,
        region_name=region,
    )
    config = Config(
        s3={"addressing_style": "path"},
        signature_version="s3v4",
        max_pool_connections=64,
        retries={"total_max_attempts": 3, "mode": "standard"},
        request_checksum_calculation="when_required",
    )
    return session.client("s3", endpoint_url=endpoint, config=config)


def presigned_url(
    endpoint: str, credentials: AwsCredentials, region: str, physical_key: str, *, seconds: int
) -> str:
    """A URL that reads an object without further credentials for so many seconds.

    `physical_key` is a manifest's `s3://bucket/key[?versionId=...]`.
    """
    parts = urlsplit(physical_key)
    versions = parse_qs(parts.query).get("versionId", [])
    version = f"?versionId={quote(versions[0], safe='')}" if versions else ""
    path = quote(unquote(parts.path), safe="/~")
    request = AWSRequest(method="GET", url=f"{endpoint}/{parts.netloc}{path}{version}")
    keys = Credentials(credentials.access_key, credentials.secret_key, credentials.session_token)
    signer: Any = S3SigV4QueryAuth(keys, "s3", region, expires=seconds)
    signer.add_auth(request)
    return str(request.url)
