"""Behaviours of updating packages (W-…)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from quilt_core import ConflictError, NotFoundError, Progress, QuiltOps
from quilt_core.manifest import DirectoryRecord, ManifestHeader, compute_top_hash
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.content import contents
from quilt_core.testing.conformance.environment import Environment


class Updating(BehaviourTests):
    """Updating packages."""

    @behaviour("W-20", "update_package_revision", "browse_content")
    def test_everything_else_stays(self, environment: Environment, ops: QuiltOps) -> None:
        """An update keeps every other entry as it is: metadata, hash, size and physical key. The
        result lists what was added, replaced and removed (removing a directory removes everything
        below it), the previous top hash and the number of entries. The top hash is that of a
        manifest with exactly these entries.
        """
        kept = [environment.entry("keep/a", b"1", {"n": 1}), environment.entry("keep/b.txt", b"22")]
        before = environment.given(
            [*kept, environment.entry("old", b""), environment.entry("gone/x", b"4")]
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
        """The metadata of an update is merged into the previous metadata by top-level keys: a key
        that is given replaces the whole value below it, and the other keys stay. None keeps
        everything. A package whose metadata was `null` gets what is given.
        """
        environment.given([environment.entry("a")], user_meta=before)
        ops.update_package_revision(
            environment.name, {"k": environment.put_object("k", b"1")}, metadata=change
        )
        assert ops.get_package_metadata(environment.name) == after

    @behaviour("W-28", "update_package_revision", "list_package_versions")
    def test_an_update_that_changes_nothing(self, environment: Environment, ops: QuiltOps) -> None:
        """An update that gives metadata equal to the present metadata is still published, with its
        message.
        """
        first = environment.given([environment.entry("a")], message="one", user_meta={"n": 1})
        made = ops.update_package_revision(environment.name, metadata={"n": 1}, message="two")
        assert made.written
        assert made.previous_top_hash == first != made.top_hash
        messages = [one.message for one in ops.list_package_versions(environment.name)]
        assert messages == ["two", "one"]
        assert ops.get_package_metadata(environment.name) == {"n": 1}

    @behaviour("W-29", "update_package_revision", "browse_content")
    def test_a_directory_keeps_its_metadata_while_it_has_files(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A directory in which one file is removed or replaced keeps its metadata if the backend's
        updates keep directory metadata at all; otherwise `lost_directory_metadata` names it.
        """
        if not environment.keeps_directory_metadata:
            pytest.skip("not applicable: the store has no metadata of directories")
        record = DirectoryRecord(logical_key="d/", meta={"user_meta": {"kind": "raw"}})
        environment.given(
            [environment.entry("d/a"), environment.entry("d/b")], directories=[record]
        )
        made = ops.update_package_revision(environment.name, remove=["d/a"], message="m")
        (found,) = ops.browse_content(environment.name)
        if made.lost_directory_metadata == ():
            assert found.metadata == {"kind": "raw"}
        else:
            assert made.lost_directory_metadata in (("d",), None)

    @behaviour("W-22", "update_package_revision")
    def test_a_file_becomes_a_directory_and_back(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A logical key that was a directory may become a file, and the other way round: the
        entries that stood in its way are removed, and the result lists them.
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
        directory, raises NotFoundError; the message names the key. Part of a path component is not
        a directory, and a file has nothing below it. Nothing is written.
        """
        uri = environment.put_object("k", b"1")
        with pytest.raises(NotFoundError):
            ops.update_package_revision("no/package", {"k": uri})
        before = environment.given([environment.entry("ab/c")])
        for key in ("x", "a", "ab/c/d"):
            with pytest.raises(NotFoundError, match=key):
                ops.update_package_revision(environment.name, remove=[key])
        assert ops.get_package_info(environment.name).top_hash == before

    @behaviour("W-30", "update_package_revision", "browse_content", "get_package_metadata")
    def test_a_removal_takes_what_it_names_only(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Removing a directory or a file leaves those whose names begin alike, and the package's
        metadata; so does replacing one. What is removed is told entry by entry.
        """
        keys = ["d/a", "d/e/b", "d-x/a", "d.txt", "dd/a", "x_y", "xzy", "D/a", "x", "d!"]
        environment.given(
            [environment.entry(key, key.encode(), {"k": key}) for key in keys],
            user_meta={"n": {"m": 1}, "l": [None]},
        )
        name = environment.name
        before = contents(ops, name)
        result = ops.update_package_revision(name, remove=["d!", "d", "x_y", "x"], message="less")
        assert result.removed == ("d/a", "d/e/b", "d!", "x", "x_y")
        left = ["D/a", "d-x/a", "d.txt", "dd/a", "xzy"]
        assert contents(ops, name) == {key: before[key] for key in left}
        assert ops.get_package_metadata(name) == {"n": {"m": 1}, "l": [None]}
        uri = environment.put_object("k", b"1")
        ops.update_package_revision(name, {"xzy": uri}, remove=["dd/a"], message="replaced")
        assert sorted(contents(ops, name)) == ["D/a", "d-x/a", "d.txt", "xzy"]
        assert ops.get_package_metadata(name) == {"n": {"m": 1}, "l": [None]}
        ops.update_package_revision(name, remove=["d.txt"], metadata={"l": 1}, message="both")
        assert ops.get_package_metadata(name) == {"n": {"m": 1}, "l": 1}

    @behaviour("W-31", "update_package_revision", "browse_content")
    def test_what_is_given_below_a_removed_directory(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """What an update gives is in the new revision, also below a directory that it removes: what
        was there goes, and what is given comes.
        """
        environment.given([environment.entry("d/a"), environment.entry("d/b")])
        uri = environment.put_object("k", b"1")
        made = ops.update_package_revision(
            environment.name, {"d/a": uri, "d/new": uri}, remove=["d"]
        )
        assert (made.added, made.replaced, made.removed) == (("d/new",), ("d/a",), ("d/b",))
        assert sorted(contents(ops, environment.name)) == ["d/a", "d/new"]

    @behaviour("W-24", "update_package_revision")
    def test_removing_everything_leaves_an_empty_package(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Removing every entry leaves a revision without entries, which has the metadata still."""
        environment.given([environment.entry("a/b")], user_meta={"n": 1})
        result = ops.update_package_revision(environment.name, remove=["a"])
        assert result.total_entries == 0
        assert ops.get_package_metadata(environment.name) == {"n": 1}
        assert ops.browse_content(environment.name) == []

    @behaviour("W-25", "update_package_revision", "create_package_revision")
    def test_a_revision_that_came_in_between_is_a_conflict(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """If another revision is written between reading the latest one and writing the next, the
        write raises ConflictError with the expected top hash and the actual one.
        """
        if not environment.has_copies:
            pytest.skip(
                "not applicable: without copies, nothing is reported while another could write"
            )
        uri, numbers = environment.put_object("k", b"1"), itertools.count()
        for write in (ops.update_package_revision, ops.create_package_revision):
            # Each has a package of its own: a revision of long ago that is given after one of now
            # would look like one on its way to being the latest.
            name = f"{environment.name}_{write.__name__}"
            start = environment.given([environment.entry("a")], name=name)
            came: list[str] = []

            def intrude(step: Progress, came: list[str] = came, name: str = name) -> None:
                if not came:
                    entry = environment.entry(f"intruder {next(numbers)}")
                    came.append(environment.given([entry], name=name, message="in between"))

            with pytest.raises(ConflictError) as caught:
                write(name, {"k": uri}, copy="all", progress=intrude)
            assert (caught.value.expected, caught.value.actual) == (start, came[0])
            assert ops.get_package_info(name).top_hash == came[0]
            came.clear()
            made = write(name, {"k": uri}, copy="all", progress=intrude, force=True)
            assert came
            assert ops.get_package_info(name).top_hash == made.top_hash

    @behaviour("W-32", "create_package_revision", "get_package_info", "list_package_versions")
    def test_a_package_that_came_in_between_is_a_conflict(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """If somebody else creates a package while a write creates it, the write raises
        ConflictError with the actual top hash and no expected one, and the other revision stays the
        only one. With `force` the write is published.
        """
        if not environment.has_copies:
            pytest.skip(
                "not applicable: without copies, nothing is reported while another could write"
            )
        uri, name = environment.put_object("k", b"1"), environment.name
        came: list[str] = []

        def intrude(step: Progress) -> None:
            if not came:
                came.append(environment.given([environment.entry("theirs")], message="theirs"))

        with pytest.raises(ConflictError) as caught:
            ops.create_package_revision(name, {"k": uri}, copy="all", progress=intrude)
        assert (caught.value.expected, caught.value.actual) == (None, came[0])
        assert [one.top_hash for one in ops.list_package_versions(name)] == came
        other = f"{name}_other"

        def intrude_there(step: Progress) -> None:
            if len(came) == 1:
                entry = environment.entry("theirs")
                came.append(environment.given([entry], name=other, message="there"))

        made = ops.create_package_revision(
            other, {"k": uri}, copy="all", progress=intrude_there, force=True
        )
        assert len(came) == 2
        assert ops.get_package_info(other).top_hash == made.top_hash

    @behaviour("W-34", "update_package_revision", "create_package_revision", "delete_package")
    def test_a_package_that_is_deleted_in_between_is_a_conflict(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """If the package is deleted while a write is under way, the write raises ConflictError with
        the expected top hash and no actual one, and the package is not there afterwards.
        """
        if not environment.has_copies:
            pytest.skip(
                "not applicable: without copies, nothing is reported while another could write"
            )
        uri = environment.put_object("k", b"1")
        for write in (ops.update_package_revision, ops.create_package_revision):
            name = f"{environment.name}_{write.__name__}"
            start = environment.given([environment.entry("a")], name=name)
            gone: list[str] = []

            def delete(step: Progress, name: str = name, gone: list[str] = gone) -> None:
                if not gone:
                    gone.extend(ops.delete_package(name).deleted)

            with pytest.raises(ConflictError) as caught:
                write(name, {"k": uri}, copy="all", progress=delete)
            assert gone == [start]
            assert (caught.value.expected, caught.value.actual) == (start, None)
            with pytest.raises(NotFoundError):
                ops.list_package_versions(name)

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
