"""Registries that are buckets of a catalog."""

from __future__ import annotations

from quilt_core.domain.names import Registry
from quilt_core.errors import NotSupportedError


def bucket_of(registry: Registry, operation: str) -> str:
    """The registry's bucket; `NotSupportedError` for a local registry."""
    if registry.bucket is None:
        raise NotSupportedError(
            operation,
            reason=f"{registry} is a folder of this machine, which no catalog knows.",
            hint="Use an s3:// registry, or the quilt3 backend.",
        )
    return registry.bucket
