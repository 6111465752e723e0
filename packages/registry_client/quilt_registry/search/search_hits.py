"""From a search hit to `PackageInfo`."""

from __future__ import annotations

import json
from typing import Any

from quilt_core.domain.packages import PackageInfo
from quilt_core.errors import ProtocolError
from quilt_registry import fields


def search_hit(hit: fields.Node) -> PackageInfo:
    """A search hit as `PackageInfo`; the index has "None" for a missing commit message."""
    bucket = fields.get_str(hit, "bucket")
    message = fields.get_optional_str(hit, "comment")
    return PackageInfo(
        name=fields.get_str(hit, "name"),
        registry=f"s3://{bucket}",
        bucket=bucket,
        top_hash=fields.get_str(hit, "hash"),
        modified=fields.get_whole_second(hit, "modified"),
        message=None if message == "None" else message,
        metadata=_hit_metadata(hit.get("meta")),
        workflow=workflow_id(hit),
        total_entries=fields.get_optional_int(hit, "totalEntriesCount"),
        total_bytes=_total_bytes(hit),
    )


def _total_bytes(hit: fields.Node) -> int | None:
    """The hit's size; None if the answer rounded it, because a wrong size is worse than none."""
    try:
        return fields.get_bytes(hit)
    except fields.InexactSizeError:
        return None


def workflow_id(parent: fields.Node) -> str | None:
    """The workflow's id in a node that has the field `workflow`; None for none."""
    workflow = parent.get("workflow")
    return (
        None
        if workflow is None
        else fields.get_optional_str(fields.as_object(workflow, "workflow"), "id")
    )


def _hit_metadata(value: Any) -> dict[str, Any]:
    """A hit's metadata: JSON text since 2025-07, an object before."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ProtocolError(
                "The registry answered with metadata that is not JSON.", context={"field": "meta"}
            ) from None
    if value is None:
        return {}
    return dict(fields.as_object(value, "meta"))
