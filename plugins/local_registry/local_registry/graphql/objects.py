"""Objects: search in readable buckets (docs/protocol.md, C.3), and restoring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ariadne import MutationType, ObjectType, QueryType

from local_registry.graphql.call import Call, Info, as_members, call_of, member
from local_registry.graphql.cursors import MAX_PAGE, cursor_after, read_cursor
from local_registry.graphql.search import readable
from local_registry.identity.errors import InvalidInputError
from local_registry.search.conditions import fits
from local_registry.search.objects import ObjectHit
from local_registry.search.query import QuerySyntaxError
from local_registry.storage.errors import failed
from local_registry.storage.restore import restore

query, mutation = QueryType(), MutationType()
results = ObjectType("ObjectsSearchResultSet")

_VALUES: Mapping[str, Callable[[ObjectHit], Any]] = {
    "modified": lambda hit: hit.modified,
    "size": lambda hit: hit.size,
    "ext": lambda hit: hit.ext,
    "key": lambda hit: hit.key,
}
_ORDERS: Mapping[str, tuple[Callable[[ObjectHit], Any], bool]] = {
    "NEWEST": (_VALUES["modified"], True),
    "OLDEST": (_VALUES["modified"], False),
    "LEX_ASC": (_VALUES["key"], False),
    "LEX_DESC": (_VALUES["key"], True),
}


@query.field("searchObjects")
@as_members
def resolve_search(_: Any, info: Info, **arguments: Any) -> dict[str, Any]:
    call = call_of(info)
    hits = _search(call, arguments)
    if not readable(call, arguments.get("buckets")):
        return member("EmptySearchResultSet")
    return member("ObjectsSearchResultSet", total=len(hits), arguments=arguments, hits=hits)


@results.field("firstPage")
def resolve_first_page(
    found: dict[str, Any], info: Info, size: int = 30, order: str | None = None
) -> dict[str, Any]:
    return _page(found["hits"], {"arguments": found["arguments"], "order": order}, 0, size)


@query.field("searchMoreObjects")
@as_members
def resolve_more(_: Any, info: Info, after: str, size: int = 30) -> dict[str, Any]:
    state, start = read_cursor(after, "objects")
    return _page(_search(call_of(info), state["arguments"]), state, start, size)


@results.field("stats")
def resolve_stats(found: dict[str, Any], info: Info) -> dict[str, Any]:
    hits: list[ObjectHit] = found["hits"]
    times = [hit.modified.isoformat() for hit in hits] or [datetime.now(UTC).isoformat()]
    sizes = [hit.size for hit in hits] or [0]
    return {
        "total": len(hits),
        "modified": {"min": min(times), "max": max(times)},
        "size": {"min": min(sizes), "max": max(sizes)},
        "ext": {"values": sorted({hit.ext for hit in hits})},
    }


def _search(call: Call, arguments: Mapping[str, Any]) -> list[ObjectHit]:
    filters = arguments.get("filter") or {}
    content = (filters.get("content") or {}).get("queryString")
    try:
        buckets = readable(call, arguments.get("buckets"))
        hits = call.registry.index.objects.search(buckets, arguments.get("searchString"), content)
    except QuerySyntaxError as error:
        raise InvalidInputError.at("searchString", "QuerySyntaxError", str(error)) from error
    return [hit for hit in hits if _passes(hit, filters)]


def _passes(hit: ObjectHit, filters: Mapping[str, Any]) -> bool:
    """Whether a hit satisfies `ObjectsSearchFilter`; deleted ones only when they are asked for."""
    wanted = filters.get("deleted") or {"false": True}
    return bool(wanted.get("true" if hit.deleted else "false")) and all(
        fits(value(hit), filters[name]) for name, value in _VALUES.items() if filters.get(name)
    )


def _page(hits: list[ObjectHit], state: dict[str, Any], start: int, size: int) -> dict[str, Any]:
    size = min(max(size, 1), MAX_PAGE)
    if state.get("order") in _ORDERS:
        value, descending = _ORDERS[state["order"]]
        hits = sorted(hits, key=value, reverse=descending)
    return member(
        "ObjectsSearchResultSetPage",
        cursor=cursor_after("objects", state, start + size, len(hits)),
        hits=[_node(hit) for hit in hits[start : start + size]],
    )


def _node(hit: ObjectHit) -> dict[str, Any]:
    return {
        "id": f"{hit.bucket}/{hit.key}:{hit.version}",
        "score": hit.score,
        "bucket": hit.bucket,
        "key": hit.key,
        "version": hit.version,
        "size": hit.size,
        "modified": hit.modified.isoformat(),
        "deleted": hit.deleted,
        "indexed_content": hit.content,
    }


@mutation.field("restoreObject")
@as_members
def resolve_restore(
    _: Any,
    info: Info,
    bucket: str,
    key: str,
    tier: str,
    days: int,
    version: str | None = None,
) -> dict[str, Any]:
    call = call_of(info)
    if not call.can_read(bucket):
        raise failed("BucketNotFound", f"There is no bucket {bucket}.")
    restored = restore(call.registry.s3, bucket, key, version, tier, days)
    return member("RestoreObjectSuccess", already_restored=restored)


bindables = [query, mutation, results]
