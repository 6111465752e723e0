"""Searching in memory: the query syntax, the conditions, the order."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from quilt_core.domain import MetadataPredicate, PackageInfo, SearchFilter, SearchOrder
from quilt_core.errors import ValidationError
from quilt_core.search import SearchText, fits_filter, fits_predicates, in_order, parse_query


def info(**changes: Any) -> PackageInfo:
    values: dict[str, Any] = {
        "name": "palmer/penguins",
        "registry": "s3://open-data",
        "bucket": "open-data",
        "top_hash": "a" * 64,
        "modified": datetime(2026, 3, 1, tzinfo=UTC),
        "message": "Three species on Dream island",
        "metadata": {
            "species": ["Adelie", "Gentoo"],
            "year": 2009,
            "checked": True,
            "when": "2026-02-01T00:00:00Z",
            "nested": {"a/b": {"~": "Biscoe"}},
        },
        "workflow": "alpha",
        "total_entries": 3,
        "total_bytes": 1000,
    }
    return PackageInfo(**{**values, **changes})


def found(query: str) -> bool:
    return parse_query(query).score(SearchText.of(info(), ["data/raw table.csv"])) > 0


@pytest.mark.parametrize(
    "query",
    [
        "", "*", "   ", "penguins", "PENGUINS", "peng*", "Adelie", "species", "nothing penguins",
        "penguins OR nothing", "penguins AND dream", "penguins && dream", "+penguins nothing",
        '"three species"', '"Dream island"', "NOT nothing", "penguins -nothing", "!nothing",
        "(nothing OR dream) AND adelie", "palmer/penguins", "raw", "table.csv", "2009", "alpha",
        "NOT (nothing AND penguins)", "dre* AND isl*", "peng?ins", "p*ns", "*guins", "palm*/pe*",
        "pengiuns~", "pengins~1", "dreem~1", "penguins^2 nothing", '"dream island"^0.5',
        "name:penguins", "name:palmer/penguins", "name:palmer\\/*", "name:(nothing penguins)",
        'comment:"dream island"', "mnfst_message:dream", "meta:adelie", "key:raw", "_exists_:name",
        "_exists_: workflow", "workflow:*", "size:1000", "size:>=1000", "size:>999", "size:<=1000",
        "size:[1 TO 1000]", "size:{999 TO *}", "size:[* TO 1e3]", "-size:<1000", "hash:aaa*",
        "modified:2026-03-01", "modified:[2026 TO 2026-03]", "modified:<now",
        "modified:>2026-02-28",
        'modified:["2026-03-01T00:00:00Z" TO now-1s]', "modified:<=2026-03-01", "a\\*b penguins",
    ],
)  # fmt: skip
def test_queries_that_match(query: str) -> None:
    assert found(query)


@pytest.mark.parametrize(
    "query",
    [
        "nothing", "peng", '"species three"', "penguins AND nothing", "NOT penguins",
        "+nothing penguins", "penguins -dream", "(nothing)", '"peng*"', "nothing OR neither",
        "palmer/puffins", "bir?s", "penguin?s", "p*x", "pinguiin~1", "abc~", "penguins~0 -penguins",
        "comment:penguins", "nowhere:penguins", "_exists_:nowhere", "name:(dream island)",
        "size:1001", "size:>1000", "size:<1000", "size:{1000 TO *]", "size:[1 TO 1000}", "hash:a",
        "modified:>2026-03-01", "modified:<2026-03-01", "modified:[2026-03-02 TO *]", "peng\\*",
        "modified:>now-1m", "message:1000",
    ],
)  # fmt: skip
def test_queries_that_do_not_match(query: str) -> None:
    assert not found(query)


@pytest.mark.parametrize(
    "query",
    [
        "(a", "a)", '"a', "AND a", "a AND", "a OR", "a OR ()) b", "NOT", "a -(", "name:", "name:)",
        "[1 TO 2]", "size:[1 TO", "size:[1 2]", "{a", "a]", "/pen.*/", "name:/pen.*/", '"a b"~2',
        "a~7", "a^", "a^x", "a^1e999", "a^nan", "a^-1",
        "size:>", "name:comment:", "(" * 1_000 + "a" + ")" * 1_000,
    ],
)  # fmt: skip
def test_malformed_queries_are_refused_and_quoted(query: str) -> None:
    with pytest.raises(ValidationError, match="cannot be parsed") as caught:
        parse_query(query)
    assert caught.value.context["query"] == query[:200]


@pytest.mark.parametrize(
    "query", ["size:many", "size:[1 TO x]", "modified:soon", "modified:>2026-13-45", "size:1*"]
)
def test_values_of_the_wrong_type_are_refused(query: str) -> None:
    with pytest.raises(ValidationError, match="compares with"):
        found(query)


def test_a_boost_affects_the_score() -> None:
    text = SearchText.of(info())
    assert parse_query("penguins^3").score(text) == 3 * parse_query("penguins").score(text)
    assert found("penguins^0 dream")


@pytest.mark.parametrize("query", ["*?" * 30 + "Z", "name:" + "*?" * 30 + "Z", "a*" * 40 + "b"])
def test_wildcards_take_linear_time(query: str) -> None:
    started = time.process_time()
    assert parse_query(query).score(SearchText.of(info(name="a" * 2_000 + "/b"))) == 0
    assert time.process_time() - started < 1


def test_matches_in_the_name_count_more_than_in_the_entries() -> None:
    query = parse_query("penguins")
    by_name = query.score(SearchText.of(info()))
    by_entry = query.score(SearchText.of(info(name="a/b"), ["penguins.csv"]))

    assert by_name > by_entry > 0


MARCH = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, True),
        ({"name": "palmer/*"}, True),
        ({"name": "palmer"}, False),
        ({"name": "PALMER/*"}, False),
        ({"name": "palmer/penguin?"}, True),
        ({"name": "palmer/[p]*"}, False),
        ({"modified_from": MARCH, "modified_to": MARCH}, True),
        ({"modified_from": datetime(2026, 3, 2, tzinfo=UTC)}, False),
        ({"size_min": 1000, "size_max": 1000}, True),
        ({"size_max": 999}, False),
        ({"entries_min": 4}, False),
        ({"entries_min": 3}, True),
        ({"top_hash": "a" * 64}, True),
        ({"top_hash": "b" * 64}, False),
        ({"message": "species AND dream"}, True),
        ({"message": "penguins"}, False),
        ({"workflow": ("beta", "alpha")}, True),
        ({"workflow": ("beta",)}, False),
    ],
)
def test_filters(conditions: dict[str, Any], expected: bool) -> None:
    assert fits_filter(info(), SearchFilter(**conditions)) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"path": "/species", "keywords": ("Gentoo",)}, True),
        ({"path": "/species", "keywords": ("gentoo",)}, False),
        ({"path": "/species", "wildcard": "Ad*"}, True),
        ({"path": "/species", "text": "adelie"}, True),
        ({"path": "/year", "number_min": 2009, "number_max": 2009.0}, True),
        ({"path": "/year", "number_max": 2008}, False),
        ({"path": "/year", "keywords": ("2009",)}, False),
        ({"path": "/checked", "boolean": True}, True),
        ({"path": "/checked", "boolean": False}, False),
        ({"path": "/checked", "number_min": 0}, False),
        ({"path": "/when", "time_to": datetime(2026, 2, 1, tzinfo=UTC)}, True),
        ({"path": "/when", "time_from": datetime(2026, 2, 2, tzinfo=UTC)}, False),
        ({"path": "/species", "time_from": datetime(2026, 2, 2, tzinfo=UTC)}, False),
        ({"path": "/nested/a~1b/~0", "keywords": ("Biscoe",)}, True),
        ({"path": "/nowhere", "wildcard": "*"}, False),
    ],
)
def test_metadata_predicates(condition: dict[str, Any], expected: bool) -> None:
    assert fits_predicates(info(), [MetadataPredicate(**condition)]) is expected


def test_orders_and_ties() -> None:
    early = datetime(2026, 1, 1, tzinfo=UTC)
    a, b, c = info(name="a/a", modified=early), info(name="b/b"), info(name="c/c", modified=early)
    scored = [(1.0, c), (3.0, a), (1.0, b)]

    def names(order: SearchOrder) -> list[str]:
        return [one.name for one in in_order(scored, order)]

    assert names(SearchOrder.RELEVANCE) == ["a/a", "b/b", "c/c"]
    assert names(SearchOrder.NEWEST) == ["b/b", "a/a", "c/c"]
    assert names(SearchOrder.OLDEST) == ["a/a", "c/c", "b/b"]
    assert names(SearchOrder.NAME) == ["a/a", "b/b", "c/c"]
    assert names(SearchOrder.NAME_DESCENDING) == ["c/c", "b/b", "a/a"]
