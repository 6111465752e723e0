"""From the registry's packages, revisions and entries to domain objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.domain.packages import PackageInfo, PackageVersion
from quilt_core.http import wire
from quilt_core.manifest import EntryHash, ManifestEntry
from quilt_core.registry.search.hits import workflow_id


def package_info(name: str, bucket: str, revision: wire.Node) -> PackageInfo:
    """A revision (fragment `RevisionFields`) as `PackageInfo`."""
    return PackageInfo(
        name=name,
        registry=f"s3://{bucket}",
        bucket=bucket,
        top_hash=wire.text(revision, "hash"),
        modified=wire.whole_second(revision, "modified"),
        message=wire.optional_text(revision, "message"),
        metadata=wire.optional_record(revision, "userMeta") or {},
        workflow=workflow_id(revision),
        total_entries=wire.optional_integer(revision, "totalEntries"),
        total_bytes=wire.optional_integer(revision, "totalBytes"),
    )


def package_version(revision: wire.Node, latest: str | None) -> PackageVersion:
    """A line of a package's history."""
    top_hash = wire.text(revision, "hash")
    return PackageVersion(
        top_hash=top_hash,
        modified=wire.whole_second(revision, "modified"),
        message=wire.optional_text(revision, "message"),
        is_latest=top_hash == latest,
    )


def manifest_entries(flat_map: Any) -> dict[str, ManifestEntry]:
    """The entries of a `contentsFlatMap` by logical key (protocol note D.1)."""
    contents = wire.node(flat_map, "contentsFlatMap")
    return {key: _entry(key, wire.node(value, key)) for key, value in contents.items()}


def _entry(logical_key: str, value: wire.Node) -> ManifestEntry:
    hash_node = value.get("hash")
    entry_hash = None
    if hash_node is not None:
        found = wire.node(hash_node, "hash")
        entry_hash = EntryHash(wire.text(found, "type"), wire.text(found, "value"))
    return ManifestEntry(
        logical_key=logical_key,
        physical_key=wire.text(value, "physicalKey"),
        size=wire.size(value),
        hash=entry_hash,
        meta=wire.optional_record(value, "meta") or {},
    )


def user_meta_of(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """The user's part of an entry's whole metadata."""
    user_meta = (metadata or {}).get("user_meta")
    return dict(user_meta) if isinstance(user_meta, Mapping) else {}
