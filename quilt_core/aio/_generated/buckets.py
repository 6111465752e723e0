# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `BucketOps`, a part of the facade."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.buckets import BucketInfo
from quilt_core.domain.listing import Listing
from quilt_core.ops.buckets import BucketOps


class AsyncBucketOps(AsyncGroup):
    """The catalog's buckets."""

    _ops: BucketOps

    async def list_buckets(self) -> Listing[BucketInfo]:
        """List the buckets that the catalog knows and the active role can read, by name.

        Returns
        -------
        Listing[BucketInfo]
            All of these buckets. Other buckets of the AWS account are never listed.

        Raises
        ------
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.list_buckets)
