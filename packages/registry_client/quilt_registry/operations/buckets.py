"""Bucket operations."""

from __future__ import annotations

from quilt_core.auth_context import not_logged_in
from quilt_core.domain.buckets import BucketInfo
from quilt_core.hookspecs import hookimpl
from quilt_registry import fields
from quilt_registry.connection import Connection


class BucketOperations:
    """Implements the hooks of `quilt_core.hookspecs.buckets`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def list_buckets(self) -> list[BucketInfo]:
        """GraphQL `buckets`, or `bucketConfigs` where the schema lacks it."""
        client = self._connection.client()
        data = client.run("list_buckets")
        buckets = [_bucket(node) for node in fields.get_objects(data, "buckets")]
        if not buckets and client.bearer is None:
            raise not_logged_in("nothing here is open to everybody.")
        return sorted(buckets, key=lambda bucket: bucket.name)


def _bucket(node: fields.Node) -> BucketInfo:
    return BucketInfo(
        name=fields.get_str(node, "name"),
        title=fields.get_str(node, "title"),
        description=fields.get_optional_str(node, "description"),
        icon_url=fields.get_optional_str(node, "iconUrl"),
        tags=fields.get_optional_strs(node, "tags") or (),
        relevance_score=fields.get_int(node, "relevanceScore"),
        browsable=fields.get_bool(node, "browsable"),
    )
