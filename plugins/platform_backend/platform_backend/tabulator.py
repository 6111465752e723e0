"""The tabulator room: SQL tables over packages."""

from __future__ import annotations

from quilt_core.registry.rooms import RegistryTabulator


class TabulatorRoom(RegistryTabulator):
    """The registry's own answers; this backend adds nothing to them."""
