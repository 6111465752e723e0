"""Package search: conditions, order and pages over what the index finds (docs/protocol.md, C.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ariadne import ObjectType, QueryType
from graphql import get_named_type

from local_registry.graphql.call import Call, Info, as_members, call_of, member
from local_registry.graphql.cursors import MAX_PAGE, cursor_after, read_cursor
from local_registry.identity.errors import InvalidInputError
from local_registry.search import facets
from local_registry.search.conditions import package_tests
from local_registry.search.index import Hit
from local_registry.search.ordering import ordered
from local_registry.search.query import QuerySyntaxError

query, results = QueryType(), ObjectType("PackagesSearchResultSet")
hit_type = ObjectType("SearchHitPackage")


@query.field("searchPackages")
@as_members
def resolve_search(_: Any, info: Info, **arguments: Any) -> dict[str, Any]:
    call = call_of(info)
    hits = _search(call, arguments)
    if not readable(call, arguments.get("buckets")):
        return member("EmptySearchResultSet")
    return member("PackagesSearchResultSet", total=len(hits), arguments=arguments, hits=hits)


@results.field("firstPage")
@as_members
def resolve_first_page(
    found: dict[str, Any],
    info: Info,
    size: int = 30,
    ordering: str | None = None,
    order: str | None = None,
) -> dict[str, Any]:
    state = {"arguments": found["arguments"], "ordering": ordering, "order": order}
    return _page(found["hits"], state, 0, size)


@query.field("searchMorePackages")
@as_members
def resolve_more(_: Any, info: Info, after: str, size: int = 30) -> dict[str, Any]:
    state, start = read_cursor(after, "packages")
    return _page(_search(call_of(info), state["arguments"]), state, start, size)


@results.field("stats")
def resolve_stats(found: dict[str, Any], info: Info) -> dict[str, Any]:
    hits: list[Hit] = found["hits"]
    times = [hit.modified.isoformat() for hit in hits] or [datetime.now(UTC).isoformat()]
    sizes = [hit.size for hit in hits] or [0]
    entries = [hit.entries for hit in hits] or [0]
    workflows = sorted({hit.workflow["id"] for hit in hits if hit.workflow and hit.workflow["id"]})
    return {
        "total": len(hits),
        "modified": {"min": min(times), "max": max(times)},
        "size": {"min": min(sizes), "max": max(sizes)},
        "entries": {"min": min(entries), "max": max(entries)},
        "workflow": {"values": workflows},
        "user_meta": facets.user_metadata_facets(hits),
        "user_meta_truncated": False,
    }


@results.field("filteredUserMetaFacets")
def resolve_facets(
    found: dict[str, Any], info: Info, path: str, type: str | None = None
) -> list[Mapping[str, Any]]:
    return facets.filtered(facets.user_metadata_facets(found["hits"]), path, type)


@hit_type.field("matchLocations")
def resolve_locations(hit: dict[str, Any], info: Info) -> dict[str, bool]:
    where = call_of(info).registry.index.explain(hit["hit"], hit["text"]).where
    return {name: name in where for name in ("name", "comment", "meta", "workflow")}


@hit_type.field("matchingEntries")
def resolve_entries(hit: dict[str, Any], info: Info) -> list[dict[str, Any]]:
    found = call_of(info).registry.index.explain(hit["hit"], hit["text"]).entries
    places = {"logical_key": True, "physical_key": False, "meta": False, "contents": False}
    return [
        {
            "logical_key": entry.logical_key,
            "physical_key": entry.physical_key,
            "size": entry.size,
            "meta": json.dumps(entry.user_meta, ensure_ascii=False) if entry.user_meta else None,
            "match_locations": places,
        }
        for entry in found
    ]


@hit_type.field("meta")
def resolve_meta(hit: dict[str, Any], info: Info) -> Any:
    """JSON text; older states of the schema have the object itself."""
    if hit["meta"] is None or get_named_type(info.return_type).name == "JsonRecord":
        return hit["meta"]
    return json.dumps(hit["meta"], ensure_ascii=False)


def readable(call: Call, wanted: list[str] | None) -> list[str]:
    """The buckets to search: those that are asked for and may be read; all for none."""
    names = [bucket.name for bucket in call.registry.state.buckets.list()]
    return [name for name in names if call.can_read(name) and (not wanted or name in wanted)]


def _search(call: Call, arguments: Mapping[str, Any]) -> list[Hit]:
    buckets = readable(call, arguments.get("buckets"))
    latest = bool(arguments.get("latestOnly"))
    tests = package_tests(arguments.get("filter") or {}, arguments.get("userMetaFilters") or [])
    index = call.registry.index
    try:
        hits = index.search(buckets, arguments.get("searchString"), latest_only=latest)
        comment = (arguments.get("filter") or {}).get("comment")
        if comment:
            text = comment["queryString"]
            found = index.search(buckets, text, latest_only=latest, column="comment")
            fitting = {(hit.bucket, hit.name, hit.top_hash) for hit in found}
            hits = [hit for hit in hits if (hit.bucket, hit.name, hit.top_hash) in fitting]
    except QuerySyntaxError as error:
        raise InvalidInputError.at("searchString", "QuerySyntaxError", str(error)) from error
    return [hit for hit in hits if all(test(hit) for test in tests)]


def _page(hits: list[Hit], state: dict[str, Any], start: int, size: int) -> dict[str, Any]:
    size = min(max(size, 1), MAX_PAGE)
    arranged = ordered(hits, state)
    text = state["arguments"].get("searchString")
    return member(
        "PackagesSearchResultSetPage",
        cursor=cursor_after("packages", state, start + size, len(arranged)),
        hits=[_node(hit, text) for hit in arranged[start : start + size]],
    )


def _node(hit: Hit, text: str | None) -> dict[str, Any]:
    return {
        "id": f"{hit.bucket}/{hit.name}/{hit.pointer}",
        "score": hit.score,
        "bucket": hit.bucket,
        "name": hit.name,
        "pointer": hit.pointer,
        "hash": hit.top_hash,
        "size": hit.size,
        "modified": hit.modified.isoformat(),
        "total_entries_count": hit.entries,
        "comment": hit.comment,
        "meta": hit.meta,
        "workflow": hit.workflow,
        "hit": hit,
        "text": text,
    }


bindables = [query, results, hit_type]
