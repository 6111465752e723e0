# mypy: disable-error-code="empty-body"
"""AWS operations."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.objects import StorageLibrary
from quilt_core.hookspecs.markers import hookspec


@hookspec(firstresult=True)
def get_boto3_client(service_name: str, region: str | None = None) -> Any:
    """Make a boto3 client that acts with this identity's rights; for `ops.get_boto3_client()`.

    Arguments:
        service_name: a boto3 service, such as `s3` or `athena`.
        region: an AWS region; None for the configured one, else the catalog's.

    Returns: a `botocore.client.BaseClient` whose credentials renew themselves.

    Raises: `AuthenticationError` when the registry gives no credentials to this identity: the
    process's own AWS identity is used only when the settings ask for it by name;
    `ValidationError` for an unknown service; `TransportError`, `ProtocolError`.

    Since: 1. Source: `GET {registry}/api/auth/get_credentials`, docs/protocol.md, B.5.

    Example: ``get_boto3_client("s3", None).list_objects_v2(Bucket="open-data")``.
    """


@hookspec(firstresult=True)
def get_boto3_session(region: str | None = None) -> Any:
    """Make a boto3 session that acts with this identity's rights; for `ops.get_boto3_session()`.

    Arguments:
        region: an AWS region; None for the configured one, else the catalog's, else none.

    Returns: a `boto3.Session` whose credentials renew themselves, for libraries that take one.
    Nothing of the process's AWS profile is in it.

    Raises: `AuthenticationError` when the registry gives no credentials to this identity: the
    process's own AWS identity is used only when the settings ask for it by name;
    `TransportError`, `ProtocolError`.

    Since: 1. Source: `GET {registry}/api/auth/get_credentials`, docs/protocol.md, B.5.

    Example: ``get_boto3_session(None).resource("s3")``.
    """


@hookspec(firstresult=True)
def get_storage_options(
    library: StorageLibrary = StorageLibrary.FSSPEC, bucket: str | None = None
) -> dict[str, Any]:
    """Give what data libraries take to reach S3 as this identity; `ops.get_storage_options()`.

    Arguments:
        library: whose names the options have; see `StorageLibrary`.
        bucket: a bucket whose own region the options name; None for the configured region, else
            the catalog's.

    Returns: a dictionary for the parameter `storage_options`: access key, secret, session token,
    and region and endpoint where they are known. It is a secret, good as long as the credentials
    are (an hour as a rule, ten minutes at least); they do not renew themselves.

    Raises: as `get_boto3_session`; `NotFoundError` and `PermissionDeniedError` for a bucket.

    Since: 1. Source: `GET {registry}/api/auth/get_credentials`; S3 HeadBucket.

    Example: ``{"key": "ASIA…", "secret": "…", "token": "…", "client_kwargs": {…}}``.
    """
