"""Behaviours of what an update keeps, and of what manifests hold that nobody writes today (W-1…).

A kept entry never comes to mean other bytes. Keeping it as it is and refusing the update both
conform; nothing else does.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from quilt_core import (
    ConflictError,
    NotFoundError,
    NotSupportedError,
    PackageRevisionResult,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.manifest import (
    DirectoryRecord,
    ManifestEntry,
    ManifestHeader,
    compute_top_hash,
    sort_key,
)
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.content import as_file, directory
from quilt_core.testing.conformance.environment import Environment

ODD_PLACES = {
    "upper-case bucket": "s3://My_Old_Bucket/x.txt?versionId=3",
    "access point": "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/ap/k?versionId=3",
    "relative": "objects/x.txt",
    "other scheme": "gs://bucket/x.txt",
    "web address": "http://host/x",
    "unknown query": "s3://bucket/x?foo=1",
    "no key": "s3://bucket",
    "raw tab": "s3://bucket/a\tb?versionId=3",
}
"""Physical keys that manifests hold, or may; not all of them are objects in S3."""
NO_OBJECTS = ("relative", "other scheme", "web address", "unknown query", "no key", "raw tab")


def update(
    environment: Environment, ops: QuiltOps, entries: list[ManifestEntry]
) -> PackageRevisionResult | None:
    """Change the package's metadata; None when that is refused as it should be.

    The entries that the update must keep as they are, or refuse.
    """
    before = environment.given(entries)
    try:
        result = ops.update_package_revision(
            environment.name, metadata={"checked": True}, message="Check"
        )
    except ValidationError as error:
        assert error.context["outcome"] == "not_written"
        assert all(repr(key) in error.message for key in error.context["entries"])
        assert set(error.context["entries"]) <= {entry.logical_key for entry in entries}
        assert error.hint
        assert ops.get_package_info(environment.name).top_hash == before
        return None
    return result


def assert_kept(
    environment: Environment,
    ops: QuiltOps,
    result: PackageRevisionResult,
    entries: list[ManifestEntry],
) -> None:
    """The revision holds exactly these entries."""
    header = ManifestHeader(message="Check", user_meta={"checked": True})
    ordered = sorted(entries, key=lambda entry: sort_key(entry.logical_key))
    assert result.top_hash == compute_top_hash(header, ordered)
    found = list(ops.browse_content(environment.name, recursive=True))
    assert found == [as_file(entry) for entry in ordered]


class KeptEntries(BehaviourTests):
    """What an update keeps."""

    def bare(self, environment: Environment, key: str, data: bytes) -> ManifestEntry:
        """An entry whose physical key names no version."""
        entry = environment.entry(key, data)
        return replace(entry, physical_key=environment.without_version(entry.physical_key))

    @behaviour("W-101", "update_package_revision")
    @pytest.mark.parametrize("newer", [b"other", b"fourteen bytes"], ids=["same size", "larger"])
    def test_a_newer_object_does_not_take_a_kept_entrys_place(
        self, environment: Environment, ops: QuiltOps, newer: bytes
    ) -> None:
        """An object that has been overwritten does not take the place of a kept entry that names no
        version: the entry stays as it is, or the update is refused with the outcome `not_written`
        and the keys in question.
        """
        entry = self.bare(environment, "a", b"bytes")
        environment.put_object("objects/a", newer)
        result = update(environment, ops, [entry, environment.entry("b")])
        if result is not None:
            assert result.completed == ()
            kept = [entry, environment.entry("b")]
            assert ops.browse_content(environment.name, path="a") == [as_file(entry)]
            header = ManifestHeader(message="Check", user_meta={"checked": True})
            assert result.top_hash == compute_top_hash(header, kept)

    @behaviour("W-102", "update_package_revision")
    def test_an_object_that_is_gone(self, environment: Environment, ops: QuiltOps) -> None:
        """A kept entry whose object is gone stays as it is, or the update is refused and
        names it.
        """
        entry = self.bare(environment, "a", b"bytes")
        gone = replace(entry, physical_key=f"{entry.physical_key}-gone")
        result = update(environment, ops, [gone])
        if result is not None:
            assert_kept(environment, ops, result, [gone])

    @behaviour("W-103", "update_package_revision")
    def test_a_hash_comes_from_the_version_that_the_entry_names(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A kept entry that names a version and has no hash gets the hash of that version, not of
        the current one, and `completed` in the result names it.
        """
        entry = environment.entry("a", b"bytes")
        if "versionId" not in entry.physical_key:
            pytest.skip("not applicable: objects have no versions here")
        environment.put_object("objects/a", b"other")
        result = update(environment, ops, [replace(entry, hash=None)])
        assert result is not None
        assert result.completed == ("a",)
        assert_kept(environment, ops, result, [entry])

    @behaviour("W-104", "update_package_revision")
    def test_without_hash_and_version_nothing_is_made_up(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A kept entry without a hash and a version stays as it is, or the update is refused;
        neither a hash nor a version is made up.
        """
        entry = replace(self.bare(environment, "a", b"bytes"), hash=None)
        result = update(environment, ops, [entry])
        if result is not None:
            assert_kept(environment, ops, result, [entry])

    @behaviour("W-105", "update_package_revision")
    def test_a_complete_entry_need_not_be_readable(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A kept entry with a version and a hash is kept as it is, even if the identity cannot read
        its object.
        """
        if environment.hidden_registry is None or not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: everything can be read")
        place = f"{environment.hidden_registry}/secret.bin?versionId=1"
        entry = replace(environment.entry("a"), physical_key=place)
        result = update(environment, ops, [entry])
        assert result is not None
        assert_kept(environment, ops, result, [entry])

    @behaviour("W-106", "browse_content", "diff_packages", "update_package_revision")
    @pytest.mark.parametrize("place", ODD_PLACES)
    def test_stored_keys_are_data(
        self, environment: Environment, ops: QuiltOps, place: str
    ) -> None:
        """Physical keys in forms that are no longer written are listed and compared as they are
        stored; an update keeps them as they are, or is refused.
        """
        entry = replace(environment.entry("a"), physical_key=ODD_PLACES[place])
        first = environment.given([entry], message="first")
        assert ops.browse_content(environment.name) == [as_file(entry)]
        assert list(ops.browse_content(environment.name, recursive=True)) == [as_file(entry)]
        result = update(environment, ops, [entry])
        if result is not None:
            assert_kept(environment, ops, result, [entry])
        assert ops.diff_packages(environment.name, environment.name, package1_hash=first).is_empty

    @behaviour("W-107", "get_content_url")
    @pytest.mark.parametrize("place", NO_OBJECTS)
    def test_what_is_no_object_has_no_url(
        self, environment: Environment, ops: QuiltOps, place: str
    ) -> None:
        """An entry whose physical key is not an object in S3 has no URL: asking for one raises
        NotSupportedError, which names the physical key.
        """
        entry = replace(environment.entry("a"), physical_key=ODD_PLACES[place])
        environment.given([entry])
        with pytest.raises(NotSupportedError) as caught:
            ops.get_content_url(environment.name, path="a")
        assert caught.value.context["physical_key"] == entry.physical_key
        assert repr(entry.physical_key) in caught.value.message

    @behaviour("W-108", "browse_content", "get_content_url")
    def test_a_directory_that_has_metadata_only(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A directory that has metadata and no files is listed with size 0 and is empty; it has no
        URL and is not counted among the package's entries.
        """
        if not environment.keeps_directory_metadata:
            pytest.skip("not applicable: the store has no metadata of directories")
        entry = environment.entry("d/x", b"1")
        environment.given(
            [entry],
            directories=[
                DirectoryRecord(logical_key="d/", meta={"user_meta": {"n": 1}}),
                DirectoryRecord(logical_key="deep/er/", meta={"n": 2}),
                DirectoryRecord(logical_key="empty/", meta={"kind": "raw"}),
            ],
        )
        assert ops.browse_content(environment.name) == [
            directory("d", 1, n=1),
            directory("deep", 0),
            directory("empty", 0, kind="raw"),
        ]
        assert ops.browse_content(environment.name, path="empty") == []
        assert ops.browse_content(environment.name, path="deep") == [directory("deep/er", 0, n=2)]
        assert list(ops.browse_content(environment.name, recursive=True)) == [as_file(entry)]
        if ops.supports("get_package_info"):
            assert ops.get_package_info(environment.name).total_entries == 1
        with pytest.raises(NotFoundError):
            ops.browse_content(environment.name, path="emp")
        with pytest.raises(ValidationError):
            ops.get_content_url(environment.name, path="empty")

    @behaviour("W-109", "update_package_revision", "browse_content")
    def test_directory_metadata_is_kept_or_reported(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An update keeps the metadata of the directories that stay, or its result names the
        directories that lost theirs in `lost_directory_metadata`, where None means that this is not
        known. The metadata of a removed directory is removed with it.
        """
        if not environment.keeps_directory_metadata:
            pytest.skip("not applicable: the store has no metadata of directories")
        metadata: dict[str, dict[str, Any]] = {"d": {"n": 1}, "d/e": {"n": 2}, "gone": {"n": 3}}
        environment.given(
            [environment.entry("d/e/x"), environment.entry("gone/y"), environment.entry("z")],
            directories=[
                DirectoryRecord(logical_key=f"{path}/", meta=meta)
                for path, meta in metadata.items()
            ],
        )
        result = ops.update_package_revision(environment.name, remove=["gone"])
        items = [
            *ops.browse_content(environment.name),
            *ops.browse_content(environment.name, path="d"),
        ]
        found = {item.path: dict(item.metadata) for item in items if item.is_directory}
        assert found.keys() == {"d", "d/e"}
        lost = tuple(path for path, meta in found.items() if meta != metadata[path])
        assert result.lost_directory_metadata in (lost, None)
        assert result.lost_directory_metadata is not None or lost


class DryRuns(BehaviourTests):
    """Dry runs of writes."""

    @behaviour("W-120", "create_package_revision", "update_package_revision")
    def test_a_dry_run_tells_and_writes_nothing(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A dry run reports what a write would add, replace and remove, and the revision that it
        would start from. `written` is False, there is no top hash, and nothing is written.
        """
        before = environment.given([environment.entry("old"), environment.entry("gone")])
        uri = environment.put_object("n", b"1")
        made = ops.create_package_revision("dry/new", {"n": uri}, dry_run=True)
        assert (made.written, made.top_hash, made.previous_top_hash) == (False, "", None)
        assert made.added == ("n",)
        changed = ops.update_package_revision(
            environment.name, {"old": uri, "new": uri}, remove=["gone"], dry_run=True
        )
        assert (changed.written, changed.previous_top_hash) == (False, before)
        assert (changed.added, changed.replaced, changed.removed) == (("new",), ("old",), ("gone",))
        assert changed.total_entries == 2
        assert ops.list_all_packages() == [environment.name]
        assert len(ops.list_package_versions(environment.name)) == 1

    @behaviour("W-121", "create_package_revision")
    def test_a_dry_run_fails_as_the_write_does(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """What makes a write fail also makes a dry run fail, with the same class of error and the
        outcome `not_written`; nothing is written.
        """
        there = environment.put_object("k", b"1")
        missing = environment.without_version(there) + "-not-there"
        wrong: list[dict[str, Any]] = [
            {"s3_uris": {"k": missing}},
            {"s3_uris": {"k": there}, "workflow": "no-such-workflow"},
        ]
        if environment.registry.startswith("s3://"):
            wrong.append({"s3_uris": {"k": there}, "registry": "s3://no-such-bucket-x"})
            wrong.append({"s3_uris": {"k": "file:///no/such/file"}})
        for arguments in wrong:
            errors = []
            for dry_run in (True, False):
                with pytest.raises(QuiltOpsError) as caught:
                    ops.create_package_revision(environment.name, **arguments, dry_run=dry_run)
                errors.append(caught.value)
            assert type(errors[0]) is type(errors[1])
            assert errors[0].context["outcome"] == "not_written"
        assert ops.list_all_packages() == []

    @behaviour("W-123", "create_package_revision", "update_package_revision")
    def test_a_dry_run_looks_at_the_expected_revision(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A dry run that expects a revision other than the latest one raises ConflictError, as the
        write would. Whether the identity may write at all may become known only when it does write.
        """
        environment.given([environment.entry("a")])
        name, uri = environment.name, environment.put_object("k", b"1")
        for write in (ops.create_package_revision, ops.update_package_revision):
            with pytest.raises(ConflictError):
                write(name, {"k": uri}, expected_top_hash="0" * 64, dry_run=True)

    @behaviour("W-122", "create_package_revision")
    def test_a_dry_run_copies_nothing(self, environment: Environment, ops: QuiltOps) -> None:
        """A dry run counts the objects that a write would copy, and copies none."""
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: copies go into a bucket")
        uri = environment.put_object("in/k.csv", b"12345")
        result = ops.create_package_revision(
            environment.name, {"k.csv": uri}, copy="all", dry_run=True
        )
        assert (result.copied, result.written) == (1, False)
        copy = f"{environment.registry}/{environment.name}/k.csv"
        with pytest.raises(NotFoundError):
            ops.create_package_revision(environment.name, {"k.csv": copy})
