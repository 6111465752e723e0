"""From a search hit to `PackageInfo`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from quilt_core.domain.packages import PackageInfo
from quilt_core.errors import ProtocolError
from quilt_core.nesting import DEEPEST_DOCUMENT, TOO_DEEP, is_deeper
from quilt_registry import fields

logger = logging.getLogger("quilt_core.search")


class _TooDeepError(Exception):
    """The metadata of a hit is nested too deeply."""


def search_hits(hits: Iterable[fields.Node]) -> Iterator[PackageInfo]:
    """The hits of a page.

    A package that cannot be read, because another client wrote metadata that is nested too deeply,
    is left out with a warning in the log, so that the others are found.
    """
    for hit in hits:
        try:
            yield search_hit(hit)
        except _TooDeepError:
            logger.warning(
                "%s in s3://%s is left out: %s",
                fields.get_str(hit, "name"), fields.get_str(hit, "bucket"), TOO_DEEP,
            )  # fmt: skip


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
        text = value
        try:
            value = json.loads(text)
        except RecursionError:
            raise _TooDeepError from None
        except ValueError:
            raise ProtocolError(
                "The registry answered with metadata that is not JSON.", context={"field": "meta"}
            ) from None
        if is_deeper(value, DEEPEST_DOCUMENT, text):
            raise _TooDeepError
    if value is None:
        return {}
    return dict(fields.as_object(value, "meta"))
