"""AWS operations of the facade."""

from __future__ import annotations

from typing import Any

from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_text


class AwsOps(OperationGroup):
    """boto3 clients that act with the connection's identity."""

    def get_boto3_client(self, service_name: str, region: str | None = None) -> Any:
        """A boto3 client whose credentials renew themselves.

        Raises `AuthenticationError` when the registry gives none to this identity; the
        process's own AWS identity is used only when the settings say so.
        """
        return self._dispatch.call(
            "get_boto3_client",
            object,
            service_name=parse_text(service_name, "service_name", "s3"),
            region=region,
        )

    get_aws_client = get_boto3_client
