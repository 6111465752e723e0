# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `AwsOps`, a part of the facade."""

from __future__ import annotations

from typing import Any

from quilt_core.aio.calls import AsyncGroup
from quilt_core.ops.aws import AwsOps


class AsyncAwsOps(AsyncGroup):
    """boto3 clients that act with the connection's identity."""

    _ops: AwsOps

    async def get_boto3_client(self, service_name: str, region: str | None = None) -> Any:
        """A boto3 client whose credentials renew themselves.

        Raises `AuthenticationError` when the registry gives none to this identity; the
        process's own AWS identity is used only when the settings say so.
        """
        return await self._calls.run(self._ops.get_boto3_client, service_name, region)

    get_aws_client = get_boto3_client
