"""AWS operations: boto3 with this identity's rights, never silently with the process's own."""

from __future__ import annotations

from typing import Any

from quilt_registry.aws.access import AwsAccess
from quilt_registry.aws.storage_options import storage_options
from quilt_registry.connection import Connection

from quilt_core import StorageLibrary, hookimpl


class AwsOperations:
    """Implements the hooks of `quilt_core.hookspecs.aws`."""

    def __init__(self, connection: Connection, access: AwsAccess) -> None:
        self._connection = connection
        self._access = access

    @hookimpl
    def get_boto3_client(self, service_name: str, region: str | None) -> Any:
        """A client whose credentials come from the registry and renew themselves."""
        return self._access.client(self._connection.identity(), service_name, region)

    @hookimpl
    def get_boto3_session(self, region: str | None) -> Any:
        """A session whose credentials come from the registry and renew themselves."""
        return self._access.session(self._connection.identity(), region)

    @hookimpl
    def get_storage_options(self, library: StorageLibrary, bucket: str | None) -> dict[str, Any]:
        """The current credentials of such a session."""
        return storage_options(self.get_boto3_session(None), library, bucket)
