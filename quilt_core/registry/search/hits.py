"""From a search hit to `PackageInfo`."""

from __future__ import annotations

import json
from typing import Any

from quilt_core.domain.packages import PackageInfo
from quilt_core.errors import ProtocolError
from quilt_core.http import wire


def search_hit(hit: wire.Node) -> PackageInfo:
    """A search hit as `PackageInfo`; the index has "None" for a missing commit message."""
    bucket = wire.text(hit, "bucket")
    message = wire.optional_text(hit, "comment")
    return PackageInfo(
        name=wire.text(hit, "name"),
        registry=f"s3://{bucket}",
        bucket=bucket,
        top_hash=wire.text(hit, "hash"),
        modified=wire.whole_second(hit, "modified"),
        message=None if message == "None" else message,
        metadata=_hit_metadata(hit.get("meta")),
        workflow=workflow_id(hit),
        total_entries=wire.optional_integer(hit, "totalEntriesCount"),
        total_bytes=wire.size(hit),
    )


def workflow_id(parent: wire.Node) -> str | None:
    """The workflow's id in a node that has the field `workflow`; None for none."""
    workflow = parent.get("workflow")
    return None if workflow is None else wire.optional_text(wire.node(workflow, "workflow"), "id")


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
    return dict(wire.node(value, "meta"))
