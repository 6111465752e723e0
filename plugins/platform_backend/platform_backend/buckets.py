"""The buckets room."""

from __future__ import annotations

from platform_backend.connection import Connection
from quilt_core import hookimpl
from quilt_core.domain.buckets import BucketInfo
from quilt_core.http import wire


class BucketsRoom:
    """Implements the hooks of `quilt_core.hookspecs.buckets`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def list_buckets(self) -> list[BucketInfo]:
        """GraphQL `buckets`, or `bucketConfigs` where the schema lacks it."""
        data = self._connection.client().run("list_buckets")
        buckets = [_bucket(node) for node in wire.children(data, "buckets")]
        return sorted(buckets, key=lambda bucket: bucket.name)


def _bucket(node: wire.Node) -> BucketInfo:
    return BucketInfo(
        name=wire.text(node, "name"),
        title=wire.text(node, "title"),
        description=wire.optional_text(node, "description"),
        icon_url=wire.optional_text(node, "iconUrl"),
        tags=wire.optional_texts(node, "tags") or (),
        relevance_score=wire.integer(node, "relevanceScore"),
        browsable=wire.flag(node, "browsable"),
    )
