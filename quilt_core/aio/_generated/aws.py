# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `AwsOps`, a part of the facade."""

from __future__ import annotations

from typing import Any

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.objects import StorageLibrary, StorageLibraryName
from quilt_core.ops.aws import AwsOps


class AsyncAwsOps(AsyncGroup):
    """boto3, and credentials for other libraries, that act with the connection's identity."""

    _ops: AwsOps

    async def get_boto3_client(self, service_name: str, region: str | None = None) -> Any:
        """A boto3 client whose credentials renew themselves.

        Raises `AuthenticationError` when the registry gives none to this identity; the
        process's own AWS identity is used only when the settings say so.
        """
        return await self._calls.run(self._ops.get_boto3_client, service_name, region)

    get_aws_client = get_boto3_client

    async def get_boto3_session(self, region: str | None = None) -> Any:
        """A `boto3.Session` whose credentials renew themselves, for libraries that take one.

        Raises as `get_boto3_client`.
        """
        return await self._calls.run(self._ops.get_boto3_session, region)

    async def get_storage_options(
        self,
        library: StorageLibrary | StorageLibraryName = StorageLibrary.FSSPEC,
        bucket: str | None = None,
    ) -> dict[str, Any]:
        """What data libraries take as `storage_options`, to reach S3 as this identity.

            pandas.read_csv("s3://bucket/a.csv", storage_options=ops.get_storage_options())

        Parameters
        ----------
        library:
            "fsspec" (pandas, s3fs, dask) or "object_store" (polars, delta-rs).
        bucket:
            A bucket whose own region is wanted, `name` or `s3://name`, which polars needs; None
            for the configured region, else the catalog's.

        What comes back is a secret, and good as long as the credentials are, an hour as a rule.
        Raises as `get_boto3_client`; `NotFoundError` for a bucket that is not there.
        """
        return await self._calls.run(self._ops.get_storage_options, library, bucket)
