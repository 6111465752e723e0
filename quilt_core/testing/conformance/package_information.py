"""Behaviours of information on a package, its versions and its metadata (R-…)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

import pytest
from msgspec import structs

from quilt_core import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    Registry,
    ValidationError,
)
from quilt_core.manifest import ManifestEntry, ManifestHeader, compute_top_hash, hash_bytes
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser


@lru_cache
def alike_messages() -> tuple[str, str]:
    """Two messages with which a package of one file `a` has top hashes that begin with the same
    six digits; some thousands of them have to be tried."""
    # The location of the bytes is not part of a top hash.
    entry = ManifestEntry(
        logical_key="a", physical_key="", size=4, hash=hash_bytes(b"data"), meta={}
    )
    seen: dict[str, str] = {}
    for number in itertools.count():
        message = f"m{number}"
        beginning = compute_top_hash(ManifestHeader(message=message), [entry])[:6]
        if beginning in seen:
            return seen[beginning], message
        seen[beginning] = message
    raise AssertionError("unreachable: numbers do not end")


class PackageInformation(BehaviourTests):
    """Information, versions and metadata: the first tests of `PackageReading`."""

    @behaviour("R-1", "get_package_info")
    def test_info_of_the_latest_revision(self, environment: Environment, ops: QuiltOps) -> None:
        """Information without a top hash is about the latest revision: name, registry, bucket (None
        for a registry that is a folder), top hash, message with its line breaks, metadata, workflow
        (None without one), the number of entries, the sum of their sizes in bytes, and the time of
        its pointer in UTC.
        """
        top_hash = environment.given(
            [environment.entry("a.csv", b"12345"), environment.entry("d/b.csv", b"123")],
            message="First\nand more",
            user_meta={"species": "Adelie", "n": 1},
        )
        info = ops.get_package_info(environment.name)
        assert info.name == environment.name
        assert info.registry == environment.registry
        assert info.bucket == (
            environment.registry[5:] if environment.registry.startswith("s3:") else None
        )
        assert info.top_hash == top_hash
        assert info.message == "First\nand more"
        assert info.metadata == {"species": "Adelie", "n": 1}
        assert info.workflow is None
        assert (info.total_entries, info.total_bytes) == (2, 8)
        assert info.modified == datetime.fromtimestamp(1_600_000_000, UTC)

    @behaviour("R-2", "get_package_info")
    def test_every_way_to_name_a_revision(self, environment: Environment, ops: QuiltOps) -> None:
        """A revision can be given as its whole top hash in upper or lower case, a prefix of at
        least six digits that only one revision of the package has, `latest`, the Unix time of its
        pointer, or None for the latest revision.
        """
        first = environment.given([environment.entry("a")], message="one")
        second = environment.given([environment.entry("a")], message="two")
        for given, expected in (
            (None, second), ("latest", second), (first, first), (first.upper(), first),
            (first[:12], first), (second[:12], second), ("1600000000", first),
        ):  # fmt: skip
            assert ops.get_package_info(environment.name, top_hash=given).top_hash == expected, (
                given
            )

    @behaviour("R-3", "get_package_info", "list_package_versions", "get_package_metadata")
    def test_what_is_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """An unknown package, hash, prefix or time raises NotFoundError when asking for information
        and for metadata; so do the versions of an unknown package. A time names only the revision
        whose pointer has exactly this second, not the revision that was the latest at that time;
        digits from the middle of a hash name nothing.
        """
        there = environment.given([environment.entry("a")])
        environment.given([environment.entry("b")], name="some/other")
        for name, top_hash in (
            (environment.name, there[20:40]),
            ("no/package", None), (environment.name, "0" * 64), (environment.name, "000000"),
            (environment.name, "1500000000"), (environment.name, "1600000009"),
        ):  # fmt: skip
            with pytest.raises(NotFoundError):
                ops.get_package_info(name, top_hash=top_hash)
            with pytest.raises(NotFoundError):
                ops.get_package_metadata(name, top_hash=top_hash)
        with pytest.raises(NotFoundError):
            ops.list_package_versions("no/package")

    @behaviour("R-4", "get_package_info")
    def test_a_hash_of_another_package_is_not_found(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A top hash that exists in the registry only under another package raises
        NotFoundError.
        """
        environment.given([environment.entry("a")], message="mine")
        other = environment.given([environment.entry("b")], name="some/other", message="other")
        with pytest.raises(NotFoundError):
            ops.get_package_info(environment.name, top_hash=other)

    @behaviour("R-5", "get_package_info", "list_all_packages", "browse_content")
    def test_a_registry_that_cannot_be_read_is_not_found(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A registry that does not exist and one that the identity cannot read look the same:
        information, listing and browsing raise NotFoundError. A listing does not come back empty in
        this case.
        """
        registries = [environment.hidden_registry] if environment.hidden_registry else []
        if environment.registry.startswith("s3://"):
            registries.append("s3://no-such-bucket-anywhere")
        for registry in registries:
            with pytest.raises(NotFoundError):
                ops.get_package_info(environment.name, registry)
            with pytest.raises(NotFoundError):
                ops.list_all_packages(registry)
            with pytest.raises(NotFoundError):
                ops.browse_content(environment.name, registry)

    @behaviour("R-120", "get_package_info", "list_all_packages")
    def test_a_folder_that_is_not_there_is_not_found(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A folder that does not exist is a registry that does not exist: reads, updates and
        deletions raise NotFoundError, whose message names it, and do not make the folder. Creating
        a package makes it.
        """
        if not environment.registry.startswith("file:"):
            pytest.skip("not applicable: a registry is not a folder")
        name, there = environment.name, environment.registry.rstrip("/") + "-not-there"
        folder = Registry.parse(there).path
        assert folder is not None
        uri = environment.put_object("k", b"1")
        calls: dict[str, Callable[[], object]] = {
            "list_all_packages": lambda: ops.list_all_packages(there),
            "get_package_info": lambda: ops.get_package_info(name, there),
            "get_package_metadata": lambda: ops.get_package_metadata(name, there),
            "list_package_versions": lambda: ops.list_package_versions(name, there),
            "browse_content": lambda: ops.browse_content(name, there),
            "search_packages": lambda: ops.search_packages("", there),
            "update_package_revision": lambda: ops.update_package_revision(name, {"k": uri}, there),
            "delete_package": lambda: ops.delete_package(name, there),
        }
        for operation, call in calls.items():
            if ops.supports(operation):
                with pytest.raises(NotFoundError) as caught:
                    call()
                assert there in str(caught.value), operation
                assert not folder.exists(), operation
        if ops.supports("create_package_revision"):
            ops.create_package_revision(name, {"k": uri}, registry=there)
            assert ops.list_all_packages(there) == [name]

    @behaviour("R-6", "get_package_info", users=(TestUser.ANONYMOUS,))
    def test_nobody_reads_nothing(self, environment: Environment) -> None:
        """A connection without credentials cannot read any package: AuthenticationError,
        NotFoundError or PermissionDeniedError is raised.
        """
        environment.given([environment.entry("a")])
        with (
            environment.connect(TestUser.ANONYMOUS) as ops,
            pytest.raises((AuthenticationError, NotFoundError, PermissionDeniedError)),
        ):
            ops.get_package_info(environment.name)

    @behaviour("R-7", "get_package_info", "get_package_metadata", "browse_content")
    def test_a_prefix_of_several_revisions_is_refused(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A prefix that fits several revisions, or that is shorter than six digits, raises
        ValidationError; the backend never guesses. A longer prefix that fits only one revision
        finds it.
        """
        entry = environment.entry("a")
        first, second = (
            environment.given([entry], message=message) for message in alike_messages()
        )
        assert first[:6] == second[:6] != first
        for top_hash in (first, second):
            found = ops.get_package_info(environment.name, top_hash=top_hash[:20])
            assert found.top_hash == top_hash
        for call in (ops.get_package_info, ops.get_package_metadata, ops.browse_content):
            with pytest.raises(ValidationError, match=first[:6]):
                call(environment.name, top_hash=first[:6])

    @behaviour("R-8", "get_package_info", "get_package_metadata")
    def test_a_prefix_is_looked_for_in_one_package(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A prefix is looked for among the revisions of the package alone: what another package of
        the registry has makes it neither ambiguous nor found.
        """
        entry = environment.entry("a")
        one, two = alike_messages()
        mine = environment.given([entry], message=one)
        theirs = environment.given([entry], name="some/other", message=two)
        assert mine[:6] == theirs[:6]
        assert ops.get_package_info(environment.name, top_hash=mine[:6]).top_hash == mine
        assert ops.get_package_info("some/other", top_hash=mine[:6]).top_hash == theirs
        with pytest.raises(NotFoundError):
            ops.get_package_info("some/other", top_hash=mine[:20])
        with pytest.raises(NotFoundError):
            ops.get_package_metadata("some/other", top_hash=mine)

    @behaviour("R-9", "get_package_info", "get_package_metadata", "list_package_versions")
    def test_an_error_tells_what_is_not_there(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The error of a package or a revision that is not there has the package and the registry
        in its context, and that of a revision also what was asked for (`top_hash`). Its message
        names them.
        """
        environment.given([environment.entry("a")])
        place = {"package": environment.name, "registry": environment.registry}
        for call in (ops.get_package_info, ops.get_package_metadata):
            with pytest.raises(NotFoundError, match=environment.name) as caught:
                call(environment.name, top_hash="0" * 64)
            assert {**place, "top_hash": "0" * 64}.items() <= dict(caught.value.context).items()
        for read in (ops.get_package_info, ops.get_package_metadata, ops.list_package_versions):
            with pytest.raises(NotFoundError, match="no/package") as caught:
                read("no/package")
            assert {**place, "package": "no/package"}.items() <= dict(caught.value.context).items()

    @behaviour(
        "R-14", "get_package_info", "get_package_metadata", "list_package_versions",
        "list_all_packages",
    )  # fmt: skip
    def test_packages_whose_names_begin_alike(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Packages whose names begin with the same characters are different packages: each has its
        own revisions and metadata, and the beginning of a name does not name a package.
        """
        names = ["team/data", "team/data-2", "team/data2", "team/data_2"]
        entry = environment.entry("a")
        hashes = {
            name: environment.given([entry], name=name, message=name, user_meta={"n": name})
            for name in (names[0], *names[:0:-1])
        }
        assert ops.list_all_packages() == names
        for name in names:
            versions = [one.top_hash for one in ops.list_package_versions(name)]
            assert versions == [hashes[name]]
            assert ops.get_package_info(name).top_hash == hashes[name]
            assert ops.get_package_metadata(name) == {"n": name}
        with pytest.raises(NotFoundError):
            ops.list_package_versions("team/dat")

    @behaviour("R-10", "list_package_versions")
    def test_versions_newest_first(self, environment: Environment, ops: QuiltOps) -> None:
        """Versions are listed with the newest first, each with its top hash, its message, the time
        of its pointer and whether the tag `latest` names it.
        """
        hashes = [environment.given([environment.entry("a")], message=f"m{n}") for n in range(4)]
        versions = ops.list_package_versions(environment.name)
        assert [one.top_hash for one in versions] == hashes[::-1]
        assert [one.message for one in versions] == ["m3", "m2", "m1", "m0"]
        assert [one.is_latest for one in versions] == [True, False, False, False]
        times = [one.modified for one in versions]
        assert times == sorted(times, reverse=True)
        assert times[-1] == datetime.fromtimestamp(1_600_000_000, UTC)

    @behaviour("R-11", "list_package_versions")
    def test_latest_need_not_be_the_newest(self, environment: Environment, ops: QuiltOps) -> None:
        """The tag `latest` decides which revision is the latest, not the time: a newer revision
        that the tag does not name is still listed first, and information without a top hash is
        about the tagged revision.
        """
        first = environment.given([environment.entry("a")], message="one")
        environment.given([environment.entry("a")], message="two", latest=False)
        versions = ops.list_package_versions(environment.name)
        assert [one.is_latest for one in versions] == [False, True]
        assert ops.get_package_info(environment.name).top_hash == first

    @behaviour("R-12", "list_package_versions")
    def test_a_revision_published_twice_is_listed_once(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A revision that was published twice is listed once, at the time of its newest pointer."""
        entry = environment.entry("a")
        first = environment.given([entry], message="same")
        environment.given([entry], message="between")
        assert environment.given([entry], message="same") == first
        versions = ops.list_package_versions(environment.name)
        assert [one.message for one in versions] == ["same", "between"]
        assert versions[0].modified == datetime.fromtimestamp(1_600_000_002, UTC)

    @behaviour("R-13", "list_package_versions")
    def test_many_versions_are_all_listed(self, environment: Environment, ops: QuiltOps) -> None:
        """All versions are listed in order, however many pages the backend reads them in (1,001
        versions here).
        """
        entry = environment.entry("a")
        # One more than a page of S3 holds.
        hashes = [
            environment.given([entry], message=f"m{n}", latest=n == 1000) for n in range(1001)
        ]
        assert [one.top_hash for one in ops.list_package_versions(environment.name)] == hashes[::-1]

    @behaviour("R-20", "get_package_metadata")
    @pytest.mark.parametrize(
        ("stored", "expected"),
        [
            (
                {"a": {"b": [1, 2.5, None, True, "ä ☃ 😀"]}},
                {"a": {"b": [1, 2.5, None, True, "ä ☃ 😀"]}},
            ),
            ({}, {}),
            (None, {}),
        ],
        ids=["nested", "empty", "null"],
    )
    def test_metadata(
        self, environment: Environment, ops: QuiltOps, stored: object, expected: dict[str, object]
    ) -> None:
        """Metadata comes back with its types, nesting and characters. Metadata that was stored as
        `{}` or as `null` comes back as `{}`. Information holds the same metadata.
        """
        environment.given([environment.entry("a")], user_meta=stored)
        assert ops.get_package_metadata(environment.name) == expected
        assert ops.get_package_info(environment.name).metadata == expected

    @behaviour("R-21", "get_package_metadata")
    def test_metadata_of_an_earlier_revision(self, environment: Environment, ops: QuiltOps) -> None:
        """The metadata of an earlier revision is its own; a revision without metadata has `{}`, not
        the metadata of the revision before it.
        """
        first = environment.given([environment.entry("a")], user_meta={"n": 1})
        environment.given([environment.entry("a")])
        assert ops.get_package_metadata(environment.name, top_hash=first) == {"n": 1}
        assert ops.get_package_metadata(environment.name) == {}

    @behaviour("R-22", "get_package_metadata", "get_package_info")
    def test_large_metadata(self, environment: Environment, ops: QuiltOps) -> None:
        """Metadata of nearly a megabyte comes back whole."""
        large = {"text": "x" * 900_000}
        environment.given([environment.entry("a")], user_meta=large)
        assert ops.get_package_metadata(environment.name) == large

    @behaviour("R-23", "get_package_info")
    def test_a_package_without_message(self, environment: Environment, ops: QuiltOps) -> None:
        """A revision without a message has the message None, in information and in versions. A
        message of blanks is a message.
        """
        for message in (None, "  "):
            environment.given([environment.entry("a")], message=message)
            assert ops.get_package_info(environment.name).message == message
            assert ops.list_package_versions(environment.name)[0].message == message

    @behaviour("R-24", "get_package_info", "browse_content")
    def test_an_empty_package(self, environment: Environment, ops: QuiltOps) -> None:
        """A package may be empty: no entries, 0 bytes, and nothing to browse, on one level and
        recursively. It is listed, found and compared like others.
        """
        environment.given([])
        info = ops.get_package_info(environment.name)
        assert (info.total_entries, info.total_bytes) == (0, 0)
        assert ops.browse_content(environment.name) == []
        assert list(ops.browse_content(environment.name, recursive=True)) == []
        if ops.supports("list_all_packages"):
            assert ops.list_all_packages() == [environment.name]
        if ops.supports("search_packages"):
            assert [one.name for one in ops.search_packages("")] == [environment.name]
        if ops.supports("diff_packages"):
            assert ops.diff_packages(environment.name, environment.name).is_empty

    @behaviour("R-25", "get_package_info")
    def test_sizes_beyond_a_doubles_integers(self, environment: Environment, ops: QuiltOps) -> None:
        """Sizes are exact beyond 2**53: a total is not rounded to what a double holds."""
        entry = environment.entry("a")
        # No double is this number: a backend that goes through one gives its neighbour.
        environment.given([structs.replace(entry, size=2**53 + 1)])
        assert ops.get_package_info(environment.name).total_bytes == 2**53 + 1
