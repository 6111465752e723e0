"""Conditions of a search: filters on what is indexed, predicates on user metadata."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local_registry.identity.errors import InvalidInputError
from local_registry.search.index import Hit

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

    Raises `InvalidInputError` for a bound that is no time where one belongs.
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
    return wildcard is None or fnmatch.fnmatchcase(str(found), wildcard.replace("[", "[[]"))


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError.at("filter", "InvalidDatetime", f"{text!r} is no time") from error
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
        return fits(time_in(found), condition)
    if kind == "keyword":
        return isinstance(found, str) and fits(found, condition)
    wanted, present = _words(condition["queryString"]), _words(str(found))
    return isinstance(found, str) and bool(wanted & present)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def time_in(value: Any) -> datetime | None:
    """The time that a text stands for; None when it is none."""
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def values_at(meta: Any, path: str) -> list[Any]:
    """The values at a JSON pointer; the items of a list each count."""
    for part in path.removeprefix("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(meta, Mapping) or name not in meta:
            return []
        meta = meta[name]
    return meta if isinstance(meta, list) else [meta]
