"""The tabulator room: SQL tables over packages."""

from __future__ import annotations

from quilt3_backend.connection import Connection
from quilt_core.registry.rooms import RegistryTabulator


class Tabulator(RegistryTabulator):
    """The hooks of the tabulator room.

    Not by `quilt3.admin.tabulator`: its documents are for administrators only, while whoever may
    write to a bucket may set its tables (protocol note C.6).
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.registry)
