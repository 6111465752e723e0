"""Registries that are buckets of a catalog."""

from __future__ import annotations

from quilt_core.domain.names import Registry
from quilt_core.error_messages import registry_not_found
from quilt_core.errors import NotSupportedError
from quilt_registry.graphql.client import GraphQLClient


def bucket_of(registry: Registry, operation: str) -> str:
    """The registry's bucket; raises `NotSupportedError` for a local registry."""
    if registry.bucket is None:
        raise NotSupportedError(
            operation,
            reason=f"{registry} is a local folder, which a catalog cannot access.",
            hint="Use an s3:// registry, or the quilt3 backend.",
        )
    return registry.bucket


def check_readable(client: GraphQLClient, registry: Registry) -> None:
    """Check a bucket by requesting its packages; raises `NotFoundError` if it does not exist or
    cannot be read.
    """
    variables = {"bucket": registry.bucket, "filter": None, "number": 1, "perPage": 1}
    if client.run("list_packages", variables).get("packages") is None:
        raise registry_not_found(registry)
