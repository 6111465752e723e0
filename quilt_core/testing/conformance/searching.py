"""Behaviours of package search (S-…)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from quilt_core import (
    AuthenticationError,
    MetadataPredicate,
    NotFoundError,
    PackageInfo,
    QuiltOps,
    SearchFilter,
    ValidationError,
)
from quilt_core.domain.search import SearchOrderName
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser


def names(found: Iterable[PackageInfo]) -> list[str]:
    """The names of the packages found."""
    return [info.name for info in found]


class Searching(BehaviourTests):
    """Finding packages."""

    @pytest.fixture
    def hashes(self, environment: Environment) -> dict[str, str]:
        """Three packages: penguins (two revisions), seals, whales."""
        small, large = (
            environment.entry("small.csv", b"1"),
            environment.entry("large.bin", b"x" * 1000),
        )
        return {
            "old": environment.given(
                [small], name="ocean/penguins", message="Old count", user_meta={"n": 1}
            ),
            "penguins": environment.given(
                [small, large], name="ocean/penguins", message="Count penguins",
                user_meta={"species": "Adelie", "n": 344, "wild": True, "seen": "2026-01-02",
                           "tags": ["bird", "cold"], "deep": {"er": "Biscoe"}},
            ),
            "seals": environment.given(
                [small], name="ocean/seals", message="Count seals",
                user_meta={"species": "Weddell", "n": 20.5, "wild": False, "seen": "2025-06-01"},
            ),
            "whales": environment.given([large], name="deep/whales", message=None),
        }  # fmt: skip

    @behaviour("S-1", "search_packages", "get_package_info")
    def test_everything_is_found_with_all_its_fields(
        self, environment: Environment, ops: QuiltOps, hashes: dict[str, str]
    ) -> None:
        """An empty query finds every package, and each hit equals the answer of `get_package_info`,
        field by field.
        """
        found = ops.search_packages("", order="name")
        assert names(found) == ["deep/whales", "ocean/penguins", "ocean/seals"]
        assert found == [ops.get_package_info(info.name) for info in found]

    @behaviour("S-2", "search_packages")
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("penguins", ["ocean/penguins"]),
            ("PENGUINS", ["ocean/penguins"]),
            ("count", ["ocean/penguins", "ocean/seals"]),
            ("Adelie", ["ocean/penguins"]),
            ("biscoe", ["ocean/penguins"]),
            ("wha*", ["deep/whales"]),
            ("wh?l*s", ["deep/whales"]),
            ("pengiuns~1", ["ocean/penguins"]),
            ('"count seals"', ["ocean/seals"]),
            ("penguins OR seals", ["ocean/penguins", "ocean/seals"]),
            ("count AND weddell", ["ocean/seals"]),
            ("count -seals", ["ocean/penguins"]),
            ("nothing_like_this", []),
        ],
    )
    def test_text(
        self, ops: QuiltOps, hashes: dict[str, str], query: str, expected: list[str]
    ) -> None:
        """A query is matched against names, messages and the values of metadata, ignoring case. `*`
        stands for any characters, quotation marks hold a phrase together, and `AND`, `OR` and `-`
        combine. A query that matches nothing gives an empty list.
        """
        assert names(ops.search_packages(query, order="name")) == expected

    @behaviour("S-3", "search_packages")
    @pytest.mark.parametrize("query", ['"open', "(open", "AND", "x AND"])
    def test_a_query_that_cannot_be_parsed(
        self, ops: QuiltOps, hashes: dict[str, str], query: str
    ) -> None:
        """A query that cannot be parsed, such as an unclosed quotation mark or bracket or an
        operator without an operand, raises ValidationError.
        """
        with pytest.raises(ValidationError):
            ops.search_packages(query)

    @behaviour("S-4", "search_packages")
    def test_all_revisions(self, ops: QuiltOps, hashes: dict[str, str]) -> None:
        """With `latest_only=False` every revision that matches is found, each once; without it only
        latest revisions are searched, so that what only an earlier revision has is not found.
        """
        found = ops.search_packages("count", latest_only=False, order="oldest")
        assert [info.top_hash for info in found] == [
            hashes["old"], hashes["penguins"], hashes["seals"],
        ]  # fmt: skip
        assert names(ops.search_packages("old")) == []

    @behaviour("S-5", "search_packages")
    def test_filters(self, ops: QuiltOps, hashes: dict[str, str]) -> None:
        """All filters must hold: wildcards for the name, inclusive bounds of the size in bytes, of
        the number of entries and of the time of modification, a top hash, a word of the message,
        and a list of workflows.
        """
        both, three = ["ocean/penguins", "ocean/seals"], 1_600_000_002
        cases: list[tuple[SearchFilter, list[str]]] = [
            (SearchFilter(name="ocean/*"), both),
            (SearchFilter(name="*/seal?"), ["ocean/seals"]),
            (SearchFilter(size_min=1001), ["ocean/penguins"]),
            (SearchFilter(size_max=1000), ["deep/whales", "ocean/seals"]),
            (SearchFilter(entries_min=2), ["ocean/penguins"]),
            (SearchFilter(entries_max=1, name="ocean/*"), ["ocean/seals"]),
            (SearchFilter(top_hash=hashes["seals"]), ["ocean/seals"]),
            (SearchFilter(message="penguins"), ["ocean/penguins"]),
            (SearchFilter(workflow=["none-like-this"]), []),
            (
                SearchFilter(modified_from=datetime.fromtimestamp(three, UTC)),
                ["deep/whales", "ocean/seals"],
            ),
            (SearchFilter(modified_to=datetime.fromtimestamp(three, UTC)), both),
        ]
        for filters, expected in cases:
            found = ops.search_packages("", filters=filters, order="name")
            assert names(found) == expected, filters

    @behaviour("S-6", "search_packages")
    def test_predicates_of_user_metadata(self, ops: QuiltOps, hashes: dict[str, str]) -> None:
        """A predicate tests the metadata at its path, which may be nested: any of several keywords
        (in lists too), a wildcard, inclusive bounds of numbers and times, and booleans. A path that
        no package has finds nothing.
        """
        both = ["ocean/penguins", "ocean/seals"]
        cases: list[tuple[MetadataPredicate, list[str]]] = [
            (MetadataPredicate(path="/species", keywords=["Adelie"]), ["ocean/penguins"]),
            (MetadataPredicate(path="/species", keywords=["Adelie", "Weddell"]), both),
            (MetadataPredicate(path="/species", wildcard="Wed*"), ["ocean/seals"]),
            (MetadataPredicate(path="/tags", keywords=["cold"]), ["ocean/penguins"]),
            (MetadataPredicate(path="/deep/er", keywords=["Biscoe"]), ["ocean/penguins"]),
            (MetadataPredicate(path="/n", number_min=21), ["ocean/penguins"]),
            (MetadataPredicate(path="/n", number_min=20, number_max=344), both),
            (MetadataPredicate(path="/wild", boolean=False), ["ocean/seals"]),
            (
                MetadataPredicate(path="/seen", time_from=datetime(2026, 1, 1, tzinfo=UTC)),
                ["ocean/penguins"],
            ),
            (MetadataPredicate(path="/nowhere", keywords=["x"]), []),
        ]
        for predicate, expected in cases:
            found = ops.search_packages("", user_meta=[predicate], order="name")
            assert names(found) == expected, predicate

    @behaviour("S-7", "search_packages")
    @pytest.mark.parametrize(
        ("order", "expected"),
        [
            ("newest", ["deep/whales", "ocean/seals", "ocean/penguins"]),
            ("oldest", ["ocean/penguins", "ocean/seals", "deep/whales"]),
            ("name", ["deep/whales", "ocean/penguins", "ocean/seals"]),
            ("name_descending", ["ocean/seals", "ocean/penguins", "deep/whales"]),
        ],
    )
    def test_order_and_limit(
        self, ops: QuiltOps, hashes: dict[str, str], order: SearchOrderName, expected: list[str]
    ) -> None:
        """Hits are ordered as asked: newest or oldest by the time of modification, or by name
        ascending or descending. A limit returns the first hits of that order.
        """
        assert names(ops.search_packages("", order=order)) == expected
        assert names(ops.search_packages("", order=order, limit=2)) == expected[:2]

    @behaviour("S-8", "search_packages")
    def test_what_is_deleted_is_not_found(self, ops: QuiltOps, hashes: dict[str, str]) -> None:
        """A package that was deleted is not found any more, right after the deletion."""
        assert names(ops.search_packages("seals")) == ["ocean/seals"]
        ops.delete_package("ocean/seals")
        assert names(ops.search_packages("seals")) == []

    @behaviour("S-9", "search_packages")
    def test_only_the_named_registries_are_searched(
        self, environment: Environment, ops: QuiltOps, hashes: dict[str, str]
    ) -> None:
        """Only the named registries are searched. A registry that does not exist or that the
        identity cannot read raises NotFoundError instead of giving an empty answer, even if it is
        named beside a readable one.
        """
        entry = environment.entry("a")
        if environment.second_registry:
            assert names(ops.search_packages("", [environment.second_registry])) == []
            both = ops.search_packages("seals", [environment.registry, environment.second_registry])
            assert names(both) == ["ocean/seals"]
        assert entry
        if environment.hidden_registry:
            for one in (
                environment.hidden_registry,
                [environment.registry, environment.hidden_registry],
            ):
                with pytest.raises(NotFoundError):
                    ops.search_packages("", one)
        if environment.registry.startswith("s3://"):
            with pytest.raises(NotFoundError):
                ops.search_packages("", "s3://no-such-bucket-x")

    @behaviour("S-28", "search_packages", users=(TestUser.ANONYMOUS,))
    def test_a_search_by_nobody(self, environment: Environment, hashes: dict[str, str]) -> None:
        """A search without credentials, where nothing is open to everybody, raises
        AuthenticationError instead of giving an empty answer.
        """
        with environment.connect(TestUser.ANONYMOUS) as nobody:
            with pytest.raises(AuthenticationError):
                list(nobody.search_packages("seals"))
            if nobody.supports("search_objects"):
                with pytest.raises(AuthenticationError):
                    list(nobody.search_objects("seals"))

    @behaviour("S-10", "search_packages")
    def test_more_hits_than_a_page(self, environment: Environment, ops: QuiltOps) -> None:
        """All hits are found, each once, however many pages the backend reads them in (1,001
        hits here); a limit bounds an iteration too.
        """
        entry = environment.entry("a")
        wanted = sorted(f"many/p{number:04}" for number in range(1001))
        for name in wanted:
            environment.given([entry], name=name)
        assert names(ops.search_packages("many", order="name")) == wanted
        found = names(ops.search_packages("many"))
        assert sorted(found) == wanted
        assert len(list(ops.iter_search_packages("", limit=7))) == 7
