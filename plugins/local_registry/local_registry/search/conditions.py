"""Conditions of a search: filters on what is indexed, predicates on user metadata."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local_registry.identity.errors import InvalidInputError
from local_registry.search.index import Hit
from quilt_core.errors import ValidationError
from quilt_core.search import SearchText, matches_wildcard, parse_query, time_of, values_at

Test = Callable[[Hit], bool]


def package_tests(filters: Mapping[str, Any], metadata: list[Mapping[str, Any]]) -> list[Test]:
    """A test for each condition of `PackagesSearchFilter` and `PackageUserMetaPredicate`."""
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
        return fits(value(hit), predicate)

    return test


def fits(found: Any, predicate: Mapping[str, Any]) -> bool:
    """Whether a value satisfies a keyword, number or time predicate.

    Raises `InvalidInputError` for a bound that is not a time where one belongs.
    """
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
    return wildcard is None or matches_wildcard(str(found), wildcard)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        reason = f"{text!r} is not a time"
        raise InvalidInputError.at("filter", "InvalidDatetime", reason) from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _metadata_condition(path: str, kind: str, condition: Mapping[str, Any]) -> Test:
    def test(hit: Hit) -> bool:
        found = values_at(hit.meta, path)
        return any(_metadata_fits(one, kind, condition) for one in found)

    return test


def _metadata_fits(found: Any, kind: str, condition: Mapping[str, Any]) -> bool:
    if kind == "boolean":
        return isinstance(found, bool) and bool(condition.get(str(found).lower()))
    if kind == "number":
        number = isinstance(found, (int, float)) and not isinstance(found, bool)
        return number and fits(found, condition)
    if kind == "datetime":
        return fits(time_of(found), condition)
    if kind == "keyword":
        return isinstance(found, str) and fits(found, condition)
    return isinstance(found, str) and _text_fits(found, condition["queryString"])


def _text_fits(text: str, query: str) -> bool:
    try:
        return parse_query(query).score(SearchText.of_words(text)) > 0
    except ValidationError as error:
        raise InvalidInputError.at("userMetaFilters", "QuerySyntaxError", str(error)) from error
