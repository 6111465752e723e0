"""Search: words anywhere in name, message, metadata, workflow or logical keys."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
from quilt_core.errors import ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_core.testing.memory.catalog import StoredRevision
from quilt_core.testing.memory.packages import describe
from quilt_core.testing.memory.session import Session

_ORDERS: dict[SearchOrder, tuple[Callable[[PackageInfo], Any], bool]] = {
    SearchOrder.NEWEST: (lambda info: info.modified, True),
    SearchOrder.OLDEST: (lambda info: info.modified, False),
    SearchOrder.NAME: (lambda info: info.name, False),
    SearchOrder.NAME_DESCENDING: (lambda info: info.name, True),
}


class Search:
    """Package search."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @hookimpl
    def search_packages(
        self,
        query: str,
        registry: tuple[Registry, ...] | None,
        filters: SearchFilter,
        user_meta: tuple[MetadataPredicate, ...],
        latest_only: bool,
        order: SearchOrder,
        limit: int | None,
    ) -> Iterable[PackageInfo]:
        matches = parse_query(query)
        comment = parse_query(filters.message or "")
        if registry is None:
            buckets = self._session.readable_buckets()
        else:
            buckets = [self._session.reading(one) for one in registry]
        found = [
            info
            for info, revision in self._revisions(buckets, latest_only)
            if matches(_text(info, revision))
            and (filters.message is None or comment(info.message or ""))
            and _fits_filter(info, filters)
            and all(_fits_predicate(info, one) for one in user_meta)
        ]
        found.sort(key=lambda info: (info.registry, info.name, info.top_hash))
        if order in _ORDERS:
            key, descending = _ORDERS[order]
            found.sort(key=key, reverse=descending)
        return list(islice(found, limit))

    def _revisions(
        self, buckets: list[str], latest_only: bool
    ) -> Iterator[tuple[PackageInfo, StoredRevision]]:
        for (bucket, name), package in self._session.catalog.packages.items():
            if bucket in buckets:
                newest = {one.top_hash: one for one in package.revisions}
                for revision in newest.values():
                    if not latest_only or revision.top_hash == package.latest:
                        yield describe(name, Registry(bucket=bucket), revision), revision


def parse_query(query: str) -> Callable[[str], bool]:
    """A test of a text: words are alternatives, `+`/AND demands, `-`/NOT forbids, "…" a phrase.

    `ValidationError` for quotes or parentheses that do not close.
    """
    if query.count('"') % 2 or query.count("(") != query.count(")"):
        raise ValidationError(
            f"The query {query!r} cannot be parsed: quotes or parentheses do not close."
        )
    if re.search(r"\b(AND|OR|NOT)\s*$", query.strip()) or re.match(r"\s*(AND|OR)\b", query):
        raise ValidationError(f"The query {query!r} lacks a word beside AND, OR or NOT.")
    tokens = re.findall(r'[+\-]?"[^"]*"|[^\s()"]+', query)
    wanted: list[re.Pattern[str]] = []
    needed: list[re.Pattern[str]] = []
    banned: list[re.Pattern[str]] = []
    target = wanted
    operators = {"AND": needed, "OR": wanted, "NOT": banned}
    signs = {"+": needed, "-": banned}
    for word in tokens:
        if word in operators:
            target = operators[word]
            if target is needed and wanted:
                needed.append(wanted.pop())
            continue
        signs.get(word[0], target).append(_word(word.lstrip("+-")))
        target = wanted
    return lambda text: (
        (not wanted or bool(needed) or any(one.search(text) for one in wanted))
        and all(one.search(text) for one in needed)
        and not any(one.search(text) for one in banned)
    )


def _word(token: str) -> re.Pattern[str]:
    words = re.findall(r"\w+", token)
    ending = r"\w*" if token.endswith("*") else r"\b"
    body = r"\W+".join(re.escape(word) for word in words)
    return re.compile(rf"\b{body}{ending}" if words else "", re.IGNORECASE)


def _text(info: PackageInfo, revision: StoredRevision) -> str:
    metadata = json.dumps(info.metadata, ensure_ascii=False)
    parts = (info.name, info.message or "", metadata, info.workflow or "", *revision.entries)
    return "\n".join(parts).replace("_", " ")


def _fits_filter(info: PackageInfo, filters: SearchFilter) -> bool:
    size, entries = info.total_bytes or 0, info.total_entries or 0
    return (
        (filters.name is None or fnmatch.fnmatchcase(info.name, filters.name.replace("[", "[[]")))
        and _between(info.modified, filters.modified_from, filters.modified_to)
        and _between(size, filters.size_min, filters.size_max)
        and _between(entries, filters.entries_min, filters.entries_max)
        and (filters.top_hash is None or info.top_hash == filters.top_hash)
        and (filters.workflow is None or info.workflow in filters.workflow)
    )


def _between(value: Any, low: Any, high: Any) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _fits_predicate(info: PackageInfo, predicate: MetadataPredicate) -> bool:
    value: Any = info.metadata
    for part in predicate.path.removeprefix("/").split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    values = value if isinstance(value, list) else [value]
    return any(_fits(one, predicate) for one in values)


def _fits(value: Any, predicate: MetadataPredicate) -> bool:
    (kind,) = predicate.kinds
    if kind == "boolean":
        return value is predicate.boolean
    if kind == "number":
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and _between(value, predicate.number_min, predicate.number_max)
    if kind == "keyword":
        return isinstance(value, str) and _fits_keyword(value, predicate)
    if kind == "datetime":
        return isinstance(value, str) and _fits_time(value, predicate)
    return isinstance(value, str) and parse_query(predicate.text or "")(value)


def _fits_keyword(value: str, predicate: MetadataPredicate) -> bool:
    if predicate.keywords is not None:
        return value in predicate.keywords
    return fnmatch.fnmatchcase(value, (predicate.wildcard or "").replace("[", "[[]"))


def _fits_time(value: str, predicate: MetadataPredicate) -> bool:
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return False
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return _between(time, predicate.time_from, predicate.time_to)
