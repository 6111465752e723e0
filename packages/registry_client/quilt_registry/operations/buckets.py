"""Buckets operations."""

from __future__ import annotations

from quilt_core.auth_context import not_logged_in
from quilt_core.domain.buckets import BucketInfo
from quilt_core.hookspecs import hookimpl
from quilt_registry.buckets import list_buckets
from quilt_registry.connection import Connection


class BucketOperations:
    """Implements the hooks of `quilt_core.hookspecs.buckets`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def list_buckets(self) -> list[BucketInfo]:
        """GraphQL `buckets`, or `bucketConfigs` where the schema lacks it."""
        client = self._connection.client()
        buckets = list_buckets(client)
        if not buckets and client.bearer is None:
            raise not_logged_in("nothing here is open to everybody.")
        return buckets
