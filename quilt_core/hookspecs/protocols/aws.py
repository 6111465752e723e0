# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `aws`."""

from __future__ import annotations

from typing import Any, Protocol


class SupportsGetBoto3Client(Protocol):
    """Implements `get_boto3_client`."""

    def get_boto3_client(self, service_name: str, region: str | None) -> Any:
        """See the specification."""
        ...


class AwsOperations(
    SupportsGetBoto3Client,
    Protocol,
):
    """All operations of the group `aws`."""
