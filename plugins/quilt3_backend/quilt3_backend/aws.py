"""AWS operations."""

from __future__ import annotations

from typing import Any

from quilt3_backend.connection import Connection
from quilt_core.hookspecs import hookimpl


class AwsOperations:
    """Implements the hook of `quilt_core.hookspecs.aws`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def get_boto3_client(self, service_name: str, region: str | None) -> Any:
        """See the hook; not `quilt3.get_boto3_session()`, which falls back to other identities."""
        return self._connection.client(service_name, region)
