"""AWS operations: boto3 with this identity's rights, never silently with the process's own."""

from __future__ import annotations

from typing import Any

from quilt_registry.aws.access import AwsAccess
from quilt_registry.connection import Connection

from quilt_core import hookimpl


class AwsOperations:
    """Implements the hook of `quilt_core.hookspecs.aws`."""

    def __init__(self, connection: Connection, access: AwsAccess) -> None:
        self._connection = connection
        self._access = access

    @hookimpl
    def get_boto3_client(self, service_name: str, region: str | None) -> Any:
        """A client whose credentials come from the registry and renew themselves."""
        return self._access.client(self._connection.identity(), service_name, region)
