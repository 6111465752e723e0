"""Behaviours of packages that are read (R-…): listings and comparison, after information."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import structs

from quilt_core import NotFoundError, PackageDiff, QuiltOps
from quilt_core.manifest import SHA256, DirectoryRecord, EntryHash, ManifestHeader, sort_key
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.package_information import PackageInformation


class PackageReading(PackageInformation):
    """Information, versions, metadata, listings and comparison."""

    @behaviour("R-30", "list_all_packages")
    def test_all_names_sorted(self, environment: Environment, ops: QuiltOps) -> None:
        """All packages are listed, sorted by the code points of their whole names: capitals come
        before small letters, `a-b/x` before `a/one`, and non-ASCII names last.
        """
        names = ["b/two", "a/one", "a/One", "a/Two", "B/one", "a_b/x", "a-b/x", "ärzte/daten"]
        entry = environment.entry("a")
        for name in names:
            environment.given([entry], name=name)
        assert ops.list_all_packages() == sorted(names)

    @behaviour("R-31", "list_all_packages")
    @pytest.mark.parametrize(
        ("pattern", "expected"),
        [
            ("a/*", ["a/one", "a/two"]),
            ("*/two", ["a/two", "b/two"]),
            ("?/o?e", ["a/one"]),
            ("a/one", ["a/one"]),
            ("one", []),
            ("a/o?ne", []),
            ("A/*", []),
            ("a/o", []),
            ("*a/one*", ["a/one"]),
            ("/one", []),
            ("", []),
            ("*", ["a/one", "a/two", "b/two"]),
        ],
    )
    def test_names_by_pattern(
        self, environment: Environment, ops: QuiltOps, pattern: str, expected: list[str]
    ) -> None:
        """A pattern matches whole names and is case-sensitive; `*` stands for any number of
        characters and `?` for exactly one. A pattern without them matches only the package of that
        name, and an empty pattern matches nothing.
        """
        entry = environment.entry("a")
        for name in ("a/one", "a/two", "b/two"):
            environment.given([entry], name=name)
        assert ops.list_all_packages(pattern=pattern) == expected

    @behaviour("R-32", "list_all_packages")
    def test_an_empty_registry(self, ops: QuiltOps) -> None:
        """A registry without packages is an empty list."""
        assert ops.list_all_packages() == []

    @behaviour("R-33", "list_all_packages")
    def test_more_packages_than_a_page(self, environment: Environment, ops: QuiltOps) -> None:
        """All packages are listed, however many pages the backend reads them in (1,001
        packages here).
        """
        entry = environment.entry("a")
        names = sorted(f"n{n % 3}/p{n:04}" for n in range(1001))
        for name in names:
            environment.given([entry], name=name)
        assert ops.list_all_packages() == names

    @behaviour("R-40", "diff_packages")
    def test_diff_of_two_revisions(self, environment: Environment, ops: QuiltOps) -> None:
        """A comparison names the entries that only the second revision has (added), those that only
        the first has (deleted), and those that both have with different bytes or metadata
        (modified). Each list is in path-component order (`a/b` before `a.txt`), and the result has
        both names and both top hashes. A hash that is left out means the latest revision.
        """
        same = environment.entry("same")
        first = environment.given(
            [same, environment.entry("gone"), environment.entry("changed", b"1"),
             environment.entry("meta", b"m", {"n": 1}), environment.entry("a.txt"),
             environment.entry("a/b"), environment.entry("c/b"), environment.entry("c.txt")]
        )  # fmt: skip
        second = environment.given(
            [same, environment.entry("new"), environment.entry("changed", b"2"),
             environment.entry("c/b", b"2"), environment.entry("c.txt", b"2"),
             environment.entry("meta", b"m", {"n": 2})]
        )  # fmt: skip
        diff = ops.diff_packages(environment.name, environment.name, package1_hash=first)
        assert diff == PackageDiff(
            package1_name=environment.name,
            package2_name=environment.name,
            package1_hash=first,
            package2_hash=second,
            added=("new",),
            deleted=("a/b", "a.txt", "gone"),
            modified=("c/b", "c.txt", "changed", "meta"),
        )
        back = ops.diff_packages(environment.name, environment.name, package2_hash=first)
        assert (back.added, back.deleted) == (diff.deleted, diff.added)
        assert back.modified == diff.modified

    @behaviour("R-41", "diff_packages")
    def test_where_the_bytes_lie_does_not_matter(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Entries are equal when their hash, size and user metadata are equal. Their physical keys,
        the objects' versions, the order of the keys of metadata, and what other programs stored
        beside the user metadata do not matter. Entries differ if the types of their hashes differ,
        or if metadata was added, removed or changed.
        """
        meta = {"n": 1, "m": {"x": 1, "y": None}}
        first = environment.given([environment.entry("a", b"same", meta)], message="one")
        entry = environment.entry("a", b"same", {"m": {"y": None, "x": 1}, "n": 1})
        beside = structs.replace(entry, meta={**entry.meta, "of_others": {"n": 2}})
        name, value = environment.name, entry.hash.value if entry.hash else ""
        environment.given([beside], message="two")
        assert ops.diff_packages(name, name, package1_hash=first).is_empty
        for other in (
            structs.replace(entry, hash=EntryHash(SHA256, value)),
            structs.replace(entry, meta={}),
            structs.replace(entry, meta={"user_meta": {**meta, "new": None}}),
        ):
            second = environment.given([other], message="three")
            for hashes in ((first, second), (second, first)):
                found = ops.diff_packages(name, name, environment.registry, *hashes)
                assert (found.added, found.deleted, found.modified) == ((), (), ("a",))

    @behaviour("R-42", "diff_packages")
    def test_diff_of_two_packages(self, environment: Environment, ops: QuiltOps) -> None:
        """Two different packages are compared in the same way as two revisions; each is taken at
        its latest revision unless its hash is given. The result has whole hashes, even if prefixes
        were given.
        """
        environment.given([environment.entry("a")])
        other = environment.given([environment.entry("b")], name="some/other")
        diff = ops.diff_packages(environment.name, "some/other")
        assert (diff.added, diff.deleted, diff.modified) == (("b",), ("a",), ())
        assert diff.package2_hash == other
        assert (diff.package1_name, diff.package2_name) == (environment.name, "some/other")
        first, name = diff.package1_hash, environment.name
        second = environment.given([environment.entry("c")])
        back = ops.diff_packages(name, name, package2_hash=first[:12])
        assert (back.added, back.deleted) == (("a",), ("c",))
        assert (back.package1_hash, back.package2_hash) == (second, first)
        forth = ops.diff_packages(name, name, package1_hash=first[:12])
        assert (forth.package1_hash, forth.package2_hash) == (first, second)

    @behaviour("R-45", "diff_packages")
    def test_every_difference_is_named(self, environment: Environment, ops: QuiltOps) -> None:
        """A comparison names every entry that differs, however many they are: 1,001 added, as many
        deleted, and as many modified, each list in path-component order.
        """
        entries = environment.many_entries(1001)
        keys = tuple(sorted((one.logical_key for one in entries), key=sort_key))
        other = environment.entry("other", b"other bytes")
        few = environment.given([environment.entry("few")])
        many = environment.given(entries)
        changed = environment.given(
            [structs.replace(one, hash=other.hash, size=other.size) for one in entries]
        )
        name = environment.name
        found = ops.diff_packages(name, name, package1_hash=few, package2_hash=many)
        assert (found.added, found.deleted, found.modified) == (keys, ("few",), ())
        found = ops.diff_packages(name, name, package1_hash=many, package2_hash=few)
        assert (found.added, found.deleted, found.modified) == (("few",), keys, ())
        found = ops.diff_packages(name, name, package1_hash=many, package2_hash=changed)
        assert (found.added, found.deleted, found.modified) == ((), (), keys)

    @behaviour("R-43", "diff_packages")
    def test_diff_with_what_is_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """A comparison with a package or revision that does not exist raises NotFoundError; the
        message names the package.
        """
        environment.given([environment.entry("a")])
        with pytest.raises(NotFoundError, match="no/package"):
            ops.diff_packages(environment.name, "no/package")
        with pytest.raises(NotFoundError):
            ops.diff_packages(environment.name, environment.name, package1_hash="0" * 64)

    @behaviour("R-68", "list_package_versions")
    def test_versions_of_one_second(self, environment: Environment, ops: QuiltOps) -> None:
        """Where a store keeps several revisions that were published in the same second, versions
        list them by top hash, ascending. In Quilt's layout there is no such case, because the later
        one takes the pointer of that second.
        """
        entry = environment.entry("a")
        hashes = sorted(
            environment.publish(
                environment.name, ManifestHeader(message=f"m{n}"), [entry], second=1_600_000_000
            )
            for n in range(5)
        )
        listed = [one.top_hash for one in ops.list_package_versions(environment.name)]
        assert len(listed) in (1, 5)
        assert listed == sorted(listed)
        assert set(listed) <= set(hashes)

    @behaviour("R-67", "get_package_metadata", "get_package_info", "browse_content")
    def test_an_answer_is_the_callers(self, environment: Environment, ops: QuiltOps) -> None:
        """Changing the metadata in an answer, nested or not, does not change other answers: that of
        a package, of a hit of a search, of a file and of a directory.
        """
        entry = environment.entry("d/a", b"1", {"n": {"x": 1}})
        folder = DirectoryRecord(logical_key="d/", meta={"user_meta": {"n": {"x": 1}}})
        environment.given([entry], user_meta={"n": {"x": 1}}, directories=[folder])
        reads: list[Callable[[], Any]] = [
            lambda: ops.get_package_metadata(environment.name),
            lambda: ops.get_package_info(environment.name).metadata,
            lambda: ops.browse_content(environment.name, path="d")[0].metadata,
            lambda: ops.browse_content(environment.name, path="d/a")[0].metadata,
            lambda: next(iter(ops.browse_content(environment.name, recursive=True))).metadata,
        ]
        if environment.keeps_directory_metadata:
            reads.append(lambda: ops.browse_content(environment.name)[0].metadata)
        if ops.supports("search_packages"):
            reads.append(lambda: ops.search_packages("")[0].metadata)
        for read in reads:
            read()["n"]["x"] = 2
        for read in reads:
            assert read() == {"n": {"x": 1}}

    @behaviour("R-65", "get_package_info")
    def test_each_entry_counts(self, environment: Environment, ops: QuiltOps) -> None:
        """Totals count entries: an object that several entries name counts once for each, in a
        package as in a directory."""
        entry = environment.entry("a", b"12345")
        environment.given([structs.replace(entry, logical_key=f"d/{key}") for key in "abc"])
        info = ops.get_package_info(environment.name)
        assert (info.total_entries, info.total_bytes) == (3, 15)
        if ops.supports("browse_content"):
            (found,) = ops.browse_content(environment.name)
            assert (found.path, found.size) == ("d", 15)

    @behaviour("R-66", "get_package_info", "browse_content", "list_package_versions")
    def test_names_have_a_case(self, environment: Environment, ops: QuiltOps) -> None:
        """Package names are case-sensitive: a name in another case is another package, which raises
        NotFoundError if it does not exist.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: a folder may be on a file system without case")
        environment.given([environment.entry("a")], name="team/data")
        for name in ("team/Data", "TEAM/data"):
            for read in (ops.get_package_info, ops.browse_content, ops.list_package_versions):
                with pytest.raises(NotFoundError):
                    read(name)

    @behaviour("R-44", "diff_packages", "get_package_info", "browse_content")
    def test_a_package_of_more_than_ten_thousand_entries(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A package of more than 10,000 entries is compared, counted and listed whole."""
        entries = environment.many_entries(10_001)
        first = environment.given(entries)
        second = environment.given([*entries[:5000], *entries[5001:], environment.entry("zz")])
        diff = ops.diff_packages(
            environment.name, environment.name, package1_hash=first, package2_hash=second
        )
        assert diff.added == ("zz",)
        assert diff.deleted == (entries[5000].logical_key,)
        assert diff.modified == ()
        environment.given([environment.entry("few")], name="some/other")
        diff = ops.diff_packages("some/other", environment.name, package2_hash=first)
        assert diff.added == tuple(sorted(entry.logical_key for entry in entries))
        assert ops.get_package_info(environment.name, top_hash=first).total_entries == 10_001
        found = list(ops.browse_content(environment.name, top_hash=first, recursive=True))
        assert [item.path for item in found] == sorted(entry.logical_key for entry in entries)
        assert len(ops.browse_content(environment.name, path="d07")) == 100
