"""`packagePromote`: publish a revision of one package as another (docs/protocol.md, E.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from msgspec import UNSET, structs

from local_registry.storage.construct import check_readable, publish
from local_registry.storage.errors import failed
from local_registry.storage.store import PackageStore
from local_registry.storage.workflows import apply_workflow, load_config
from quilt_core.manifest import ManifestEntry, ManifestHeader, PhysicalKey, sort_key


def promote(
    store: PackageStore,
    params: Mapping[str, Any],
    src: Mapping[str, Any],
    prefix: str | None,
    can_read: Callable[[str], bool],
) -> str:
    """Copy the objects that are not in the destination bucket yet, publish, and return the top
    hash.

    `can_read` says which buckets may be copied from.

    Raises `OperationFailedError`: `InvalidSuccessor`, `QuiltException`, ….
    """
    bucket, name = params["bucket"], params["name"]
    published = store.find(src["bucket"], src["name"], src["hash"].strip().lower())
    if published is None:
        details = f"{src['name']} has no revision {src['hash']}."
        raise failed("QuiltException", details, details=details)
    copies = _copies(store, src["bucket"], f"s3://{bucket}")
    source = store.revision(src["bucket"], published.top_hash)
    entries = sorted(source.entries.values(), key=lambda entry: sort_key(entry.logical_key))
    if copies:
        check_readable(store, entries, can_read)
        folder = f"{prefix.strip('/')}/{name}" if prefix else name
        entries = [_copied(store, entry, bucket, folder) for entry in entries]
    header = ManifestHeader(
        message=params.get("message"),
        user_meta=UNSET if params.get("userMeta") is None else params["userMeta"],
        workflow=apply_workflow(store.s3, params, entries),
    )
    return publish(store, bucket, name, header, entries)


def _copies(store: PackageStore, bucket: str, successor: str) -> bool:
    """Whether the successor gets copies; `InvalidSuccessor` when it is not allowed."""
    loaded = load_config(store.s3, bucket)
    allowed = loaded and loaded[0].get("successors", {}).get(successor)
    if allowed is None:
        raise failed(
            "InvalidSuccessor",
            f"{successor} is not a successor of s3://{bucket}.",
            successor=successor,
        )
    return bool(allowed.get("copy_data", True))


def _copied(store: PackageStore, entry: ManifestEntry, bucket: str, folder: str) -> ManifestEntry:
    source = PhysicalKey.parse(entry.physical_key)
    if source.bucket is None:
        raise failed("ManifestHasLocalKeys", "The manifest refers to local files.")
    if source.bucket == bucket:
        return entry
    where = {"Bucket": source.bucket, "Key": source.path}
    if source.version_id:
        where["VersionId"] = source.version_id
    key = f"{folder}/{entry.logical_key}"
    answer = store.s3.copy_object(Bucket=bucket, Key=key, CopySource=where)
    target = attrs.evolve(source, bucket=bucket, path=key, version_id=answer.get("VersionId"))
    return structs.replace(entry, physical_key=target.url)
