"""From the registry's packages, revisions and entries to domain objects."""

from __future__ import annotations

from typing import Any

from quilt_registry import fields
from quilt_registry.search.search_hits import workflow_id

from quilt_core.domain.packages import PackageInfo, PackageVersion
from quilt_core.manifest import EntryHash, ManifestEntry


def package_info(name: str, bucket: str, revision: fields.Node) -> PackageInfo:
    """A revision (fragment `RevisionFields`) as `PackageInfo`.

    Raises `fields.InexactSizeError` for a total that GraphQL rounds.
    """
    return PackageInfo(
        name=name,
        registry=f"s3://{bucket}",
        bucket=bucket,
        top_hash=fields.get_str(revision, "hash"),
        modified=fields.get_whole_second(revision, "modified"),
        message=fields.get_optional_str(revision, "message"),
        metadata=fields.get_optional_record(revision, "userMeta") or {},
        workflow=workflow_id(revision),
        total_entries=fields.get_optional_int(revision, "totalEntries"),
        total_bytes=fields.get_optional_bytes(revision, "totalBytes"),
    )


def package_version(revision: fields.Node, latest: str | None) -> PackageVersion:
    """One publication in a package's history."""
    top_hash = fields.get_str(revision, "hash")
    return PackageVersion(
        top_hash=top_hash,
        modified=fields.get_whole_second(revision, "modified"),
        message=fields.get_optional_str(revision, "message"),
        is_latest=top_hash == latest,
    )


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
