"""Rooms that every backend which talks to a registry answers alike, by the same GraphQL."""

from quilt_core.registry.rooms.admin_buckets import RegistryAdminBuckets
from quilt_core.registry.rooms.catalog import RegistryCatalog
from quilt_core.registry.rooms.tabulator import RegistryTabulator

__all__ = ["RegistryAdminBuckets", "RegistryCatalog", "RegistryTabulator"]
