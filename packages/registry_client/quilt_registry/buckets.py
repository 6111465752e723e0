"""Registries that are buckets of a catalog."""

from __future__ import annotations

from quilt_core.domain.buckets import BucketInfo
from quilt_core.domain.names import Registry
from quilt_core.errors import NotFoundError, NotSupportedError
from quilt_registry import fields
from quilt_registry.graphql.client import GraphQLClient


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
    buckets = [_bucket(node) for node in fields.get_objects(data, "buckets")]
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
