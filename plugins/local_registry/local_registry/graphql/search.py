"""Package search: conditions, order and pages over what the index finds (protocol note C.3)."""

from __future__ import annotations

import base64
import binascii
import fnmatch
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ariadne import ObjectType, QueryType
from graphql import get_named_type

from local_registry.graphql.call import Call, Info, as_members, call_of, member
from local_registry.identity.errors import InvalidInputError
from local_registry.search.index import Hit
from local_registry.search.query import QuerySyntaxError

query, results = QueryType(), ObjectType("PackagesSearchResultSet")
hit_type = ObjectType("SearchHitPackage")
_MAX_PAGE = 1000


@query.field("searchPackages")
@as_members
def resolve_search(_: Any, info: Info, **arguments: Any) -> dict[str, Any]:
    call = call_of(info)
    hits = _search(call, arguments)
    if not _readable(call, arguments.get("buckets")):
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
    try:
        state = json.loads(base64.urlsafe_b64decode(after.encode()))
        start = int(state.pop("start"))
        hits = _search(call_of(info), state["arguments"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise InvalidInputError.at("after", "InvalidCursor", "This is no cursor.") from error
    return _page(hits, state, start, size)


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
    }


@hit_type.field("meta")
def resolve_meta(hit: dict[str, Any], info: Info) -> Any:
    """JSON text; older states of the schema have the object itself."""
    if hit["meta"] is None or get_named_type(info.return_type).name == "JsonRecord":
        return hit["meta"]
    return json.dumps(hit["meta"], ensure_ascii=False)


def _readable(call: Call, wanted: list[str] | None) -> list[str]:
    names = [bucket.name for bucket in call.registry.state.buckets.list()]
    return [name for name in names if call.can_read(name) and (not wanted or name in wanted)]


def _search(call: Call, arguments: Mapping[str, Any]) -> list[Hit]:
    buckets = _readable(call, arguments.get("buckets"))
    latest = bool(arguments.get("latestOnly"))
    tests = _tests(arguments.get("filter") or {}, arguments.get("userMetaFilters") or [])
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


Test = Callable[[Hit], bool]


def _tests(filters: Mapping[str, Any], metadata: list[Mapping[str, Any]]) -> list[Test]:
    tests: list[Test] = []
    values: dict[str, Callable[[Hit], Any]] = {
        "modified": lambda hit: hit.modified,
        "size": lambda hit: hit.size,
        "entries": lambda hit: hit.entries,
        "name": lambda hit: hit.name,
        "hash": lambda hit: hit.top_hash,
        "workflow": lambda hit: (hit.workflow or {}).get("id"),
    }
    for name, predicate in filters.items():
        if predicate is not None and name in values:
            tests.append(_condition(values[name], predicate))
    for predicate in metadata:
        path = predicate["path"]
        given = {k: v for k, v in predicate.items() if k != "path" and v is not None}
        for kind, condition in given.items():
            tests.append(_metadata_condition(path, kind, condition))
    return tests


def _condition(value: Callable[[Hit], Any], predicate: Mapping[str, Any]) -> Test:
    def test(hit: Hit) -> bool:
        return _fits(value(hit), predicate)

    return test


def _fits(found: Any, predicate: Mapping[str, Any]) -> bool:
    if found is None:
        return False
    low, high = predicate.get("gte"), predicate.get("lte")
    if isinstance(found, datetime):
        low, high = (None if one is None else _time(one) for one in (low, high))
    if (low is not None and found < low) or (high is not None and found > high):
        return False
    if predicate.get("terms") is not None and found not in predicate["terms"]:
        return False
    wildcard = predicate.get("wildcard")
    return wildcard is None or fnmatch.fnmatchcase(str(found), wildcard.replace("[", "[[]"))


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError.at("filter", "InvalidDatetime", f"{text!r} is no time") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _metadata_condition(path: str, kind: str, condition: Mapping[str, Any]) -> Test:
    def test(hit: Hit) -> bool:
        found = _at(hit.meta, path)
        return any(_metadata_fits(one, kind, condition) for one in found)

    return test


def _metadata_fits(found: Any, kind: str, condition: Mapping[str, Any]) -> bool:
    if kind == "boolean":
        return isinstance(found, bool) and bool(condition.get(str(found).lower()))
    if kind == "number":
        number = isinstance(found, (int, float)) and not isinstance(found, bool)
        return number and _fits(found, condition)
    if kind == "datetime":
        return _fits(_time_in(found), condition)
    if kind == "keyword":
        return isinstance(found, str) and _fits(found, condition)
    wanted, present = _words(condition["queryString"]), _words(str(found))
    return isinstance(found, str) and bool(wanted & present)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _time_in(value: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _at(meta: Any, path: str) -> list[Any]:
    """The values at a JSON pointer; the items of a list each count."""
    for part in path.removeprefix("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(meta, Mapping) or name not in meta:
            return []
        meta = meta[name]
    return meta if isinstance(meta, list) else [meta]


_SYSTEM: dict[str, Callable[[Hit], Any]] = {
    "name": lambda hit: hit.name,
    "modified": lambda hit: hit.modified,
    "size": lambda hit: hit.size,
    "entries": lambda hit: hit.entries,
    "hash": lambda hit: hit.top_hash,
    "workflow": lambda hit: (hit.workflow or {}).get("id") or "",
    "comment": lambda hit: hit.comment or "",
}
_ENUM = {"NEWEST": "sys:modified:desc", "OLDEST": "sys:modified:asc",
         "LEX_ASC": "sys:name:asc", "LEX_DESC": "sys:name:desc"}  # fmt: skip


def _ordered(hits: list[Hit], state: Mapping[str, Any]) -> list[Hit]:
    ordering = state.get("ordering") or _ENUM.get(state.get("order") or "")
    if not ordering:
        return hits
    match = re.fullmatch(r"sys:(\w+):(asc|desc)", ordering)
    custom = re.fullmatch(r"usr:(/.*):(number|datetime|keyword|text|boolean):(asc|desc)", ordering)
    if match and match[1] in _SYSTEM:
        return sorted(hits, key=_SYSTEM[match[1]], reverse=match[2] == "desc")
    if custom:
        known = [hit for hit in hits if _at(hit.meta, custom[1])]
        try:
            known.sort(key=lambda hit: _at(hit.meta, custom[1])[0], reverse=custom[3] == "desc")
        except TypeError as error:
            raise InvalidInputError.at("ordering", "UnsupportedSort", str(error)) from error
        return known + [hit for hit in hits if not _at(hit.meta, custom[1])]
    raise InvalidInputError.at("ordering", "ordering", f"{ordering!r} is no ordering")


def _page(hits: list[Hit], state: dict[str, Any], start: int, size: int) -> dict[str, Any]:
    size = min(max(size, 1), _MAX_PAGE)
    ordered = _ordered(hits, state)
    page = ordered[start : start + size]
    cursor = None
    if start + size < len(ordered):
        text = json.dumps({**state, "start": start + size}, default=str)
        cursor = base64.urlsafe_b64encode(text.encode()).decode()
    return member("PackagesSearchResultSetPage", cursor=cursor, hits=[_node(hit) for hit in page])


def _node(hit: Hit) -> dict[str, Any]:
    nowhere = {"name": False, "comment": False, "meta": False, "workflow": False}
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
        "match_locations": nowhere,
        "matching_entries": [],
    }


bindables = [query, results, hit_type]
