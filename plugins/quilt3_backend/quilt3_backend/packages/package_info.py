"""Converting a manifest to the results of operations."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from quilt3_backend.packages.revision_lookup import DatedRevision, read_once
from quilt3_backend.stores import PackageStore
from quilt_core.domain.base import to_plain
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.manifest import ManifestEntry, ManifestHeader, use_entries


@attrs.frozen(kw_only=True)
class ManifestFacts:
    """A manifest's data about the whole package."""

    header: ManifestHeader
    total_entries: int
    total_bytes: int


def read_facts(store: PackageStore, top_hash: str) -> ManifestFacts:
    """Read a manifest to its end without keeping it in memory."""

    def total(header: ManifestHeader, entries: Iterable[ManifestEntry]) -> ManifestFacts:
        number = size = 0
        for entry in entries:
            number += 1
            size += entry.size
        return ManifestFacts(header=header, total_entries=number, total_bytes=size)

    return use_entries(lambda: read_once(store, top_hash), total)


def describe(registry: Registry, revision: DatedRevision, facts: ManifestFacts) -> PackageInfo:
    """The `PackageInfo` of a revision."""
    header = facts.header
    return PackageInfo(
        name=str(revision.package_name),
        registry=str(registry),
        bucket=registry.bucket,
        top_hash=revision.top_hash,
        modified=revision.modified,
        message=header.message_if_any,
        metadata=to_plain(header.metadata),  # the header stays in a cache
        workflow=header.workflow_id,
        total_entries=facts.total_entries,
        total_bytes=facts.total_bytes,
    )
