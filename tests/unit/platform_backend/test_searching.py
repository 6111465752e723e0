"""Search and listings: complete, each item once, in order, with no condition ignored."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from quilt_core import (
    MetadataPredicate,
    NotFoundError,
    ProtocolError,
    QuiltOps,
    SearchFilter,
    ValidationError,
)


def hit(name: str, number: int, *, pointer: str = "latest", second: int = 0) -> dict[str, Any]:
    return {
        "bucket": "bucket", "name": name, "pointer": pointer, "hash": f"{number:064x}",
        "size": 1.0, "modified": f"2026-01-01T00:00:{second:02}Z", "totalEntriesCount": 1,
        "comment": "m", "meta": None, "workflow": {"id": "w"},
    }  # fmt: skip


def page(hits: list[dict[str, Any]], cursor: str | None) -> dict[str, Any]:
    return {"__typename": "PackagesSearchResultSetPage", "cursor": cursor, "hits": hits}


def found(hits: list[dict[str, Any]], cursor: str | None = None) -> dict[str, Any]:
    return {
        "registry": {"__typename": "PackageList"},
        "searchPackages": {
            "__typename": "PackagesSearchResultSet",
            "firstPage": page(hits, cursor),
        },
    }


def rejection(raw: Any) -> Any:
    return raw(status=400, body=json.dumps({"errors": [{"message": "Unknown argument"}]}).encode())


class TestCursors:
    def test_to_the_last_page(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("searchPackages", found([hit("a/a", 1)], "one"))
        registry.series(
            "searchMorePackages",
            {"searchMorePackages": page([hit("a/b", 2)], "two")},
            {"searchMorePackages": page([hit("a/c", 3)], None)},
        )
        assert [info.name for info in ops.search_packages()] == ["a/a", "a/b", "a/c"]
        afters = [one.payload["variables"].get("after") for one in registry.requests]
        assert afters == [None, "one", "two"]

    def test_pages_are_fetched_as_they_are_read(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("searchPackages", found([hit("a/a", 1)], "one"))
        results = ops.iter_search_packages()
        next(results)
        assert len(registry.requests) == 1

    def test_limit_fetches_no_more_than_needed(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("searchPackages", found([hit("a/a", 1), hit("a/b", 2)], "one"))
        assert len(ops.search_packages(limit=2)) == 2
        assert len(registry.requests) == 1

    def test_a_cursor_that_does_not_move(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("searchPackages", found([hit("a/a", 1)], "same"))
        registry.answer("searchMorePackages", {"searchMorePackages": page([hit("a/b", 2)], "same")})
        with pytest.raises(ProtocolError, match="makes no progress"):
            ops.search_packages()

    def test_an_error_on_a_later_page_is_raised(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("searchPackages", found([hit("a/a", 1)], "one"))
        failure = {"__typename": "OperationError", "name": "Timeout", "message": "slow"}
        registry.answer("searchMorePackages", {"searchMorePackages": failure})
        with pytest.raises(Exception, match="slow"):
            ops.search_packages()


class TestHits:
    def test_each_revision_once(self, ops: QuiltOps, registry: Any) -> None:
        hits = [hit("a/a", 2), hit("a/a", 2, pointer="1767225600"), hit("a/a", 1, pointer="1767")]
        registry.answer("searchPackages", found(hits))
        hashes = [int(info.top_hash, 16) for info in ops.search_packages(latest_only=False)]
        assert hashes == [2, 1]

    def test_ties_are_ordered_by_registry_name_and_hash(self, ops: QuiltOps, registry: Any) -> None:
        hits = [
            hit("b/b", 2, second=9), hit("b/b", 1, second=5), hit("a/a", 4, second=5),
            hit("a/a", 3, second=5), hit("z/z", 9, second=1),
        ]  # fmt: skip
        registry.answer("searchPackages", found(hits))
        results = ops.search_packages(latest_only=False, order="newest")
        assert [int(info.top_hash, 16) for info in results] == [2, 3, 4, 1, 9]

    def test_syntax_error(self, ops: QuiltOps, registry: Any) -> None:
        error = {"path": "searchString", "name": "QuerySyntaxError", "message": "at 1"}
        answer = {**found([]), "searchPackages": {"__typename": "InvalidInput", "errors": [error]}}
        registry.answer("searchPackages", answer)
        with pytest.raises(ValidationError, match="QuerySyntaxError"):
            ops.search_packages('"')

    def test_an_unreadable_registry_is_not_found(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("searchPackages", {**found([]), "registry": None})
        with pytest.raises(NotFoundError, match="s3://bucket"):
            ops.search_packages()

    def test_one_of_several_registries_is_unreadable(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("searchPackages", found([]))

        def packages(request: Any) -> dict[str, Any]:
            there = request.payload["variables"]["bucket"] == "bucket"
            return {"packages": {"total": 0, "page": []} if there else None}

        registry.answer("listPackages", packages)
        with pytest.raises(NotFoundError, match="s3://other"):
            ops.search_packages(registry=["s3://bucket", "s3://other"])


class TestConditions:
    def test_every_condition_is_sent(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("searchPackages", found([]))
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        ops.search_packages(
            "word",
            ["s3://bucket", "s3://other"] and "s3://bucket",
            filters=SearchFilter(
                name="a/*", modified_from=moment, size_max=9, entries_min=1, top_hash="f" * 64,
                message="m", workflow=["w"],
            ),
            user_meta=[
                MetadataPredicate(path="/k", keywords=["x"]),
                MetadataPredicate(path="/t", text="t"),
                MetadataPredicate(path="/n", number_min=1.5),
                MetadataPredicate(path="/d", time_to=moment),
                MetadataPredicate(path="/b", boolean=False),
            ],
            order="name",
        )  # fmt: skip
        sent = registry.requests[0].payload["variables"]
        assert sent["searchString"] == "word"
        assert sent["buckets"] == ["bucket"]
        assert sent["latestOnly"] is True
        assert sent["ordering"] == "sys:name:asc"
        assert sent["filter"] == {
            "name": {"wildcard": "a/*"},
            "modified": {"gte": "2026-01-01T00:00:00+00:00"},
            "size": {"lte": 9},
            "entries": {"gte": 1},
            "hash": {"terms": ["f" * 64]},
            "comment": {"queryString": "m"},
            "workflow": {"terms": ["w"]},
        }
        assert sent["userMetaFilters"] == [
            {"path": "/k", "keyword": {"terms": ["x"]}},
            {"path": "/t", "text": {"queryString": "t"}},
            {"path": "/n", "number": {"gte": 1.5}},
            {"path": "/d", "datetime": {"lte": "2026-01-01T00:00:00+00:00"}},
            {"path": "/b", "boolean": {"false": True}},
        ]


class TestOlderRegistries:
    def answer_from(self, registry: Any, raw: Any, lacks: tuple[str, ...], answer: Any) -> None:
        def search(request: Any) -> Any:
            text = request.payload["query"]
            return rejection(raw) if any(word in text for word in lacks) else answer

        registry.answer("searchPackages", search)

    def test_names_are_sorted_locally_where_the_registry_cannot(
        self, ops: QuiltOps, registry: Any, raw: Any
    ) -> None:
        hits = [hit("b/b", 1), hit("c/c", 2), hit("a/a", 3)]
        lacks = ("$ordering", "OperationErrorFields", "totalEntriesCount")
        self.answer_from(registry, raw, lacks, found(hits))
        results = ops.search_packages(order="name_descending")
        assert [info.name for info in results] == ["c/c", "b/b", "a/a"]
        assert registry.requests[-1].payload["variables"]["order"] is None

    def test_latest_revisions_are_looked_up_where_the_registry_cannot_filter(
        self, ops: QuiltOps, registry: Any, raw: Any
    ) -> None:
        lacks = ("$ordering", "OperationErrorFields", "totalEntriesCount", "latestOnly")
        self.answer_from(registry, raw, lacks, found([hit("a/a", 2), hit("a/a", 1), hit("b/b", 5)]))

        def info(request: Any) -> dict[str, Any]:
            number = {"a/a": 2, "b/b": 6}[request.payload["variables"]["name"]]
            return {"package": {"revision": {"hash": f"{number:064x}"}}}

        registry.answer("packageInfo", info)
        results = ops.search_packages()
        assert [(one.name, int(one.top_hash, 16)) for one in results] == [("a/a", 2)]


class TestNumberedPages:
    @staticmethod
    def packages(names: list[str], cap: int = 10_000) -> Callable[[Any], dict[str, Any]]:
        def answer(request: Any) -> dict[str, Any]:
            variables = request.payload["variables"]
            size = min(variables["perPage"], cap)
            start = (variables["number"] - 1) * size
            listed = [{"name": name} for name in names[start : start + size]]
            return {"packages": {"total": len(names), "page": listed}}

        return answer

    @pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 35])
    def test_all_items_in_few_requests(
        self, connect: Callable[..., QuiltOps], registry: Any, count: int
    ) -> None:
        names = [f"n/{number:03}" for number in range(count)]
        registry.answer("listPackages", self.packages(names))
        assert connect(page_size=10).list_all_packages() == names
        assert len(registry.requests) <= -(-count // 10) + 1

    def test_a_registry_that_limits_the_size_of_its_pages(
        self, connect: Callable[..., QuiltOps], registry: Any
    ) -> None:
        names = [f"n/{number:03}" for number in range(35)]
        registry.answer("listPackages", self.packages(names, cap=4))
        assert connect(page_size=10).list_all_packages() == names

    def test_a_list_that_stays_shorter_than_its_total(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("listPackages", {"packages": {"total": 3, "page": [{"name": "a/b"}]}})
        with pytest.raises(ProtocolError, match="3 items"):
            ops.list_all_packages()

    def test_a_list_that_changes_is_read_again(
        self, connect: Callable[..., QuiltOps], registry: Any
    ) -> None:
        before, after = ["a/1", "a/2", "a/3"], ["a/1", "a/3"]
        pages = [self.packages(before), *[self.packages(after)] * 9]
        registry.series("listPackages", *pages)
        assert connect(page_size=2).list_all_packages() == after

    def test_a_pattern_must_match_the_whole_name(self, ops: QuiltOps, registry: Any) -> None:
        names = ["a/penguins", "a/penguins-raw", "a/Penguins", "b/penguin"]
        registry.answer("listPackages", self.packages(names))
        assert ops.list_all_packages(pattern="*/penguins") == ["a/penguins"]
        assert ops.list_all_packages(pattern="?/penguin*") == [
            "a/penguins", "a/penguins-raw", "b/penguin",
        ]  # fmt: skip
        assert ops.list_all_packages(pattern="[a]*") == []
        filters = [one.payload["variables"]["filter"] for one in registry.requests]
        assert filters == ["*/penguins*", "*/penguin*", "*[a]*"]
