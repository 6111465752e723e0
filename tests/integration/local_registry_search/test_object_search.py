"""Object search: keys, contents, filters, orders, pages, permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry

from quilt_core.testing.conformance.environment import TestUser

Ask = Callable[..., Any]
SEARCH = """
query search($buckets: [String!], $text: String, $filter: ObjectsSearchFilter, $size: Int,
             $order: SearchResultOrder) {
  searchObjects(buckets: $buckets, searchString: $text, filter: $filter) {
    __typename
    ... on InvalidInput { errors { name } }
    ... on ObjectsSearchResultSet {
      total stats { size { min max } ext { values } }
      firstPage(size: $size, order: $order) {
        cursor hits { key bucket version size modified deleted indexedContent score }
      }
    }
  }
}
"""
MORE = """
query more($after: String!) { searchMoreObjects(after: $after, size: 10) {
  __typename
  ... on InvalidInput { errors { name } }
  ... on ObjectsSearchResultSetPage { cursor hits { key } }
} }
"""


@pytest.fixture
def search(
    ask: Ask, environment: RegistryEnvironment, bucket: str, shared_local_registry: LocalRegistry
) -> Ask:
    environment.put_object("data/islands.csv", b"Biscoe,Dream\n")
    environment.put_object("data/image.png", b"\x89PNG" * 100)
    environment.put_object("notes.md", b"Nothing about birds.")
    environment.put_object("gone.txt", b"biscoe")
    shared_local_registry.context.s3.delete_object(Bucket=bucket, Key="gone.txt")

    def run(text: str | None = None, **variables: Any) -> Any:
        variables.setdefault("size", 30)
        variables.setdefault("order", "LEX_ASC")
        return ask(SEARCH, buckets=[bucket], text=text, **variables)["searchObjects"]

    return run


def _keys(found: Any) -> list[str]:
    return [hit["key"] for hit in found["firstPage"]["hits"]]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (None, ["data/image.png", "data/islands.csv", "notes.md"]),
        ("islands", ["data/islands.csv"]),
        ("biscoe", ["data/islands.csv"]),
        ("data", ["data/image.png", "data/islands.csv"]),
        ("key:biscoe", []),
        ("content:birds", ["notes.md"]),
        ("ext:png", ["data/image.png"]),
        ("nowhere:png", []),
        ("ext:.png", ["data/image.png"]),
        ("ext:(csv OR md)", ["data/islands.csv", "notes.md"]),
        ("key:data/*", ["data/image.png", "data/islands.csv"]),
        ("bird~", ["notes.md"]),
        ("bir?s", ["notes.md"]),
        ("size:>100", ["data/image.png"]),
        ("size:[13 TO 20]", ["data/islands.csv", "notes.md"]),
    ],
)
def test_text(search: Ask, text: str | None, keys: list[str]) -> None:
    assert _keys(search(text)) == keys


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        ({"ext": {"terms": [".csv", ".md"]}}, ["data/islands.csv", "notes.md"]),
        ({"key": {"wildcard": "data/*"}}, ["data/image.png", "data/islands.csv"]),
        ({"size": {"gte": 100}}, ["data/image.png"]),
        ({"modified": {"gte": "2000-01-01T00:00:00Z"}, "size": {"lte": 20}},
         ["data/islands.csv", "notes.md"]),
        ({"modified": {"lte": "2000-01-01T00:00:00Z"}}, []),
        ({"content": {"queryString": "dream"}}, ["data/islands.csv"]),
        ({"deleted": {"true": True}}, ["gone.txt"]),
    ],
)  # fmt: skip
def test_filters(search: Ask, condition: Any, keys: list[str]) -> None:
    assert _keys(search(filter=condition)) == keys


def test_the_fields_of_a_hit(search: Ask, bucket: str) -> None:
    found = search("islands")
    assert (found["total"], found["stats"]["ext"]) == (1, {"values": [".csv"]})
    [hit] = found["firstPage"]["hits"]
    assert (hit["bucket"], hit["size"], hit["deleted"]) == (bucket, 13, False)
    assert hit["indexedContent"] == "Biscoe,Dream\n"
    assert hit["version"]


def test_an_overwritten_object_is_found_by_its_new_content(
    search: Ask, environment: RegistryEnvironment
) -> None:
    assert _keys(search("biscoe")) == ["data/islands.csv"]
    environment.put_object("data/islands.csv", b"Torgersen")
    assert _keys(search("biscoe")) == []
    assert _keys(search("torgersen")) == ["data/islands.csv"]


def test_pages(search: Ask, ask: Ask) -> None:
    first = search(size=2, order="LEX_DESC")["firstPage"]
    assert [hit["key"] for hit in first["hits"]] == ["notes.md", "data/islands.csv"]
    last = ask(MORE, after=first["cursor"])["searchMoreObjects"]
    assert [hit["key"] for hit in last["hits"]] == ["data/image.png"]
    assert last["cursor"] is None


def test_refusals(search: Ask, ask: Ask, environment: RegistryEnvironment) -> None:
    assert search('"open')["errors"][0]["name"] == "QuerySyntaxError"
    assert ask(MORE, after="?")["searchMoreObjects"]["errors"][0]["name"] == "InvalidCursor"
    hidden = str(environment.hidden_registry).removeprefix("s3://")
    found = ask(SEARCH, buckets=[hidden], size=5)["searchObjects"]
    assert found == {"__typename": "EmptySearchResultSet"}
    nobody = ask(SEARCH, TestUser.ANONYMOUS, size=5)["searchObjects"]
    assert nobody == {"__typename": "EmptySearchResultSet"}
