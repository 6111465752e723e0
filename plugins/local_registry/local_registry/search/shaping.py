"""The parts of an answer: order, page, the fields of `_source`, `filter_path`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local_registry.search.bodies import options_of
from local_registry.search.mapping import Searchable, canonical, kind_of
from local_registry.search.query import SearchRequestError
from quilt_core.search import matches_wildcard

Scored = tuple[float, Searchable]
SourceFilter = Callable[[Mapping[str, Any]], dict[str, Any] | None]


def sorter(given: Any) -> tuple[Callable[[list[Scored]], list[Scored]], list[str]]:
    """What sorts scored documents, and the fields by which it does; by score without any.

    Raises `SearchRequestError` for an order that is malformed or not supported.
    """
    keys = [_key(one) for one in (given if isinstance(given, list) else [given]) if one is not None]

    def in_order(scored: list[Scored]) -> list[Scored]:
        found = sorted(scored, key=lambda one: one[1].document["_id"])
        if not keys:
            found.sort(key=lambda one: -one[0])
        for field, descending in reversed(keys):
            values = {id(one): sort_value(one, field) for one in found}
            has = [one for one in found if values[id(one)] is not None]
            has.sort(key=lambda one: values[id(one)], reverse=descending)
            found = has + [one for one in found if values[id(one)] is None]
        return found

    return in_order, [field for field, _ in keys]


def sort_value(one: Scored, field: str) -> Any:
    """What a document is sorted by: its score or the first value of a field."""
    if field == "_score":
        return one[0]
    found = next((value for part in one[1].text.named(field) for value in part.values), None)
    return found if not isinstance(found, bool) else int(found)


def _key(given: Any) -> tuple[str, bool]:
    if isinstance(given, str):
        given = {given: "desc" if given == "_score" else "asc"}
    if not isinstance(given, Mapping) or len(given) != 1:
        raise SearchRequestError("`sort` is a list of fields, or of objects of one field each")
    ((name, order),) = given.items()
    if isinstance(order, Mapping):
        options_of(order, "sort", "order", "missing", "unmapped_type")
        if order.get("missing", "_last") != "_last":
            raise SearchRequestError("`missing` is supported as _last")
        order = order.get("order", "desc" if name == "_score" else "asc")
    if order not in ("asc", "desc"):
        raise SearchRequestError("a sort order is asc or desc")
    field = canonical(name)
    if field != "_score" and kind_of(field) in (None, "text"):
        raise SearchRequestError(f"{name!r} is not a field to sort by")
    return field, order == "desc"


def source_filter(given: Any) -> SourceFilter:
    """What `_source` leaves of a document: `false`, a field, fields, or includes and excludes."""
    if given is None or given is True:
        return dict
    if given is False:
        return lambda source: None
    options = given if isinstance(given, Mapping) else {"includes": given}
    options_of(options, "`_source`", "includes", "excludes", "include", "exclude")
    includes = _names(options.get("includes", options.get("include", [])))
    excludes = _names(options.get("excludes", options.get("exclude", [])))
    return lambda source: _left(source, "", includes, excludes)


def _names(given: Any) -> list[str]:
    names = given if isinstance(given, list) else [given]
    if not all(isinstance(name, str) for name in names):
        raise SearchRequestError("`_source` is true, false, a field, a list of fields or an object")
    return names


def _left(
    source: Mapping[str, Any], path: str, includes: list[str], excludes: list[str]
) -> dict[str, Any]:
    left = {}
    for name, value in source.items():
        where = f"{path}{name}"
        if _covers(excludes, where):
            continue
        if isinstance(value, Mapping) and value:
            inner = [] if not includes or _covers(includes, where) else includes
            if part := _left(value, f"{where}.", inner, excludes):
                left[name] = part
        elif not includes or _covers(includes, where):
            left[name] = value
    return left


def _covers(patterns: Iterable[str], path: str) -> bool:
    return any(matches_wildcard(path, pattern) for pattern in patterns)


def filtered(answer: Any, filter_path: str) -> Any:
    """What `filter_path` leaves of an answer: dotted paths with `*` (a name) and `**` (any depth).

    Raises `SearchRequestError` for exclusions, which are not supported.
    """
    paths = [path.split(".") for path in filter_path.split(",") if path]
    if any(path[0].startswith("-") for path in paths):
        raise SearchRequestError("`filter_path` with exclusions is not supported")
    return _kept(answer, paths) or {}


def _kept(value: Any, paths: list[list[str]]) -> Any:
    if any(not path or path == ["**"] for path in paths):
        return value
    if isinstance(value, list):
        return [kept for one in value if (kept := _kept(one, paths)) not in ({}, [], None)]
    if not isinstance(value, Mapping):
        return None
    left = {name: _kept(one, _below(name, paths)) for name, one in value.items()}
    return {name: one for name, one in left.items() if one not in ({}, [], None)}


def _below(name: str, paths: list[list[str]]) -> list[list[str]]:
    """The paths that lead on from here through a name."""
    below: list[list[str]] = []
    for first, *rest in paths:
        if first == "**":
            below.append([first, *rest])
            if rest and matches_wildcard(name, rest[0]):
                below.append(rest[1:])
        elif matches_wildcard(name, first):
            below.append(rest)
    return below
