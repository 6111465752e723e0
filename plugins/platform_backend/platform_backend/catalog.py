"""The catalog room: who we are, where the registry is, and raw GraphQL."""

from __future__ import annotations

from quilt_core.registry.rooms import RegistryCatalog


class CatalogRoom(RegistryCatalog):
    """The registry's own answers; this backend adds nothing to them."""
