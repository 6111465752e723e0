"""From the registry's packages and revisions to domain objects."""

from __future__ import annotations

from quilt_registry import fields
from quilt_registry.search.search_hits import workflow_id

from quilt_core.domain.packages import PackageInfo, PackageVersion


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
