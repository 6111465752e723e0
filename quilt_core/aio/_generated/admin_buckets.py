# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `BucketAdminOps`, a part of `ops.admin`."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.admin import Acknowledgement, BucketConfig, BucketSettings
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.buckets import BucketAdminOps


class AsyncBucketAdminOps(AsyncGroup):
    """Buckets; each operation raises `PermissionDeniedError` for everybody but administrators."""

    _ops: BucketAdminOps

    async def list_buckets(self) -> Listing[BucketConfig]:
        """All buckets of the catalog, by name."""
        return await self._calls.run(self._ops.list_buckets)

    async def get_bucket(self, name: str) -> BucketConfig:
        """A bucket's configuration; `NotFoundError` when the catalog does not have it."""
        return await self._calls.run(self._ops.get_bucket, name)

    async def add_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """Add an S3 bucket to the catalog; `ConflictError` when the catalog has it."""
        return await self._calls.run(self._ops.add_bucket, name, settings)

    async def update_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """Change a bucket's configuration."""
        return await self._calls.run(self._ops.update_bucket, name, settings)

    async def remove_bucket(self, name: str) -> Acknowledgement:
        """Take a bucket out of the catalog; its objects stay."""
        return await self._calls.run(self._ops.remove_bucket, name)

    async def reindex_bucket(self, name: str, prefix: str | None = None) -> Acknowledgement:
        """Start to reindex a bucket, or the objects whose keys begin with `prefix`.

        The registry goes on with it after this returns. `ConflictError` while it is at it already;
        `NotFoundError` when the catalog does not have the bucket.
        """
        return await self._calls.run(self._ops.reindex_bucket, name, prefix)
