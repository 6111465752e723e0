"""Bucket operations of the facade."""

from __future__ import annotations

from quilt_core.domain.buckets import BucketInfo
from quilt_core.domain.listing import Listing
from quilt_core.ops.group import OperationGroup


class BucketOps(OperationGroup):
    """The catalog's buckets."""

    def list_buckets(self) -> Listing[BucketInfo]:
        """The buckets that the catalog knows and the active role can read, by name."""
        return self._dispatch.collect("list_buckets", BucketInfo)
