"""Elasticsearch's aggregations that Quilt's clients send; others are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from local_registry.search.bodies import compile_query, options_of
from local_registry.search.mapping import canonical, kind_of
from local_registry.search.query import SearchRequestError
from local_registry.search.shaping import Scored, sorter, source_filter

Aggregation = Callable[[list[Scored]], dict[str, Any]]

_MOST_BUCKETS = 10_000


def compile_aggregations(given: Any, depth: int = 0) -> Mapping[str, Aggregation]:
    """What answers each aggregation of a body, by name.

    Raises `SearchRequestError` for what is malformed or not supported.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping) or depth > 5:
        raise SearchRequestError("aggregations are an object of objects, at most 5 deep")
    return {name: _compile(one, depth) for name, one in given.items()}


def _compile(given: Any, depth: int) -> Aggregation:
    if not isinstance(given, Mapping):
        raise SearchRequestError("an aggregation is an object")
    kinds = [name for name in given if name not in ("aggs", "aggregations")]
    inner = compile_aggregations(given.get("aggs", given.get("aggregations")), depth + 1)
    if len(kinds) != 1 or not isinstance(given[kinds[0]], Mapping):
        raise SearchRequestError("an aggregation has one kind, which is an object")
    kind, body = kinds[0], given[kinds[0]]
    if kind in _METRICS:
        if inner:
            raise SearchRequestError(f"{kind} has no aggregations within")
        return _metric(kind, body)
    if kind not in _BUCKETS:
        raise SearchRequestError(f"the aggregation {kind!r} is not supported")
    return _BUCKETS[kind](body, inner)


def _values(found: list[Scored], field: str) -> list[Any]:
    parts = (part for _, one in found for part in one.text.named(field))
    return [value for part in parts for value in part.values]


def _field(body: Mapping[str, Any], kind: str) -> str:
    field = body.get("field")
    if not isinstance(field, str):
        raise SearchRequestError(f"{kind} names a `field`")
    if kind_of(canonical(field)) == "text":
        raise SearchRequestError(f"{field!r} is a text, of which there are no aggregations")
    return canonical(field)


def _metric(kind: str, body: Mapping[str, Any]) -> Aggregation:
    options_of(body, kind, "field")
    field = _field(body, kind)
    if kind not in ("value_count", "cardinality") and kind_of(field) not in (
        "number",
        "date",
        None,
    ):
        raise SearchRequestError(f"{kind} is for numbers and times")
    return lambda found: _METRICS[kind]([_number(one) for one in _values(found, field)])


def _number(value: Any) -> Any:
    """A time in milliseconds, as Elasticsearch counts; other values as they are."""
    return value.timestamp() * 1000 if isinstance(value, datetime) else value


def _stats(values: list[Any]) -> dict[str, Any]:
    return {
        "count": len(values),
        "min": min(values, default=None),
        "max": max(values, default=None),
        "avg": sum(values) / len(values) if values else None,
        "sum": float(sum(values)),
    }


def _value_of(name: str) -> Callable[[list[Any]], dict[str, Any]]:
    return lambda values: {"value": _stats(values)[name]}


_METRICS: Mapping[str, Callable[[list[Any]], dict[str, Any]]] = {
    "avg": _value_of("avg"),
    "cardinality": lambda values: {"value": len(set(values))},
    "max": _value_of("max"),
    "min": _value_of("min"),
    "stats": _stats,
    "sum": _value_of("sum"),
    "value_count": lambda values: {"value": len(values)},
}


def _terms(body: Mapping[str, Any], inner: Mapping[str, Aggregation]) -> Aggregation:
    options_of(body, "terms", "field", "size", "order")
    field, size = _field(body, "terms"), body.get("size", 10)
    if not isinstance(size, int) or not 0 < size <= _MOST_BUCKETS:
        raise SearchRequestError(f"`size` of terms is a number from 1 to {_MOST_BUCKETS}")
    order = body.get("order", {"_count": "desc"})
    if order not in [{by: way} for by in ("_count", "_key") for way in ("asc", "desc")]:
        raise SearchRequestError("`order` of terms is supported by _count or _key, asc or desc")
    ((by, way),) = order.items()

    def answer(found: list[Scored]) -> dict[str, Any]:
        groups: dict[Any, list[Scored]] = {}
        for one in found:
            for value in dict.fromkeys(_values([one], field)):
                groups.setdefault(_number(value), []).append(one)
        keys = sorted(groups, reverse=(by, way) == ("_key", "desc"))
        if by == "_count":
            keys.sort(key=lambda key: len(groups[key]), reverse=way == "desc")
        return {
            "doc_count_error_upper_bound": 0,
            "sum_other_doc_count": sum(len(groups[key]) for key in keys[size:]),
            "buckets": [
                {"key": key, "doc_count": len(groups[key]), **_within(groups[key], inner)}
                for key in keys[:size]
            ],
        }

    return answer


def _filter(body: Mapping[str, Any], inner: Mapping[str, Aggregation]) -> Aggregation:
    test = compile_query(body)

    def answer(found: list[Scored]) -> dict[str, Any]:
        fitting = [one for one in found if test(one[1])]
        return {"doc_count": len(fitting), **_within(fitting, inner)}

    return answer


def _top_hits(body: Mapping[str, Any], inner: Mapping[str, Aggregation]) -> Aggregation:
    options_of(body, "top_hits", "size", "sort", "_source")
    size, source = body.get("size", 3), source_filter(body.get("_source"))
    in_order, _ = sorter(body.get("sort"))
    if inner or not isinstance(size, int) or not 0 <= size <= 100:
        raise SearchRequestError("top_hits has a `size` of at most 100 and no aggregations within")

    def answer(found: list[Scored]) -> dict[str, Any]:
        hits = [hit(one, source) for one in in_order(found)[:size]]
        best = max((score for score, _ in found), default=None)
        return {"hits": {"total": len(found), "max_score": best, "hits": hits}}

    return answer


def hit(
    one: Scored, source: Callable[[Mapping[str, Any]], dict[str, Any] | None]
) -> dict[str, Any]:
    """A document as Elasticsearch answers it."""
    score, found = one
    left = source(found.document["_source"])
    rest = {name: value for name, value in found.document.items() if name != "_source"}
    return {**rest, "_type": "_doc", "_score": score, **({} if left is None else {"_source": left})}


def _within(found: list[Scored], inner: Mapping[str, Aggregation]) -> dict[str, Any]:
    return {name: aggregation(found) for name, aggregation in inner.items()}


_BUCKETS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Aggregation]], Aggregation]] = {
    "filter": _filter,
    "terms": _terms,
    "top_hits": _top_hits,
}
