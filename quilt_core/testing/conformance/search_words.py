"""Behaviours of queries of several words (S-77 and on, F-56 and on)."""

from __future__ import annotations

import pytest

from quilt_core import MetadataPredicate, QuiltOps, SearchFilter, ValidationError
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment

_NAMES = ("grey-geese", "grey-owls", "white-geese", "brown-bears")
_EXACT: dict[str, list[str]] = {
    "grey AND geese": ["grey-geese"],
    "geese AND grey": ["grey-geese"],
    "+grey +geese": ["grey-geese"],
    "grey OR geese": ["grey-geese", "grey-owls", "white-geese"],
    "(grey OR white) AND geese": ["grey-geese", "white-geese"],
    "geese AND NOT grey": ["white-geese"],
    '"grey geese"': ["grey-geese"],
    '"geese grey"': [],
    "GREY AND Geese": ["grey-geese"],
}
"""What each query finds among the names, sorted."""

_OPEN: dict[str, tuple[set[str], set[str]]] = {
    "grey geese": ({"grey-geese"}, {"grey-geese", "grey-owls", "white-geese"}),
    "geese grey": ({"grey-geese"}, {"grey-geese", "grey-owls", "white-geese"}),
    "grey nothing_like_this": (set(), {"grey-geese", "grey-owls"}),
    "nothing_like_this nor_like_this": (set(), set()),
}
"""What each query must find, and what it may find."""


class SearchWords(BehaviourTests):
    """Queries of several words, and conditions that are empty."""

    @behaviour("S-77", "search_packages")
    def test_packages_by_several_words(self, environment: Environment, ops: QuiltOps) -> None:
        """A query of several words without an operator finds what contains all of them in one text,
        in whatever order, and nothing that contains none of them. Whether it also finds what
        contains only some of them is the registry's decision. `AND`, `OR` and `+` decide it: with
        `AND` between them or `+` before each, all words must occur, with `OR` at least one.
        """
        entry = environment.entry("a")
        for name in _NAMES:
            environment.given([entry], name=f"zoo/{name}", message=None)

        def found(query: str) -> list[str]:
            return [one.name.removeprefix("zoo/") for one in ops.search_packages(query)]

        for query, expected in _EXACT.items():
            assert sorted(found(query)) == expected, query
        for query, (least, most) in _OPEN.items():
            assert least <= set(found(query)) <= most, query

    @behaviour("S-78", "search_packages")
    def test_a_query_of_nothing(self, environment: Environment, ops: QuiltOps) -> None:
        """A query that is empty, only blanks or `*` finds everything, each revision once."""
        entry = environment.entry("a")
        for name in _NAMES:
            environment.given([entry], name=f"zoo/{name}")
        for query in ("", "  ", "*"):
            found = ops.search_packages(query, order="name")
            assert [one.name for one in found] == sorted(f"zoo/{name}" for name in _NAMES)

    @behaviour("S-79", "search_packages")
    def test_conditions_that_are_empty(self, environment: Environment, ops: QuiltOps) -> None:
        """A condition that is None does not count, while an empty list of workflows or of keywords
        and a minimum above the maximum are fulfilled by nothing. An empty query of the message or
        of a text in the metadata is fulfilled by every message, also a missing one, and by every
        text; an empty keyword and an empty wildcard only by the empty text. A top hash in upper
        case is none.
        """
        entry = environment.entry("a")
        environment.given([entry], name="a/one", message=None, user_meta={"k": "v"})
        environment.given([entry], name="a/two", message="m", user_meta={"k": ""})
        environment.given([entry], name="a/three", message="m")
        top_hash = ops.get_package_info("a/one").top_hash
        everything = ["a/one", "a/three", "a/two"]
        filters: list[tuple[SearchFilter, list[str]]] = [
            (SearchFilter(), everything),
            (SearchFilter(message=""), everything),
            (SearchFilter(workflow=[]), []),
            (SearchFilter(size_min=5, size_max=1), []),
            (SearchFilter(entries_min=2, entries_max=1), []),
            (SearchFilter(top_hash=top_hash), ["a/one"]),
            (SearchFilter(top_hash=top_hash.upper()), []),
        ]
        for given, expected in filters:
            found = ops.search_packages("", filters=given, order="name")
            assert [one.name for one in found] == expected, given
        predicates: list[tuple[MetadataPredicate, list[str]]] = [
            (MetadataPredicate(path="/k", keywords=[]), []),
            (MetadataPredicate(path="/k", keywords=[""]), ["a/two"]),
            (MetadataPredicate(path="/k", wildcard=""), ["a/two"]),
            (MetadataPredicate(path="/k", wildcard="*"), ["a/one", "a/two"]),
            (MetadataPredicate(path="/k", text=""), ["a/one", "a/two"]),
        ]
        for one, expected in predicates:
            found = ops.search_packages("", user_meta=[one], order="name")
            assert [info.name for info in found] == expected, one

    @behaviour("F-56", "search_objects", "put_object")
    def test_objects_by_several_words(self, environment: Environment, ops: QuiltOps) -> None:
        """What S-77 says of packages holds for objects. Besides, `ext:` with the extension,
        including its dot, finds objects by extension; a query that cannot be parsed raises
        ValidationError.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: folders have no index of objects")
        for name in _NAMES:
            ops.put_object(b"1", f"{environment.registry}/zoo/{name}.csv")
        ops.put_object(b"1", f"{environment.registry}/zoo/csv-other.txt")

        def found(query: str) -> list[str]:
            keys = [hit.key for hit in ops.search_objects(query)]
            return [key.removeprefix("zoo/").removesuffix(".csv") for key in keys]

        for query, expected in _EXACT.items():
            assert sorted(found(query)) == expected, query
        for query, (least, most) in _OPEN.items():
            assert least <= set(found(query)) <= most, query
        assert sorted(found("ext:.csv")) == sorted(_NAMES)
        assert found("ext:.txt") == ["csv-other.txt"]
        for query in ('"open', "(open", "AND", "x AND"):
            with pytest.raises(ValidationError):
                list(ops.search_objects(query))

    @behaviour("F-57", "search_objects", "put_object")
    def test_a_query_of_nothing_finds_all_objects(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A query that is empty, only blanks or `*` finds every object once, in the version that
        is current; a bucket without objects gives an empty listing.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: folders have no index of objects")
        assert list(ops.search_objects("")) == []
        uris = set()
        for name in _NAMES:
            ops.put_object(b"1", f"{environment.registry}/zoo/{name}.csv")
            uris.add(ops.put_object(b"22", f"{environment.registry}/zoo/{name}.csv").uri)
        for query in ("", "  ", "*"):
            hits = list(ops.search_objects(query))
            assert len(hits) == len(_NAMES)
            assert {hit.uri for hit in hits} == uris
            assert {hit.size for hit in hits} == {2}
