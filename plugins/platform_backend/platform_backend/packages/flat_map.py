"""From the registry's flat map of entries to those of manifests."""

from __future__ import annotations

from typing import Any

from quilt_registry import fields

from quilt_core.manifest import EntryHash, ManifestEntry


def manifest_entries(flat_map: Any) -> dict[str, ManifestEntry]:
    """The entries of a `contentsFlatMap` by logical key (docs/protocol.md, D.1).

    Raises `fields.InexactSizeError` for a size that is not exact.
    """
    contents = fields.as_object(flat_map, "contentsFlatMap")
    return {key: _entry(key, fields.as_object(value, key)) for key, value in contents.items()}


def _entry(logical_key: str, value: fields.Node) -> ManifestEntry:
    hash_node = value.get("hash")
    entry_hash = None
    if hash_node is not None:
        found = fields.as_object(hash_node, "hash")
        entry_hash = EntryHash(fields.get_str(found, "type"), fields.get_str(found, "value"))
    return ManifestEntry(
        logical_key=logical_key,
        physical_key=fields.get_str(value, "physicalKey"),
        size=fields.get_json_bytes(value),
        hash=entry_hash,
        meta=fields.get_optional_record(value, "meta") or {},
    )
