"""Behaviours of limits: a limit counts what fulfils all other conditions, in the order asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from quilt_core import MetadataPredicate, QuiltOps, SearchFilter
from quilt_core.domain.search import SearchOrderName
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.rights import second_registry

_ORDERS: tuple[SearchOrderName, ...] = ("relevance", "oldest", "name_descending")


class Limits(BehaviourTests):
    """Limits, which come last: after all conditions, and after the order."""

    @behaviour("S-37", "search_packages")
    def test_a_limit_counts_hits(self, environment: Environment, ops: QuiltOps) -> None:
        """A limit of a package search counts the revisions that fulfil the query, the filters, the
        predicates and `latest_only`, in the order that is asked for: the result is the beginning of
        the result without a limit, whichever condition it is and whatever lies before the hits in
        the order of names or of times.
        """
        few, many = environment.entry("a", b"1"), environment.entry("b", b"x" * 999)
        environment.given([many], name="t/x3", message="other", user_meta={"n": 9})
        for name in ("t/n1", "t/z6"):
            environment.given([few], name=name, message="no", user_meta={"n": 1})
        start = int(ops.get_package_info("t/z6").modified.timestamp())
        for n, name in ((10, "t/x4"), (9, "t/x3")):
            environment.given([few, many], name=name, message="wanted", user_meta={"n": n})
        for name in ("t/n2", "t/z5"):
            environment.given([few], name=name, message="no", user_meta={"n": 1})
        moment = datetime.fromtimestamp
        conditions: dict[str, dict[str, Any]] = {
            "query": {"query": "wanted"},
            "name": {"filters": SearchFilter(name="t/x?")},
            "size": {"filters": SearchFilter(size_min=1000)},
            "entries": {"filters": SearchFilter(entries_min=2)},
            "message": {"filters": SearchFilter(message="wanted")},
            "time": {
                "filters": SearchFilter(
                    modified_from=moment(start + 1, UTC), modified_to=moment(start + 2, UTC)
                )
            },
            "metadata": {"user_meta": [MetadataPredicate(path="/n", number_min=9)]},
            "all revisions": {"query": "wanted", "latest_only": False},
        }
        for condition, given in conditions.items():
            arguments = {"query": "", **given}
            for order in _ORDERS:
                whole = ops.search_packages(order=order, **arguments)
                assert {one.name for one in whole} == {"t/x3", "t/x4"}, condition
                for limit in (1, 2, 3):
                    found = ops.search_packages(order=order, limit=limit, **arguments)
                    if order == "relevance":
                        assert len(found) == min(limit, len(whole)), (condition, limit)
                        assert all(one in whole for one in found), condition
                    else:
                        assert found == whole[:limit], (condition, order, limit)
        for order in _ORDERS:
            (former,) = ops.search_packages("other", latest_only=False, order=order, limit=1)
            assert (former.name, former.message) == ("t/x3", "other")
        top_hash = ops.get_package_info("t/x4").top_hash
        (one,) = ops.search_packages("", filters=SearchFilter(top_hash=top_hash), limit=1)
        assert one.name == "t/x4"

    @behaviour("S-39", "search_packages", "create_package_revision")
    def test_a_limit_counts_all_registries(self, environment: Environment, ops: QuiltOps) -> None:
        """The order and the limit of a package search are those of all registries together: hits of
        different registries come in turn if that is their order, and a limit counts them all. A
        revision that two registries have under the same name is found in each of them.
        """
        first, second = environment.registry, second_registry(environment)
        uri = environment.put_object("k", b"1")
        made = (("t/d", first), ("t/a", second), ("t/c", second), ("t/b", first), ("t/a", first))
        for name, registry in made:
            ops.create_package_revision(name, {"k": uri}, registry=registry, message="same")
        for name in ("t/d", "t/c"):
            ops.create_package_revision(name, {"k": uri}, registry=second, message="same")
        a, c, d = sorted(
            ops.get_package_info(name, second).top_hash for name in ("t/a", "t/c", "t/d")
        )
        assert a == c == d  # the same content everywhere
        places = (
            ("t/a", first), ("t/a", second), ("t/b", first), ("t/c", second), ("t/d", first),
            ("t/d", second),
        )  # fmt: skip
        both = [first, second]
        for registries in (both, both[::-1], *(["*"] if environment.lists_registries else [])):
            for limit in (None, 1, 2, 3, 5, 7):
                found = ops.search_packages("same", registries, order="name", limit=limit)
                assert [(one.name, one.registry) for one in found] == list(places[:limit])
                lazy = ops.iter_search_packages("same", registries, order="name", limit=limit)
                assert list(lazy) == found
            newest = ops.search_packages("same", registries, order="newest")
            times = [one.modified for one in newest]
            assert times == sorted(times, reverse=True)
            assert len(newest) == len(places)
            oldest = ops.search_packages("same", registries, order="oldest", limit=2)
            assert [one.modified for one in oldest] == sorted(times)[:2]
        if third := environment.unversioned_registry:
            ops.create_package_revision("t/z", {"k": uri}, registry=third, message="same")
            for registries in ([first, second, third], [third, second, first]):
                found = ops.search_packages("same", registries, order="name")
                assert [(o.name, o.registry) for o in found] == [*places, ("t/z", third)]

    @behaviour("F-59", "search_objects", "put_object")
    def test_a_limit_counts_objects_that_are_found(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A limit of an object search counts the objects that the query finds, in all registries
        together: objects that it does not find take no place, whatever their keys, their times and
        their buckets are.
        """
        second, word = second_registry(environment), environment.name.partition("/")[0]
        keys = ("a-1", "z-1", f"m/{word}-1.csv", f"n/{word}-2.csv", "b-2", "y-2")
        for registry in (environment.registry, second):
            for key in keys:
                ops.put_object(b"1", f"{registry}/{key}")
        both = [environment.registry, second]
        searches: dict[str, tuple[Callable[..., Any], int]] = {
            "one registry": (lambda **limit: ops.search_objects(word, **limit), 2),
            "the other": (lambda **limit: ops.search_objects(word, second, **limit), 2),
            "both": (lambda **limit: ops.search_objects(word, both, **limit), 4),
            "a key": (lambda **limit: ops.search_objects(f"key:*{word}*", **limit), 2),
            "an extension": (lambda **limit: ops.search_objects("ext:.csv", **limit), 2),
        }
        for name, (search, number) in searches.items():
            whole = {hit.uri for hit in search()}
            assert len(whole) == number, name
            for limit in range(1, number + 2):
                found = [hit.uri for hit in search(limit=limit)]
                assert len(found) == min(limit, number), (name, limit)
                assert set(found) <= whole, name

    @behaviour("F-60", "list_objects", "put_object")
    def test_a_limit_counts_what_is_listed(self, environment: Environment, ops: QuiltOps) -> None:
        """A limit of a listing counts the objects and folders below its prefix: a folder counts
        once, however many objects it has, and objects before the prefix do not count.
        """
        root = f"{environment.registry}/limits"
        for key in ("a/1", "b/1", "b/2", "b/3", "c/1", "d", "e"):
            ops.put_object(b"1", f"{root}/{key}")
        for recursive in (True, False):
            for below in (root, f"{root}/b", f"{root}/c", environment.registry):
                whole = list(ops.list_objects(below, recursive=recursive))
                for limit in range(1, len(whole) + 2):
                    found = list(ops.list_objects(below, recursive=recursive, limit=limit))
                    assert found == whole[:limit], (below, recursive, limit)
        level = ops.list_objects(root, recursive=False, limit=4)
        listed = [one.uri.partition("?")[0].removeprefix(f"{root}/") for one in level]
        assert listed == ["a/", "b/", "c/", "d"]
        first = [one.uri.partition("?")[0] for one in ops.list_objects(f"{root}/c", limit=1)]
        assert first == [f"{root}/c/1"]
