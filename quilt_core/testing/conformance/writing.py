"""Behaviours of packages that are written (W-…) and deleted (D-…)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from quilt_core import (
    ConflictError,
    EntrySource,
    NotFoundError,
    PermissionDeniedError,
    Progress,
    QuiltOps,
    ValidationError,
)
from quilt_core.manifest import ManifestHeader, compute_top_hash, hash_bytes
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser


def contents(ops: QuiltOps, name: str, **revision: Any) -> dict[str, tuple[int, Any, str | None]]:
    """What a package holds: path → size, metadata, physical key."""
    items = ops.browse_content(name, recursive=True, **revision)
    return {item.path: (item.size, dict(item.metadata), item.physical_key) for item in items}


class Creating(BehaviourTests):
    """Creating revisions."""

    @behaviour("W-1", "create_package_revision", "browse_content", "get_package_info")
    def test_a_new_package(self, environment: Environment, ops: QuiltOps) -> None:
        """A new package holds what the URIs name: each object under its decoded key, with its size,
        and with the object's URI and version as its physical key. The result has the package, the
        registry, the new top hash, no previous one, what was added, and the number of entries;
        nothing is replaced, removed or copied. Message and metadata are those given.
        """
        uris = [
            environment.put_object("in/a b+c.csv", b"12345"),
            environment.put_object("in/d/ü#?%.txt", b"1"),
        ]
        result = ops.create_package_revision(
            environment.name, uris, metadata={"n": 1}, message="First"
        )
        keys = (
            tuple(sorted(environment.key_of(uri) for uri in uris)) if uris[0][:2] == "s3" else None
        )
        assert keys is None or set(result.added) == set(keys)
        assert (result.replaced, result.removed, result.copied) == ((), (), 0)
        assert result.previous_top_hash is None
        assert result.total_entries == 2
        assert (result.package_name, result.registry) == (environment.name, environment.registry)
        info = ops.get_package_info(environment.name)
        assert (info.top_hash, info.message, info.metadata) == (result.top_hash, "First", {"n": 1})
        found = contents(ops, environment.name)
        assert sorted(found) == sorted(result.added)
        assert {size for size, _, _ in found.values()} == {5, 1}
        assert {key for _, _, key in found.values()} == set(uris)

    @behaviour("W-2", "create_package_revision")
    def test_the_top_hash_is_quilts_own(self, environment: Environment, ops: QuiltOps) -> None:
        """The top hash is Quilt's: the SHA-256 over the canonical JSON of header and entries
        (physical keys apart), with metadata of every type, so that any other client computes the
        same.
        """
        uri = environment.put_object("x/a.csv", b"hello")
        result = ops.create_package_revision(
            environment.name, [EntrySource(uri, "a.csv", {"f": 1.5, "ü": None})],
            metadata={"z": 1, "a": [True]}, message="Grüße",
        )  # fmt: skip
        entry = environment.entry("a.csv", b"hello", {"f": 1.5, "ü": None})
        header = ManifestHeader(message="Grüße", user_meta={"z": 1, "a": [True]})
        assert entry.hash == hash_bytes(b"hello")
        assert result.top_hash == compute_top_hash(header, [entry])

    @behaviour("W-3", "create_package_revision", "get_package_metadata")
    @pytest.mark.parametrize("metadata", [None, {}], ids=["none", "empty"])
    def test_no_metadata_is_none_at_all(
        self, environment: Environment, ops: QuiltOps, metadata: dict[str, Any] | None
    ) -> None:
        """Metadata that is left out and `{}` both leave `user_meta` out of the manifest: the top
        hash is the one without metadata, and reading gives `{}`.
        """
        result = ops.create_package_revision(
            environment.name, {"a": environment.put_object("a", b"1")}, metadata, message=None
        )
        entry = environment.entry("a", b"1")
        assert result.top_hash == compute_top_hash(ManifestHeader(message=None), [entry])
        assert ops.get_package_metadata(environment.name) == {}

    @behaviour("W-4", "create_package_revision")
    def test_a_new_revision_holds_only_what_is_given(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A created revision holds only what is given: nothing of the previous revision's entries
        or metadata stays. The previous revision remains, and its top hash is in the result.
        """
        before = environment.given([environment.entry("old")], user_meta={"old": 1})
        result = ops.create_package_revision(
            environment.name, {"new": environment.put_object("n", b"1")}
        )
        assert result.previous_top_hash == before
        assert result.added == ("new",)
        assert list(contents(ops, environment.name)) == ["new"]
        assert ops.get_package_metadata(environment.name) == {}
        assert len(ops.list_package_versions(environment.name)) == 2

    @behaviour("W-5", "create_package_revision")
    def test_base_names_as_logical_keys(self, environment: Environment, ops: QuiltOps) -> None:
        """With `auto_organize=False` the logical key is the last component of the object's key."""
        uris = [environment.put_object("x/y/a.csv", b"1"), environment.put_object("z/b.csv", b"2")]
        result = ops.create_package_revision(environment.name, uris, auto_organize=False)
        assert result.added == ("a.csv", "b.csv")

    @behaviour("W-6", "create_package_revision")
    def test_an_unversioned_uri_means_the_current_version(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A URI without a version means the version that the object has when the revision is
        written; the entry names that version.
        """
        environment.put_object("k", b"old")
        newest = environment.put_object("k", b"newer")
        ops.create_package_revision(environment.name, {"k": environment.without_version(newest)})
        assert contents(ops, environment.name)["k"] == (5, {}, newest)

    @behaviour("W-7", "create_package_revision")
    def test_a_versioned_uri_means_that_version(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A URI with a version means that version, even if a newer one exists."""
        first = environment.put_object("k", b"old")
        if "versionId" not in first:
            pytest.skip("not applicable: objects have no versions here")
        environment.put_object("k", b"newer")
        ops.create_package_revision(environment.name, {"k": first})
        assert contents(ops, environment.name)["k"] == (3, {}, first)

    @behaviour("W-8", "create_package_revision")
    def test_one_object_under_two_keys_and_entry_metadata(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """One object may be several entries, each with its own logical key and metadata."""
        uri = environment.put_object("k", b"1")
        ops.create_package_revision(
            environment.name, [EntrySource(uri, "x/one", {"n": 1}), EntrySource(uri, "two")]
        )
        found = contents(ops, environment.name)
        assert found == {"x/one": (1, {"n": 1}, uri), "two": (1, {}, uri)}

    @behaviour("W-9", "create_package_revision", "list_all_packages")
    def test_an_object_that_is_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """An object that does not exist is NotFoundError that names it; nothing is written."""
        there = environment.put_object("k", b"1")
        missing = environment.without_version(there) + "-not-there"
        with pytest.raises(NotFoundError, match="not-there"):
            ops.create_package_revision(environment.name, {"k": there, "m": missing})
        assert ops.list_all_packages() == []

    @behaviour("W-10", "create_package_revision", users=(TestUser.READER,))
    def test_who_may_only_read_writes_nothing(self, environment: Environment) -> None:
        """An identity that may only read is refused with PermissionDeniedError, and nothing is
        written.
        """
        uri = environment.put_object("k", b"1")
        with environment.connect(TestUser.READER) as reader:
            with pytest.raises(PermissionDeniedError):
                reader.create_package_revision(environment.name, {"k": uri})
            assert reader.list_all_packages() == []

    @behaviour("W-11", "create_package_revision")
    def test_an_unknown_workflow_is_refused(self, environment: Environment, ops: QuiltOps) -> None:
        """A workflow that the registry does not have is ValidationError, and nothing is written."""
        uri = environment.put_object("k", b"1")
        with pytest.raises(ValidationError):
            ops.create_package_revision(environment.name, {"k": uri}, workflow="no-such-workflow")
        assert ops.list_all_packages() == []

    @behaviour("W-12", "create_package_revision")
    def test_a_registry_that_is_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """A bucket that does not exist is NotFoundError or PermissionDeniedError."""
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: a folder is made when it is missing")
        uri = environment.put_object("k", b"1")
        with pytest.raises((NotFoundError, PermissionDeniedError)):
            ops.create_package_revision(
                environment.name, {"k": uri}, registry="s3://no-such-bucket-x"
            )

    @behaviour("W-13", "create_package_revision")
    def test_copy_all(self, environment: Environment, ops: QuiltOps) -> None:
        """`copy="all"` copies each object to `{package}/{logical key}` in the registry; the entry
        refers to the copy, and the result counts it. The steps that `progress` is told name this
        operation.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: copies go into a bucket")
        steps: list[Progress] = []
        uri = environment.put_object("in/k.csv", b"12345")
        result = ops.create_package_revision(
            environment.name, {"data/k.csv": uri}, copy="all", progress=steps.append
        )
        assert result.copied == 1
        (size, _, physical) = contents(ops, environment.name)["data/k.csv"]
        assert size == 5
        assert physical is not None
        assert environment.key_of(physical) == f"{environment.name}/data/k.csv"
        assert all(step.operation == "create_package_revision" for step in steps)

    @behaviour("W-14", "create_package_revision")
    def test_copy_new_leaves_what_is_in_the_registry(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """`copy="new"` copies only what is not in the registry's bucket yet."""
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: copies go into a bucket")
        uri = environment.put_object("in/k.csv", b"12345")
        inside = uri.startswith(f"{environment.registry}/")
        result = ops.create_package_revision(environment.name, {"k.csv": uri}, copy="new")
        assert result.copied == (0 if inside else 1)

    @behaviour("W-15", "create_package_revision")
    def test_revisions_written_in_one_second_are_all_there(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Revisions that are written one right after the other are all there, in the order of
        writing: a pointer of the same second is not overwritten.
        """
        uri = environment.put_object("k", b"1")
        hashes = [
            ops.create_package_revision(environment.name, {"k": uri}, message=f"m{n}").top_hash
            for n in range(3)
        ]
        versions = ops.list_package_versions(environment.name)
        assert [one.top_hash for one in versions] == hashes[::-1]

    @behaviour("W-16", "create_package_revision", "get_catalog_config")
    def test_catalog_urls_are_the_catalogs(self, environment: Environment, ops: QuiltOps) -> None:
        """The result's catalog URL is `{catalog}/b/{bucket}/packages/{package}/tree/{top hash}` on
        the catalog's own address, and None for a registry that is a folder.
        """
        uri = environment.put_object("k", b"1")
        result = ops.create_package_revision(environment.name, {"k": uri})
        if environment.registry.startswith("s3://"):
            base = ops.get_catalog_config().catalog_url
            bucket = environment.registry[5:]
            path = f"/b/{bucket}/packages/{environment.name}/tree/{result.top_hash}"
            assert result.catalog_url == base + path
        else:
            assert result.catalog_url is None


class Updating(BehaviourTests):
    """Updating packages."""

    @behaviour("W-20", "update_package_revision", "browse_content")
    def test_everything_else_stays(self, environment: Environment, ops: QuiltOps) -> None:
        """An update keeps every other entry as it is: metadata, hash, size and physical key. The
        result says what was added, replaced and removed (a directory removes everything below it),
        the previous top hash and the number of entries. The top hash is that of a manifest with
        exactly these entries.
        """
        kept = [environment.entry("keep/a", b"1", {"n": 1}), environment.entry("keep/b.txt", b"22")]
        before = environment.given(
            [*kept, environment.entry("old", b"3"), environment.entry("gone/x", b"4")]
        )
        old = contents(ops, environment.name)
        uri_new, uri_old = (
            environment.put_object("n", b"55555"),
            environment.put_object("o", b"666666"),
        )
        result = ops.update_package_revision(
            environment.name, {"new": uri_new, "old": uri_old}, remove=["gone"], message="Change"
        )
        assert (result.added, result.replaced, result.removed) == (("new",), ("old",), ("gone/x",))
        assert result.previous_top_hash == before
        assert result.total_entries == 4
        found = contents(ops, environment.name)
        assert found == {
            "keep/a": old["keep/a"],
            "keep/b.txt": old["keep/b.txt"],
            "new": (5, {}, uri_new),
            "old": (6, {}, uri_old),
        }
        header = ManifestHeader(message="Change")
        entries = [*kept, environment.entry("new", b"55555"), environment.entry("old", b"666666")]
        assert result.top_hash == compute_top_hash(header, entries)

    @behaviour("W-21", "update_package_revision", "get_package_metadata")
    @pytest.mark.parametrize(
        ("before", "change", "after"),
        [
            ({"a": 1, "b": {"c": 2}}, {"b": {"d": 3}, "e": 4}, {"a": 1, "b": {"d": 3}, "e": 4}),
            ({"a": 1}, None, {"a": 1}),
            (None, {"a": 1}, {"a": 1}),
        ],
        ids=["merge", "keep", "null"],
    )
    def test_metadata_is_merged_at_the_top(
        self,
        environment: Environment,
        ops: QuiltOps,
        before: Any,
        change: Any,
        after: dict[str, Any],
    ) -> None:
        """Metadata of an update is merged into the previous one by its top-level keys: a key that
        is given replaces the whole value below it, the others stay. None keeps all. A package that
        had `null` gets what is given.
        """
        environment.given([environment.entry("a")], user_meta=before)
        ops.update_package_revision(
            environment.name, {"k": environment.put_object("k", b"1")}, metadata=change
        )
        assert ops.get_package_metadata(environment.name) == after

    @behaviour("W-22", "update_package_revision")
    def test_a_file_becomes_a_directory_and_back(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A logical key that was a directory may become a file, and the other way round: what stood
        in its way is removed, and the result says so.
        """
        environment.given([environment.entry("a"), environment.entry("z")])
        uri = environment.put_object("k", b"1")
        result = ops.update_package_revision(environment.name, {"a/b": uri})
        assert (result.added, result.removed) == (("a/b",), ("a",))
        result = ops.update_package_revision(environment.name, {"a": uri})
        assert (result.added, result.removed) == (("a",), ("a/b",))
        assert sorted(contents(ops, environment.name)) == ["a", "z"]

    @behaviour("W-23", "update_package_revision")
    def test_what_is_not_there_cannot_be_updated_or_removed(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Updating a package that does not exist, or removing a key that is neither an entry nor a
        directory, is NotFoundError; the message names the key. A part of a component is no
        directory, and a file has nothing below it. Nothing is written.
        """
        uri = environment.put_object("k", b"1")
        with pytest.raises(NotFoundError):
            ops.update_package_revision("no/package", {"k": uri})
        before = environment.given([environment.entry("ab/c")])
        for key in ("x", "a", "ab/c/d"):
            with pytest.raises(NotFoundError, match=key):
                ops.update_package_revision(environment.name, remove=[key])
        assert ops.get_package_info(environment.name).top_hash == before

    @behaviour("W-24", "update_package_revision")
    def test_removing_everything_leaves_an_empty_package(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Removing every entry leaves a revision without entries."""
        environment.given([environment.entry("a/b")])
        result = ops.update_package_revision(environment.name, remove=["a"])
        assert result.total_entries == 0
        assert ops.browse_content(environment.name) == []

    @behaviour("W-25", "update_package_revision", "create_package_revision")
    def test_a_revision_that_came_in_between_is_a_conflict(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A revision that comes in between reading the latest one and writing the next is a
        ConflictError with the expected top hash and the actual one.
        """
        if not environment.has_copies:
            pytest.skip("not applicable: a write has no pause in which another could come")
        uri, numbers = environment.put_object("k", b"1"), itertools.count()
        for write in (ops.update_package_revision, ops.create_package_revision):
            start = environment.given([environment.entry("a")], message=write.__name__)
            came: list[str] = []

            def intrude(step: Progress, came: list[str] = came) -> None:
                if not came:
                    entry = environment.entry(f"intruder {next(numbers)}")
                    came.append(environment.given([entry], message="in between"))

            with pytest.raises(ConflictError) as caught:
                write(environment.name, {"k": uri}, copy="all", progress=intrude)
            assert (caught.value.expected, caught.value.actual) == (start, came[0])
            assert ops.get_package_info(environment.name).top_hash == came[0]
            came.clear()
            made = write(environment.name, {"k": uri}, copy="all", progress=intrude, force=True)
            assert came
            assert ops.get_package_info(environment.name).top_hash == made.top_hash

    @behaviour("W-26", "update_package_revision")
    def test_more_than_ten_thousand_entries_stay(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An update of a package of more than 10,000 entries keeps them all, and the top hash is
        that of the whole manifest.
        """
        entries = environment.many_entries(10_001)
        first = environment.given(entries)
        uri = environment.put_object("k", b"1")
        result = ops.update_package_revision(environment.name, {"k": uri}, message=None)
        assert result.total_entries == 10_002
        diff = ops.diff_packages(environment.name, environment.name, package1_hash=first)
        assert (diff.added, diff.deleted, diff.modified) == (("k",), (), ())
        header = ManifestHeader(message=None)
        ordered = sorted([*entries, environment.entry("k", b"1")], key=lambda one: one.logical_key)
        assert result.top_hash == compute_top_hash(header, ordered)


class Deleting(BehaviourTests):
    """Deleting packages and revisions."""

    @behaviour("D-1", "delete_package", "list_all_packages", "get_package_info")
    def test_a_whole_package(self, environment: Environment, ops: QuiltOps) -> None:
        """Deleting a package without a top hash deletes all of its revisions, the newest first in
        the result, and nothing of another package. Nothing of it can be listed or read afterwards.
        """
        hashes = [environment.given([environment.entry("a")], message=f"m{n}") for n in range(3)]
        kept = environment.given([environment.entry("a")], name="some/other")
        result = ops.delete_package(environment.registry, environment.name)
        assert result.deleted == tuple(hashes[::-1])
        assert result.failed == ()
        assert result.is_complete
        assert (result.package_name, result.registry) == (environment.name, environment.registry)
        assert ops.list_all_packages() == ["some/other"]
        with pytest.raises(NotFoundError):
            ops.get_package_info(environment.name)
        for top_hash in hashes:
            with pytest.raises(NotFoundError):
                ops.get_package_info(environment.name, top_hash=top_hash)
        assert ops.get_package_info("some/other").top_hash == kept

    @behaviour("D-2", "delete_package", "list_package_versions")
    def test_one_revision(self, environment: Environment, ops: QuiltOps) -> None:
        """Deleting one revision leaves the others. When it was the latest one, the newest of those
        that remain becomes the latest. A revision is named as in reading, `latest` included.
        """
        hashes = [environment.given([environment.entry("a")], message=f"m{n}") for n in range(3)]
        assert ops.delete_package(None, environment.name, top_hash=hashes[0]).deleted == (
            hashes[0],
        )
        assert ops.get_package_info(environment.name).top_hash == hashes[2]
        assert ops.delete_package(None, environment.name, top_hash="latest").deleted == (hashes[2],)
        assert ops.get_package_info(environment.name).top_hash == hashes[1]
        versions = ops.list_package_versions(environment.name)
        assert [(one.top_hash, one.is_latest) for one in versions] == [(hashes[1], True)]

    @behaviour("D-3", "delete_package")
    def test_what_is_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """Deleting a package or a revision that does not exist, or that is deleted already, is
        NotFoundError with the outcome `not_written`.
        """
        with pytest.raises(NotFoundError) as caught:
            ops.delete_package(None, "no/package")
        assert caught.value.context["outcome"] == "not_written"
        environment.given([environment.entry("a")])
        with pytest.raises(NotFoundError):
            ops.delete_package(None, environment.name, top_hash="0" * 64)
        ops.delete_package(None, environment.name)
        with pytest.raises(NotFoundError):
            ops.delete_package(None, environment.name)

    @behaviour("D-4", "delete_package", users=(TestUser.READER,))
    def test_who_may_only_read_deletes_nothing(self, environment: Environment) -> None:
        """An identity that may only read is refused with PermissionDeniedError, and nothing is
        deleted.
        """
        top_hash = environment.given([environment.entry("a")])
        with environment.connect(TestUser.READER) as reader:
            with pytest.raises(PermissionDeniedError):
                reader.delete_package(None, environment.name)
            assert reader.get_package_info(environment.name).top_hash == top_hash
