# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `BucketAdminOps`, a part of `ops.admin`."""

from __future__ import annotations

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.admin import BucketConfig, BucketSettings
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.buckets import BucketAdminOps


class AsyncBucketAdminOps(AsyncGroup):
    """Buckets; each operation raises `PermissionDeniedError` unless the identity is an
    administrator.
    """

    _ops: BucketAdminOps

    async def list_buckets(self) -> Listing[BucketConfig]:
        """List all buckets of the catalog, by name.

        Returns
        -------
        Listing[BucketConfig]
            All buckets, including those that the active role cannot read.

        Raises
        ------
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.list_buckets)

    async def get_bucket(self, name: str) -> BucketConfig:
        """Read a bucket's configuration.

        Parameters
        ----------
        name:
            The bucket's name, or `s3://name`.

        Returns
        -------
        BucketConfig
            The configuration.

        Raises
        ------
        NotFoundError
            When the catalog does not have the bucket.
        ValidationError
            When the name is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_bucket, name)

    async def add_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """Add an S3 bucket to the catalog.

        Parameters
        ----------
        name:
            An S3 bucket that the catalog does not have: its name, or `s3://name`.
        settings:
            The settings, as `BucketSettings`.

        Returns
        -------
        BucketConfig
            The configuration that the registry has now.

        Raises
        ------
        ConflictError
            When the catalog has the bucket.
        NotFoundError
            When there is no such S3 bucket.
        ValidationError
            When the name is malformed, or the registry refuses the settings.
        BackendError
            When the registry cannot add it for another reason, which the message gives.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.add_bucket, name, settings)

    async def update_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """Change a bucket's configuration.

        Parameters
        ----------
        name:
            The bucket's name, or `s3://name`.
        settings:
            The new settings, as `BucketSettings`. A field that is None is not sent, so that the
            registry keeps it. To be certain, change the present settings:
            `attrs.evolve(bucket.to_settings(), title=…)`.

        Returns
        -------
        BucketConfig
            The configuration that the registry has now.

        Raises
        ------
        NotFoundError
            When the catalog does not have the bucket.
        ValidationError
            When the name is malformed, or the registry refuses the settings.
        BackendError
            When the registry cannot change it for another reason, which the message gives.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.update_bucket, name, settings)

    async def remove_bucket(self, name: str) -> Acknowledgement:
        """Remove a bucket from the catalog; its objects stay.

        Parameters
        ----------
        name:
            The bucket's name, or `s3://name`.

        Returns
        -------
        Acknowledgement
            A confirmation that it was done.

        Raises
        ------
        NotFoundError
            When the catalog does not have the bucket.
        ConflictError
            While it is being indexed.
        ValidationError
            When the name is malformed.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.remove_bucket, name)

    async def reindex_bucket(self, name: str, prefix: str | None = None) -> Acknowledgement:
        """Start to re-index a bucket; the registry continues after this call returns.

        Parameters
        ----------
        name:
            The bucket's name, or `s3://name`.
        prefix:
            Only objects whose keys begin with this; None for the whole bucket.

        Returns
        -------
        Acknowledgement
            A confirmation that the work has begun.

        Raises
        ------
        NotFoundError
            When the catalog does not have the bucket.
        ConflictError
            While it is being indexed already.
        ValidationError
            When the name is malformed, or `prefix` is empty.
        PermissionDeniedError
            When this identity is not an administrator.
        AuthenticationError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.reindex_bucket, name, prefix)
