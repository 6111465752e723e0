"""The administration room: the catalog's buckets."""

from __future__ import annotations

from quilt_core.registry.rooms import RegistryAdminBuckets


class AdminBucketsRoom(RegistryAdminBuckets):
    """The registry's own answers; this backend adds nothing to them."""
