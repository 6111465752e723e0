"""Registries that are buckets of a catalog."""

from __future__ import annotations

from quilt_core.domain.buckets import BucketInfo
from quilt_core.domain.names import Registry
from quilt_core.errors import NotFoundError, NotSupportedError
from quilt_core.http import wire
from quilt_core.registry.client.graphql import GraphQLClient


def bucket_of(registry: Registry, operation: str) -> str:
    """The registry's bucket; `NotSupportedError` for a local registry."""
    if registry.bucket is None:
        raise NotSupportedError(
            operation,
            reason=f"{registry} is a folder of this machine, which no catalog knows.",
            hint="Use an s3:// registry, or the quilt3 backend.",
        )
    return registry.bucket


def no_registry(registry: Registry) -> NotFoundError:
    """The error for a registry that is not there, or that this identity cannot read."""
    return NotFoundError(
        f"The registry {registry} is not there, or cannot be read by this identity.",
        hint="list_buckets shows those that can.",
        context={"registry": registry.url},
    )


def list_buckets(client: GraphQLClient) -> list[BucketInfo]:
    """The catalog's buckets that this identity can read, by name.

    GraphQL `buckets`, or `bucketConfigs` where the schema lacks it. Raises as
    `GraphQLClient.run`.
    """
    data = client.run("list_buckets")
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
