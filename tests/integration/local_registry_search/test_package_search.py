"""Package search: fields, phrases, why a hit matches, facets, pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_registry.conformance import RegistryEnvironment

from quilt_core.testing.conformance.environment import TestUser

Ask = Callable[..., Any]
SEARCH = """
query search($buckets: [String!], $text: String, $filter: PackagesSearchFilter, $size: Int,
             $meta: [PackageUserMetaPredicate!], $ordering: PackageOrdering) {
  searchPackages(buckets: $buckets, searchString: $text, filter: $filter,
                 userMetaFilters: $meta, latestOnly: true) {
    __typename
    ... on InvalidInput { errors { name path } }
    ... on PackagesSearchResultSet {
      total
      firstPage(size: $size, ordering: $ordering) {
        __typename
        ... on InvalidInput { errors { name } }
        ... on PackagesSearchResultSetPage { cursor hits { name
          matchLocations { name comment meta workflow }
          matchingEntries { logicalKey physicalKey size meta matchLocations { logicalKey meta } }
        } }
      }
    }
  }
}
"""
MORE = """
query more($after: String!) { searchMorePackages(after: $after, size: 2) {
  __typename
  ... on InvalidInput { errors { name } }
  ... on PackagesSearchResultSetPage { cursor hits { name } }
} }
"""


@pytest.fixture
def packages(environment: RegistryEnvironment) -> None:
    penguins = [
        environment.entry("data/biscoe.csv", b"12", {"kind": "raw"}),
        environment.entry("README.md"),
    ]
    meta = {"species": ["Adelie", "Gentoo"], "n": 344, "when": "2020-01-02", "wild": True}
    environment.given(
        penguins, name="birds/penguins", message="Counted on three islands", user_meta=meta
    )
    environment.given([environment.entry("a.txt")], name="sea/whales",
                message="penguins, not whales",
                user_meta={"n": 2, "deep": {"x": "biscoe"}})  # fmt: skip
    environment.given([environment.entry("b.txt")], name="sea/weed", message=None)


@pytest.fixture
def search(ask: Ask, bucket: str, packages: None) -> Ask:
    def run(text: str | None = None, **variables: Any) -> Any:
        variables.setdefault("size", 30)
        return ask(SEARCH, buckets=[bucket], text=text, **variables)["searchPackages"]

    return run


def _names(found: Any) -> list[str]:
    return sorted(hit["name"] for hit in found["firstPage"]["hits"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (None, ["birds/penguins", "sea/weed", "sea/whales"]),
        ("penguins", ["birds/penguins", "sea/whales"]),
        ("name:penguins", ["birds/penguins"]),
        ("ptr_name:sea", ["sea/weed", "sea/whales"]),
        ("comment:penguins", ["sea/whales"]),
        ('comment:"three islands"', ["birds/penguins"]),
        ('comment:"islands three"', []),
        ("comment:(counted OR whales)", ["birds/penguins", "sea/whales"]),
        ("meta:biscoe", ["sea/whales"]),
        ("key:biscoe", ["birds/penguins"]),
        ("entry_lk:bis*", ["birds/penguins"]),
        ("penguins -comment:whales", ["birds/penguins"]),
        ("NOT penguins", ["sea/weed"]),
        ("no_such_field:penguins", []),
        ("weed OR no_such_field:penguins", ["sea/weed"]),
        ("pengiuns~", ["birds/penguins", "sea/whales"]),
        ("w?ed", ["sea/weed"]),
        ("name:sea/*", ["sea/weed", "sea/whales"]),
        ("mnfst_stats.total_files:>1", ["birds/penguins"]),
        ("ptr_tag:latest AND mnfst_stats.total_files:1", ["sea/weed", "sea/whales"]),
        ("_exists_:comment", ["birds/penguins", "sea/whales"]),
        ("modified:[2000 TO now]", ["birds/penguins", "sea/weed", "sea/whales"]),
    ],
)
def test_text(search: Ask, text: str | None, names: list[str]) -> None:
    assert _names(search(text)) == names


@pytest.mark.parametrize(
    "text", ['"open', "a AND", "(a", "a)", "name:", "NOT", "{name} : x", "size:big", "/a+/"]
)
def test_text_that_cannot_be_parsed(search: Ask, text: str) -> None:
    found = search(text)
    assert found["__typename"] == "InvalidInput"
    assert found["errors"][0]["name"] == "QuerySyntaxError"


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE texts; --", "name MATCH x", "a^2 NEAR(b)", "*", '""']
)
def test_text_is_not_treated_as_sql(search: Ask, text: str) -> None:
    assert search(text)["__typename"] == "PackagesSearchResultSet"
    assert len(_names(search())) == 3


def test_why_a_hit_matches(search: Ask) -> None:
    hits = {hit["name"]: hit for hit in search("penguins biscoe")["firstPage"]["hits"]}
    assert hits["birds/penguins"]["matchLocations"] == {
        "name": True, "comment": False, "meta": False, "workflow": False,
    }  # fmt: skip
    assert hits["sea/whales"]["matchLocations"] == {
        "name": False, "comment": True, "meta": True, "workflow": False,
    }  # fmt: skip
    [entry] = hits["birds/penguins"]["matchingEntries"]
    assert (entry["logicalKey"], entry["size"]) == ("data/biscoe.csv", 2)
    assert entry["meta"] == '{"kind": "raw"}'
    assert entry["matchLocations"] == {"logicalKey": True, "meta": False}
    assert hits["sea/whales"]["matchingEntries"] == []


def test_without_text_no_field_matches(search: Ask) -> None:
    hits = search()["firstPage"]["hits"]
    assert len(hits) == 3
    for hit in hits:
        assert not any(hit["matchLocations"].values())
        assert hit["matchingEntries"] == []


def test_facets(ask: Ask, bucket: str, packages: None) -> None:
    facets = """... on IPackageUserMetaFacet { __typename path sortable }
        ... on NumberPackageUserMetaFacet { numbers: extents { min max } }
        ... on KeywordPackageUserMetaFacet { words: extents { values } }"""
    query = f"""query facets($buckets: [String!]) {{ searchPackages(buckets: $buckets) {{
        ... on PackagesSearchResultSet {{
          stats {{ userMetaTruncated userMeta {{ {facets} }} }}
          deep: filteredUserMetaFacets(path: "DEEP") {{ {facets} }}
          numbers: filteredUserMetaFacets(path: "*", type: NUMBER) {{ {facets} }}
        }} }} }}"""
    found = ask(query, buckets=[bucket])["searchPackages"]
    by_path = {one["path"]: one for one in found["stats"]["userMeta"]}
    assert {path: one["__typename"] for path, one in by_path.items()} == {
        "/species": "KeywordPackageUserMetaFacet",
        "/n": "NumberPackageUserMetaFacet",
        "/when": "DatetimePackageUserMetaFacet",
        "/wild": "BooleanPackageUserMetaFacet",
        "/deep/x": "KeywordPackageUserMetaFacet",
    }
    assert by_path["/n"]["numbers"] == {"min": 2, "max": 344}
    assert by_path["/species"]["words"]["values"] == ["Adelie", "Gentoo"]
    assert found["stats"]["userMetaTruncated"] is False
    assert [one["path"] for one in found["deep"]] == ["/deep/x"]
    assert [one["path"] for one in found["numbers"]] == ["/n"]


def test_pages(search: Ask, ask: Ask) -> None:
    first = search(size=2, ordering="sys:name:desc")["firstPage"]
    assert [hit["name"] for hit in first["hits"]] == ["sea/whales", "sea/weed"]
    last = ask(MORE, after=first["cursor"])["searchMorePackages"]
    assert last == {
        "__typename": "PackagesSearchResultSetPage",
        "cursor": None,
        "hits": [{"name": "birds/penguins"}],
    }


@pytest.mark.parametrize("after", ["", "nonsense", "bnVsbA==", "e30="])
def test_an_invalid_cursor(ask: Ask, after: str) -> None:
    found = ask(MORE, after=after)["searchMorePackages"]
    assert found["errors"][0]["name"] == "InvalidCursor"


@pytest.mark.parametrize("ordering", ["name", "sys:nothing:asc", "sys:name:up", "usr:x:number:asc"])
def test_an_invalid_ordering(search: Ask, ordering: str) -> None:
    assert search(ordering=ordering)["firstPage"]["errors"][0]["name"] == "ordering"


def test_a_user_without_access_finds_nothing(
    ask: Ask, environment: RegistryEnvironment, packages: None
) -> None:
    hidden = str(environment.hidden_registry).removeprefix("s3://")
    found = ask(SEARCH, buckets=[hidden], size=5)["searchPackages"]
    assert found == {"__typename": "EmptySearchResultSet"}


def test_a_cursor_of_another_user_shows_nothing(
    search: Ask, ask: Ask, environment: RegistryEnvironment
) -> None:
    """Permissions are checked again on each page."""
    cursor = search(size=1)["firstPage"]["cursor"]
    assert ask(MORE, TestUser.ANONYMOUS, after=cursor)["searchMorePackages"]["hits"] == []
