"""Whether a revision satisfies filters and metadata predicates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import MetadataPredicate, SearchFilter
from quilt_core.search.syntax import parse_query
from quilt_core.search.text import SearchText
from quilt_core.wildcards import name_pattern

O = TypeVar("O", int, float, datetime)  # noqa: E741 - what can be compared


def fits_filter(info: PackageInfo, filters: SearchFilter) -> bool:
    """Whether a revision satisfies every condition that is set.

    Raises `ValidationError` for a message query that is not well-formed.
    """
    return (
        (filters.name is None or matches_wildcard(info.name, filters.name))
        and _within(info.modified, filters.modified_from, filters.modified_to)
        and _within(info.total_bytes, filters.size_min, filters.size_max)
        and _within(info.total_entries, filters.entries_min, filters.entries_max)
        and (filters.top_hash is None or info.top_hash == filters.top_hash)
        and (filters.workflow is None or info.workflow in filters.workflow)
        and (filters.message is None or _text_fits(info.message or "", filters.message))
    )


def fits_predicates(info: PackageInfo, predicates: Iterable[MetadataPredicate]) -> bool:
    """Whether the user metadata satisfies every predicate; one matching item of a list is
    enough.
    """
    return all(
        any(_fits(value, predicate) for value in values_at(info.metadata, predicate.path))
        for predicate in predicates
    )


def values_at(metadata: Any, pointer: str) -> list[Any]:
    """The values at a JSON pointer: none, one, or the items of a list."""
    for part in pointer.removeprefix("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(metadata, Mapping) or name not in metadata:
            return []
        metadata = metadata[name]
    return list(metadata) if isinstance(metadata, (list, tuple)) else [metadata]


def matches_wildcard(text: str, pattern: str) -> bool:
    """Whether the whole text matches a pattern with `*` and `?`."""
    return name_pattern(pattern).fits(text)


def _fits(value: Any, predicate: MetadataPredicate) -> bool:
    (kind,) = predicate.kinds
    if kind == "boolean":
        return isinstance(value, bool) and value is predicate.boolean
    if kind == "number":
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and _within(value, predicate.number_min, predicate.number_max)
    if kind == "datetime":
        return _within(time_of(value), predicate.time_from, predicate.time_to)
    if not isinstance(value, str):
        return False
    if kind == "text":
        return _text_fits(value, predicate.text or "")
    return (predicate.keywords is None or value in predicate.keywords) and (
        predicate.wildcard is None or matches_wildcard(value, predicate.wildcard)
    )


def _within(value: O | None, lowest: O | None, highest: O | None) -> bool:
    if lowest is None and highest is None:
        return True
    return (
        value is not None
        and (lowest is None or value >= lowest)
        and (highest is None or value <= highest)
    )


def time_of(value: Any) -> datetime | None:
    """The time in a text, in UTC unless it names another zone; None if the text is not a time."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text_fits(text: str, query: str) -> bool:
    return parse_query(query).score(SearchText.of_words(text)) > 0
