"""Behaviours of package search in detail (S-20 and on)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from quilt_core import MetadataPredicate, QuiltOps, SearchFilter
from quilt_core.domain.search import SearchOrderName
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.searching import names


class SearchDetails(BehaviourTests):
    """Search in detail: which revision, bounds, predicates, relevance."""

    @behaviour("S-20", "search_packages")
    def test_the_latest_revision_is_found(self, environment: Environment, ops: QuiltOps) -> None:
        """`latest_only` finds only the revision that `latest` names, which need not be the newest
        one. It finds no other revision, not even by its top hash.
        """
        first = environment.given([environment.entry("a")], message="word one")
        second = environment.given([environment.entry("a")], message="word two", latest=False)
        assert [info.top_hash for info in ops.search_packages("word")] == [first]
        assert names(ops.search_packages("two")) == []
        assert ops.search_packages("", filters=SearchFilter(top_hash=second)) == []

    @behaviour("S-21", "search_packages")
    def test_bounds_are_inclusive(self, environment: Environment, ops: QuiltOps) -> None:
        """Bounds of sizes, counts and times are inclusive; a time is compared as a moment, whatever
        its time zone.
        """
        environment.given([environment.entry("a", b"12345")])
        moment = datetime.fromtimestamp(1_600_000_000, UTC)
        east = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))
        second = timedelta(seconds=1)
        for filters, hits in (
            (SearchFilter(size_min=5, size_max=5), 1),
            (SearchFilter(size_min=6), 0),
            (SearchFilter(entries_min=1, entries_max=1), 1),
            (SearchFilter(modified_from=east, modified_to=east), 1),
            (SearchFilter(modified_from=east + second), 0),
            (SearchFilter(modified_to=east - second), 0),
        ):
            assert len(ops.search_packages("", filters=filters)) == hits, filters
        for predicate, hits in (
            (MetadataPredicate(path="/n", number_min=3, number_max=3), 1),
            (MetadataPredicate(path="/n", number_min=4), 0),
        ):
            environment.given([environment.entry("a")], user_meta={"n": 3}, message="n")
            assert len(ops.search_packages("", user_meta=[predicate])) == hits, predicate

    @behaviour("S-22", "search_packages")
    def test_predicates_are_exact(self, environment: Environment, ops: QuiltOps) -> None:
        """Every predicate must hold. A keyword is a whole value and case-sensitive; neither a
        boolean nor a string of digits is a number; one matching number of a list is enough; a time
        with a zone is that moment; `~1` and `~0` in a path stand for a slash and a tilde.
        """
        entry = environment.entry("a")
        environment.given([entry], name="a/one", user_meta={"k": "Adelie", "n": 1, "b": True})
        environment.given([entry], name="a/two", user_meta={"k": "Weddell", "n": 2, "x/y~z": "v"})
        environment.given([entry], name="a/three", user_meta={"t": "7", "l": [1, 9]})
        environment.given([entry], name="a/four", user_meta={"when": "2026-01-01T02:00:00+05:00"})
        midnight = datetime(2026, 1, 1, tzinfo=UTC)
        cases: list[tuple[list[MetadataPredicate], list[str]]] = [
            (
                [
                    MetadataPredicate(path="/k", keywords=["Adelie"]),
                    MetadataPredicate(path="/n", number_min=2),
                ],
                [],
            ),
            ([MetadataPredicate(path="/k", keywords=["Adel"])], []),
            ([MetadataPredicate(path="/k", keywords=["adelie"])], []),
            ([MetadataPredicate(path="/b", number_min=0)], []),
            ([MetadataPredicate(path="/t", number_min=0)], []),
            ([MetadataPredicate(path="/l", number_min=5)], ["a/three"]),
            ([MetadataPredicate(path="/l", number_min=10)], []),
            ([MetadataPredicate(path="/when", time_to=midnight)], ["a/four"]),
            ([MetadataPredicate(path="/when", time_from=midnight)], []),
            ([MetadataPredicate(path="/x~1y~0z", keywords=["v"])], ["a/two"]),
        ]
        for predicates, expected in cases:
            found = ops.search_packages("", user_meta=predicates, order="name")
            assert names(found) == expected, predicates

    @behaviour("S-23", "search_packages")
    def test_the_best_hit_comes_first(self, environment: Environment, ops: QuiltOps) -> None:
        """When ordered by relevance, a hit in the name comes before a hit in the message, even if
        the latter is newer.
        """
        entry = environment.entry("a")
        environment.given([entry], name="pond/ducks", message="Count")
        environment.given([entry], name="pond/geese", message="Not of ducks, all of this is more")
        assert names(ops.search_packages("ducks")) == ["pond/ducks", "pond/geese"]

    @behaviour("S-26", "search_packages")
    def test_a_phrase_is_words_in_a_row(self, environment: Environment, ops: QuiltOps) -> None:
        """Words in quotation marks match only in this order and next to each other."""
        entry = environment.entry("a")
        environment.given([entry], name="pond/ducks", message="two grey geese")
        environment.given([entry], name="pond/geese", message="geese two and grey")
        assert names(ops.search_packages('"two grey geese"')) == ["pond/ducks"]
        assert names(ops.search_packages("two grey geese", order="name")) == [
            "pond/ducks", "pond/geese",
        ]  # fmt: skip

    @behaviour("S-29", "search_packages", "create_package_revision")
    def test_ties_are_in_a_fixed_order(self, environment: Environment, ops: QuiltOps) -> None:
        """Hits that are equal in the requested order are sorted by registry, name and top hash,
        each ascending, even if the order itself is descending.
        """
        entry, name = environment.entry("a"), environment.name
        hashes = sorted(environment.given([entry], name=name, message=f"m{n}") for n in range(4))
        here, registries = environment.registry, [environment.registry]
        if environment.second_registry:
            uri = environment.put_object("k", b"1")
            ops.create_package_revision(name, {"k": uri}, registry=environment.second_registry)
            registries = sorted([here, environment.second_registry])
        orders: tuple[SearchOrderName, ...] = ("name", "name_descending")
        for order in orders:
            found = ops.search_packages("", registries, latest_only=False, order=order)
            assert [one.top_hash for one in found if one.registry == here] == hashes
            assert list(dict.fromkeys(one.registry for one in found)) == registries

    @behaviour("S-27", "search_packages")
    def test_words_within_a_name(self, environment: Environment, ops: QuiltOps) -> None:
        """A name is found by each of its words, which hyphens and slashes separate."""
        environment.given([environment.entry("a")], name="big-lake/grey-geese", message=None)
        for word in ("big", "lake", "grey", "geese", "GEESE"):
            assert names(ops.search_packages(word)) == ["big-lake/grey-geese"]
