# mypy: disable-error-code="empty-body"
"""AWS operations."""

from __future__ import annotations

from typing import Any

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
