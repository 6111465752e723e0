"""Administration operations: the catalog's buckets."""

from __future__ import annotations

from quilt_core.auth_context import not_logged_in
from quilt_core.domain.admin import Acknowledgement, BucketConfig, BucketSettings
from quilt_core.hookspecs import hookimpl
from quilt_registry import bucket_configs
from quilt_registry.connection import Connection


class AdminBucketOperations:
    """Implements the hooks of `quilt_core.hookspecs.admin.buckets` over a connection."""

    def __init__(self, connection: Connection) -> None:
        self._registry = connection

    @hookimpl
    def admin_list_buckets(self) -> list[BucketConfig]:
        """GraphQL `bucketConfigs`."""
        client = self._registry.client()
        found = bucket_configs.list_configs(client)
        if not found and client.bearer is None:
            raise not_logged_in("nothing here is open to everybody.")
        return found

    @hookimpl
    def admin_get_bucket(self, name: str) -> BucketConfig:
        """GraphQL `bucketConfig`."""
        return bucket_configs.get_config(self._registry.client(), name)

    @hookimpl
    def admin_add_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """GraphQL `bucketAdd`."""
        return bucket_configs.add_config(self._registry.client(), name, settings)

    @hookimpl
    def admin_update_bucket(self, name: str, settings: BucketSettings) -> BucketConfig:
        """GraphQL `bucketUpdate`."""
        return bucket_configs.update_config(self._registry.client(), name, settings)

    @hookimpl
    def admin_remove_bucket(self, name: str) -> Acknowledgement:
        """GraphQL `bucketRemove`."""
        bucket_configs.remove_config(self._registry.client(), name)
        return Acknowledgement(action="admin_remove_bucket", subject=name)
