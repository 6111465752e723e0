# Generated from the hookspecs: `make docs-reference` writes this module.
"""Protocols of the operation group `buckets`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from quilt_core.domain.buckets import BucketInfo


class SupportsListBuckets(Protocol):
    """Implements `list_buckets`."""

    def list_buckets(self) -> Iterable[BucketInfo]:
        """See the specification."""
        ...


class BucketsOperations(
    SupportsListBuckets,
    Protocol,
):
    """All operations of the group `buckets`."""
