"""Bucket operations of the facade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_core import domain
from quilt_core.domain.listing import Listing
from quilt_core.ops.group import OperationGroup

if TYPE_CHECKING:
    from quilt_core.domain.buckets import BucketInfo


class BucketOps(OperationGroup):
    """The catalog's buckets."""

    def list_buckets(self) -> Listing[BucketInfo]:
        """List the buckets that the catalog knows and the active role can read, by name.

        Returns
        -------
        Listing[BucketInfo]
            All of these buckets. Other buckets of the AWS account are never listed.

        Raises
        ------
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print([bucket.name for bucket in ops.list_buckets()])
        ['demo-data', 'demo-shared']
        """
        return self._dispatch.collect("list_buckets", domain.BucketInfo)
