"""The administration room: the catalog's buckets."""

from __future__ import annotations

from quilt3_backend.connection import Connection
from quilt_core.registry.rooms import RegistryAdminBuckets


class AdminBuckets(RegistryAdminBuckets):
    """The hooks for buckets.

    Not by `quilt3.admin.buckets`: its documents leave out `browsable`, and older registries refuse
    them for asking for `prefixes` (protocol note C.2).
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.registry)
