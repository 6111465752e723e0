"""A search as GraphQL variables, for each state of the schema (docs/protocol.md, C.3, C.5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
from quilt_registry.given import given

_ORDERINGS = {
    SearchOrder.NEWEST: "sys:modified:desc",
    SearchOrder.OLDEST: "sys:modified:asc",
    SearchOrder.NAME: "sys:name:asc",
    SearchOrder.NAME_DESCENDING: "sys:name:desc",
}
_ORDERS = {
    SearchOrder.RELEVANCE: "BEST_MATCH",
    SearchOrder.NEWEST: "NEWEST",
    SearchOrder.OLDEST: "OLDEST",
    SearchOrder.NAME: "LEX_ASC",
    SearchOrder.NAME_DESCENDING: "LEX_DESC",
}
_FREE_ORDERING = "2026-08"
_BY_NAME_SINCE = "2025-07"
_LATEST_ONLY_SINCE = "2025-02"
_BY_NAME = (SearchOrder.NAME, SearchOrder.NAME_DESCENDING)


def search_variables(
    query: str,
    buckets: list[str],
    filters: SearchFilter,
    user_meta: tuple[MetadataPredicate, ...],
    size: int,
) -> dict[str, Any]:
    """The variables that all variants share.

    `named` and `checkNamed` check along with the search whether the one named registry can be read
    at all, because a search finds nothing in one that cannot.
    """
    return {
        "buckets": buckets or None,
        "searchString": query or None,
        "filter": None if filters.is_empty else _filter(filters),
        "userMetaFilters": [_predicate(one) for one in user_meta] or None,
        "size": size,
        "named": buckets[0] if buckets else "",
        "checkNamed": len(buckets) == 1,
    }


def finds_latest_itself(label: str) -> bool:
    """Whether a variant of the document has the argument `latestOnly`."""
    return label >= _LATEST_ONLY_SINCE


def sorts_itself(label: str, order: SearchOrder) -> bool:
    """Whether the registry of that variant can sort by `order`."""
    return label >= _BY_NAME_SINCE or order not in _BY_NAME


def order_variables(label: str, order: SearchOrder) -> dict[str, Any]:
    """The variable by which a variant sorts."""
    if label >= _FREE_ORDERING:
        return {"ordering": _ORDERINGS.get(order)}
    return {"order": _ORDERS[order] if sorts_itself(label, order) else None}


def _filter(filters: SearchFilter) -> dict[str, Any]:
    conditions: dict[str, Any] = {
        "name": None if filters.name is None else {"wildcard": filters.name},
        "modified": _range(_time(filters.modified_from), _time(filters.modified_to)),
        "size": _range(filters.size_min, filters.size_max),
        "entries": _range(filters.entries_min, filters.entries_max),
        "hash": None if filters.top_hash is None else {"terms": [filters.top_hash]},
        "comment": None if filters.message is None else {"queryString": filters.message},
        "workflow": None if filters.workflow is None else {"terms": list(filters.workflow)},
    }
    return given(conditions)


def _predicate(predicate: MetadataPredicate) -> dict[str, Any]:
    keyword = given(
        {
            "terms": None if predicate.keywords is None else list(predicate.keywords),
            "wildcard": predicate.wildcard,
        }
    )
    boolean = None
    if predicate.boolean is not None:
        boolean = {"true": True} if predicate.boolean else {"false": True}
    return given(
        {
            "path": predicate.path,
            "keyword": keyword or None,
            "text": None if predicate.text is None else {"queryString": predicate.text},
            "number": _range(predicate.number_min, predicate.number_max),
            "datetime": _range(_time(predicate.time_from), _time(predicate.time_to)),
            "boolean": boolean,
        }
    )


def _range(lowest: Any, highest: Any) -> dict[str, Any] | None:
    return given({"gte": lowest, "lte": highest}) or None


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
