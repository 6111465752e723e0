# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `aws`."""

from __future__ import annotations

from typing import Any, Protocol

from quilt_core.domain.choices import StorageLibrary


class SupportsGetBoto3Client(Protocol):
    """Implements `get_boto3_client`."""

    def get_boto3_client(self, service_name: str, region: str | None) -> Any:
        """See the specification."""
        ...


class SupportsGetBoto3Session(Protocol):
    """Implements `get_boto3_session`."""

    def get_boto3_session(self, region: str | None) -> Any:
        """See the specification."""
        ...


class SupportsGetStorageOptions(Protocol):
    """Implements `get_storage_options`."""

    def get_storage_options(self, library: StorageLibrary, bucket: str | None) -> dict[str, Any]:
        """See the specification."""
        ...


class AwsOperations(
    SupportsGetBoto3Client,
    SupportsGetBoto3Session,
    SupportsGetStorageOptions,
    Protocol,
):
    """All operations of the group `aws`."""
