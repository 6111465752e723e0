"""Credentials of a boto3 session in the form that data libraries accept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from quilt_core.domain.choices import StorageLibrary
from quilt_core.errors import AuthenticationError
from quilt_registry.aws.access import S3_REGION, make_client
from quilt_registry.given import given
from quilt_registry.s3.errors import s3_errors

if TYPE_CHECKING:
    import boto3


def storage_options(
    session: boto3.Session, library: StorageLibrary, bucket: str | None
) -> dict[str, Any]:
    """The result of the hook `get_storage_options`, with the rights and the region of a session."""
    credentials = session.get_credentials()
    if credentials is None:
        raise AuthenticationError("This process has no AWS credentials of its own.")
    region = session.region_name
    client = make_client(session, "s3", region or S3_REGION)
    if bucket is not None:
        with s3_errors("find the region of", f"s3://{bucket}"):
            region = client.head_bucket(Bucket=bucket).get("BucketRegion", region)
    endpoint = None
    if os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"):
        endpoint = client.meta.endpoint_url
    keys = credentials.get_frozen_credentials()
    make = _fsspec if library is StorageLibrary.FSSPEC else _object_store
    return make(keys.access_key, keys.secret_key, keys.token, region, endpoint)


def _fsspec(
    key: str | None, secret: str | None, token: str | None, region: str | None, endpoint: str | None
) -> dict[str, Any]:
    client = given({"region_name": region, "endpoint_url": endpoint})
    return given({"key": key, "secret": secret, "token": token, "client_kwargs": client or None})


def _object_store(
    key: str | None, secret: str | None, token: str | None, region: str | None, endpoint: str | None
) -> dict[str, Any]:
    plain = endpoint is not None and endpoint.startswith("http://")
    return given(
        {
            "aws_access_key_id": key,
            "aws_secret_access_key": secret,
            "aws_session_token": token,
            "aws_region": region,
            "aws_endpoint_url": endpoint,
            "aws_allow_http": "true" if plain else None,
        }
    )
