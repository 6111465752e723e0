# mypy: disable-error-code="empty-body"
"""AWS operations."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.choices import StorageLibrary
from quilt_core.hookspecs.markers import hookspec


@hookspec(firstresult=True)
def get_boto3_client(service_name: str, region: str | None = None) -> Any:
    """Create a boto3 client with this identity's credentials; for `ops.get_boto3_client()`.

    Arguments:
        service_name: a boto3 service, such as `s3` or `athena`.
        region: an AWS region; None for the configured one, or otherwise the catalog's.

    Returns: a `botocore.client.BaseClient` whose credentials are renewed automatically.

    Raises: `AuthenticationError` if the registry issues no credentials to this identity (the
    process's own AWS identity is used only if the settings select it); `ValidationError` for an
    unknown service; `TransportError`, `ProtocolError`.

    Since: 1. Source: `GET {registry}/api/auth/get_credentials`, docs/protocol.md, B.5.

    Example: ``get_boto3_client("s3", None).list_objects_v2(Bucket="open-data")``.
    """


@hookspec(firstresult=True)
def get_boto3_session(region: str | None = None) -> Any:
    """Create a boto3 session with this identity's credentials; for `ops.get_boto3_session()`.

    Arguments:
        region: an AWS region; None for the configured one, or otherwise the catalog's, if there is
            one.

    Returns: a `boto3.Session` whose credentials are renewed automatically, for libraries that take
    one. It contains nothing from the process's AWS profile.

    Raises: `AuthenticationError` if the registry issues no credentials to this identity (the
    process's own AWS identity is used only if the settings select it); `TransportError`,
    `ProtocolError`.

    Since: 1. Source: `GET {registry}/api/auth/get_credentials`, docs/protocol.md, B.5.

    Example: ``get_boto3_session(None).resource("s3")``.
    """


@hookspec(firstresult=True)
def get_storage_options(
    library: StorageLibrary = StorageLibrary.FSSPEC, bucket: str | None = None
) -> dict[str, Any]:
    """Return options for data libraries to access S3; for `ops.get_storage_options()`.

    Arguments:
        library: the library whose option names are used; see `StorageLibrary`.
        bucket: a bucket whose region the options contain; None for the configured region, or
            otherwise the catalog's.

    Returns: a dictionary for the parameter `storage_options` with the access key, the secret, the
    session token, and the region and endpoint if they are known. It is a secret, and valid as long
    as the credentials (usually an hour, at least ten minutes), which are not renewed.

    Raises: as `get_boto3_session`; `NotFoundError` and `PermissionDeniedError` for a bucket.

    Since: 1. Source: `GET {registry}/api/auth/get_credentials`; S3 HeadBucket.

    Example: ``{"key": "ASIA…", "secret": "…", "token": "…", "client_kwargs": {…}}``.
    """
