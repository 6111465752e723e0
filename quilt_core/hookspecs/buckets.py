# mypy: disable-error-code="empty-body"
"""Bucket operations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.buckets import BucketInfo


@hookspec(firstresult=True)
def list_buckets() -> Iterable[BucketInfo]:
    """List the catalog's buckets; called for `ops.list_buckets()`.

    Arguments: none.

    Returns: the catalog's buckets that the active role can read, not all buckets of an AWS account;
    none for a role that can read no bucket.

    Raises: `AuthenticationError`, `PermissionDeniedError`, `TransportError`, `ProtocolError`. For
    an anonymous connection, the listing is empty, or `AuthenticationError` is raised.

    Ordering and completeness: by name; all of them.

    Since: 1. Source: GraphQL `buckets`, or `bucketConfigs` on registries that lack it.

    Example: ``[BucketInfo(name="open-data", title="Open data", …)]``.
    """
