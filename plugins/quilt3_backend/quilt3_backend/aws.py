"""AWS operations."""

from __future__ import annotations

from typing import Any

from quilt_registry.aws.storage_options import storage_options

from quilt3_backend.connection import Connection
from quilt_core.domain.choices import StorageLibrary
from quilt_core.hookspecs import hookimpl


class AwsOperations:
    """Implements the hooks of `quilt_core.hookspecs.aws`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def get_boto3_client(self, service_name: str, region: str | None) -> Any:
        """See the hook; not `quilt3.get_boto3_session()`, which falls back to other identities."""
        return self._connection.client(service_name, region)

    @hookimpl
    def get_boto3_session(self, region: str | None) -> Any:
        """See the hook."""
        return self._connection.session(region)

    @hookimpl
    def get_storage_options(self, library: StorageLibrary, bucket: str | None) -> dict[str, Any]:
        """See the hook."""
        return storage_options(self._connection.session(None), library, bucket)
