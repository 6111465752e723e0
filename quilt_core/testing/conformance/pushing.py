"""Behaviours of pushes (T-20 to T-32)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quilt_core import (
    DEFAULT_WORKFLOW,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    Progress,
    PushResult,
    QuiltOps,
    ValidationError,
)
from quilt_core.domain.uris import parse_object_uri
from quilt_core.manifest import DirectoryRecord, hash_bytes
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.transfer import FILES, TransferTests, write_files
from quilt_core.testing.conformance.workflow_listings import WORKFLOWS


def push(ops: QuiltOps, environment: Environment, source: Any, **options: Any) -> PushResult:
    """Push to the environment's package, as the environment's store allows it."""
    options.setdefault("allow_unversioned", not environment.keeps_versions)
    return ops.push_package(environment.name, source, **options)


class Pushing(TransferTests):
    """Making a revision of local files."""

    @behaviour("T-20", "push_package", "browse_content", "get_package_info", "read_content")
    def test_a_folder_becomes_a_package(
        self, environment: Environment, ops: QuiltOps, folder: Path
    ) -> None:
        """A push publishes every file of a folder under its path below the folder as the logical
        key, with the given message and metadata. The result has the top hash, the total number of
        bytes, and all files as new; the package has the sizes, hashes and bytes of the files.
        """
        result = push(ops, environment, folder, message="First", metadata={"n": 1})
        assert result.written
        assert result.previous_top_hash is None
        assert set(result.new) == set(FILES)
        assert (result.changed, result.unchanged, result.removed) == ((), (), ())
        assert result.total_bytes == sum(map(len, FILES.values()))
        info = ops.get_package_info(environment.name)
        assert (info.top_hash, info.message, info.metadata) == (
            result.top_hash, "First", {"n": 1},
        )  # fmt: skip
        found = {one.path: one for one in ops.browse_content(environment.name, recursive=True)}
        assert {key: (one.size, one.hash) for key, one in found.items()} == {
            key: (len(data), hash_bytes(data)) for key, data in FILES.items()
        }
        for key, data in FILES.items():
            assert ops.read_content(environment.name, key) == data

    @behaviour("T-21", "push_package", "browse_content")
    def test_objects_lie_at_package_and_logical_key(
        self, environment: Environment, ops: QuiltOps, folder: Path
    ) -> None:
        """The key of a pushed file's object is the package's name followed by the logical key."""
        push(ops, environment, folder)
        for item in ops.browse_content(environment.name, recursive=True):
            key = parse_object_uri(str(item.physical_key)).key
            assert key.endswith(f"{environment.name}/{item.path}")

    @behaviour("T-22", "push_package", "browse_content")
    def test_what_the_registry_holds_is_not_uploaded(
        self, environment: Environment, ops: QuiltOps, folder: Path
    ) -> None:
        """A file whose bytes are already in the latest revision keeps its object, even under
        another key.
        """
        push(ops, environment, folder, message="one")
        before = {i.path: i for i in ops.browse_content(environment.name, recursive=True)}
        again = push(ops, environment, folder, message="two")
        assert (again.uploads, again.uploaded_bytes) == (0, 0)
        assert again.total_bytes == sum(map(len, FILES.values()))
        assert set(again.unchanged) == set(FILES)
        after = {i.path: i for i in ops.browse_content(environment.name, recursive=True)}
        assert after == before
        if not environment.keeps_versions:
            return
        (folder / "z.bin").rename(folder / "renamed.bin")
        renamed = push(ops, environment, folder, message="three")
        assert (renamed.uploads, renamed.new, renamed.removed) == (
            0, ("renamed.bin",), ("z.bin",),
        )  # fmt: skip
        found = {i.path: i for i in ops.browse_content(environment.name, recursive=True)}
        assert found["renamed.bin"].physical_key == before["z.bin"].physical_key

    @behaviour("T-23", "push_package", "browse_content", "read_content")
    def test_replace_and_merge(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """By default a push makes the package equal to the source: entries that the source lacks
        are removed. With `mode="merge"` they stay and the keys of the metadata are merged; a merge
        that changes nothing writes nothing and returns the present top hash, and one that changes
        only the metadata is written.
        """
        first = {"a": b"1", "b": b"2", "d/c": b"3", ".hidden": b"4"}
        push(ops, environment, first, metadata={"x": 1, "y": 1})
        merged = push(ops, environment, {"n": b"new", "d/e": b"4"}, mode="merge", metadata={"y": 2})
        assert (set(merged.new), merged.removed) == ({"n", "d/e"}, ())
        paths = [item.path for item in ops.browse_content(environment.name, recursive=True)]
        assert paths == [".hidden", "a", "b", "d/c", "d/e", "n"]
        assert ops.get_package_metadata(environment.name) == {"x": 1, "y": 2}
        assert ops.read_content(environment.name, "a") == b"1"
        nothing = push(ops, environment, {"a": b"1"}, mode="merge")
        assert (nothing.written, nothing.top_hash) == (False, merged.top_hash)
        told = push(ops, environment, {"a": b"1"}, mode="merge", metadata={"z": 3})
        assert (told.written, told.unchanged, told.previous_top_hash) == (
            True, ("a",), merged.top_hash,
        )  # fmt: skip
        assert ops.get_package_metadata(environment.name) == {"x": 1, "y": 2, "z": 3}
        replaced = push(ops, environment, {"a": b"1", "n": b"two"})
        assert (replaced.new, replaced.changed, replaced.unchanged, replaced.removed) == (
            (), ("n",), ("a",), (".hidden", "b", "d/c", "d/e"),
        )  # fmt: skip
        paths = [item.path for item in ops.browse_content(environment.name, recursive=True)]
        assert paths == ["a", "n"]
        assert ops.read_content(environment.name, "n") == b"two"  # as many bytes as before

    @behaviour("T-32", "push_package", "browse_content")
    def test_a_merge_replaces_what_stands_in_its_way(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A file can take the place of a directory, and files below a key can take the place of a
        file with that key.
        """
        if not environment.keeps_versions:
            pytest.skip("not applicable: in a folder, a file cannot take a directory's place")
        push(ops, environment, {"a": b"1", "d/c": b"3", "f": b"4"})
        merged = push(ops, environment, {"d": b"5", "f/x": b"6"}, mode="merge")
        assert (merged.new, merged.removed) == (("d", "f/x"), ("d/c", "f"))
        paths = [item.path for item in ops.browse_content(environment.name, recursive=True)]
        assert paths == ["a", "d", "f/x"]

    @behaviour("T-24", "push_package", "browse_content", "get_package_metadata")
    def test_metadata_stays_unless_it_is_given(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The metadata of the package and of its files stays; an empty mapping removes it."""
        files = {"a": b"1", "b": b"2"}
        push(ops, environment, files, metadata={"k": [1]}, entry_metadata={"a": {"n": 1}})
        push(ops, environment, {**files, "a": b"other"}, message="two")
        assert ops.get_package_metadata(environment.name) == {"k": [1]}
        found = {i.path: i.metadata for i in ops.browse_content(environment.name, recursive=True)}
        assert found == {"a": {"n": 1}, "b": {}}
        push(
            ops, environment, files, metadata={}, entry_metadata={"a": {}, "b": {"m": 2}},
            message="three",
        )  # fmt: skip
        assert ops.get_package_metadata(environment.name) == {}
        found = {i.path: i.metadata for i in ops.browse_content(environment.name, recursive=True)}
        assert found == {"a": {}, "b": {"m": 2}}

    @behaviour("T-101", "push_package", "browse_content")
    def test_no_metadata_of_directories_is_lost_silently(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A merge keeps the metadata of directories, or names the directories that lose theirs in
        `lost_directory_metadata`; None means that this is not known. A push that replaces a
        revision does one of the three, too, and so do dry runs. Nothing is lost by the first push
        of a package, or by a merge that changes nothing.
        """
        if not environment.keeps_directory_metadata:
            pytest.skip("not applicable: the store has no place for it")
        record = DirectoryRecord(logical_key="d/", meta={"user_meta": {"kind": "raw"}})
        files = {"d/b": b"2"}
        for mode in ("merge", "replace"):
            environment.given([environment.entry("d/a", b"1")], directories=[record])
            told = push(ops, environment, files, mode=mode, dry_run=True)
            made = push(ops, environment, files, mode=mode)
            assert told.lost_directory_metadata == made.lost_directory_metadata
            (found,) = ops.browse_content(environment.name)
            if made.lost_directory_metadata == ():
                assert found.metadata == {"kind": "raw"}
            else:
                assert made.lost_directory_metadata in (("d",), None)
                assert found.metadata == {}
        again = push(ops, environment, files, mode="merge")
        assert (again.written, again.lost_directory_metadata) == (False, ())
        for dry_run in (True, False):
            first = ops.push_package(
                f"{environment.name}_new", files, dry_run=dry_run,
                allow_unversioned=not environment.keeps_versions,
            )  # fmt: skip
            assert first.lost_directory_metadata == ()

    @behaviour("T-25", "push_package", "browse_content")
    def test_ignore_files_and_patterns(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """Files that a `.quiltignore` names, by the rules of `.gitignore`, are not pushed, nor are
        files that match `exclude`; the `.quiltignore` of a deeper folder adds to the rules and may
        re-include a file. With `include`, only matching files are pushed.
        """
        folder = write_files(
            tmp_path / "source",
            {
                "keep.csv": b"1", "drop.tmp": b"2", "cache/x.csv": b"3", "d/drop.log": b"4",
                "d/keep.log": b"5", "d/e/drop.tmp": b"6", "notes.txt": b"7",
                ".quiltignore": b"# comment\n*.tmp\n/cache/\n.quiltignore\n",
                "d/.quiltignore": b"*.log\n!keep.log\n",
            },
        )  # fmt: skip
        result = push(ops, environment, folder, exclude=["*.txt"])
        assert set(result.new) == {"keep.csv", "d/keep.log"}
        only = push(ops, environment, folder, include=["*.csv"], dry_run=True)
        assert (only.unchanged, only.removed) == (("keep.csv",), ("d/keep.log",))
        assert (only.top_hash, only.previous_top_hash) == (None, result.top_hash)

    @behaviour("T-52", "push_package", "browse_content", "get_package_info")
    def test_which_given_files_are_pushed(self, environment: Environment, ops: QuiltOps) -> None:
        """`include` and `exclude` select among files that are given by logical key as among those
        of a folder; if they select none, ValidationError is raised and nothing is published.
        """
        given = {key: key.encode() for key in ("a.csv", "a.txt", "d/b.csv", "d/drop.csv")}
        result = push(ops, environment, given, include=["*.csv"], exclude=["drop.*"])
        assert result.new == ("a.csv", "d/b.csv")
        found = ops.browse_content(environment.name, recursive=True)
        assert [one.path for one in found] == ["a.csv", "d/b.csv"]
        with pytest.raises(ValidationError):
            push(ops, environment, given, include=["*.none"])
        assert ops.get_package_info(environment.name).top_hash == result.top_hash

    @behaviour("T-53", "push_package", "browse_content", "get_object_info")
    def test_objects_in_s3_are_referred_to(self, environment: Environment, ops: QuiltOps) -> None:
        """A file that is given as an object in S3 is not uploaded: its entry refers to the object,
        in the version that it has, and its size counts among the bytes of the push. It is new,
        unchanged (also in another version, if its bytes are the same) or changed like a local file.
        """
        uri = environment.put_object("in/a", b"12345")
        if not uri.startswith("s3://"):
            pytest.skip("not applicable: the objects are not in S3")
        given = {"a": parse_object_uri(uri.partition("?")[0])}
        first = push(ops, environment, given, message="1")
        assert (first.new, first.total_bytes, first.uploads) == (("a",), 5, 0)
        (entry,) = ops.browse_content(environment.name, recursive=True)
        assert (entry.physical_key, entry.size) == (uri, 5)
        assert push(ops, environment, given, message="2").unchanged == ("a",)
        environment.put_object("in/a", b"12345")
        has_checksum = ops.get_object_info(given["a"]).checksum is not None
        again = push(ops, environment, given, message="3")
        assert (again.unchanged if has_checksum else again.changed) == ("a",)
        changed = environment.put_object("in/a", b"other bytes")
        result = push(ops, environment, given, message="4")
        assert (result.changed, result.total_bytes, result.uploads) == (("a",), 11, 0)
        (entry,) = ops.browse_content(environment.name, recursive=True)
        assert (entry.physical_key, entry.size) == (changed, 11)

    @behaviour("T-26", "push_package", "list_package_versions")
    def test_what_cannot_be_pushed_is_told_at_once(
        self, environment: Environment, ops: QuiltOps, folder: Path, tmp_path: Path
    ) -> None:
        """One error names all files that cannot be read, and nothing is published."""
        outside = write_files(tmp_path / "outside", {"secret": b"s"})
        try:
            (folder / "link").symlink_to(outside / "secret")
            (folder / "d" / "up").symlink_to(folder, target_is_directory=True)
        except OSError:
            pytest.skip("not applicable: this system makes no links")
        with pytest.raises(ValidationError) as caught:
            push(ops, environment, folder)
        assert set(caught.value.context["failures"]) == {"link", "d/up"}
        assert caught.value.context["outcome"] == "not_written"
        for source in (tmp_path / "nothing", folder / "a.csv"):
            with pytest.raises(ValidationError):
                push(ops, environment, source)
        (folder / "link").unlink()
        (folder / "d" / "up").unlink()
        with pytest.raises(ValidationError):
            push(ops, environment, folder, include=["*.none"])
        with pytest.raises(NotFoundError):
            ops.list_package_versions(environment.name)

    @behaviour("T-27", "push_package", "list_package_versions")
    def test_a_dry_run_writes_nothing(
        self, environment: Environment, ops: QuiltOps, folder: Path
    ) -> None:
        """A dry run returns what a push would do, with the uploads and their bytes; it says that
        nothing is written, has no top hash, and creates no package. The push then does exactly
        that.
        """
        plan = push(ops, environment, folder, dry_run=True)
        assert (plan.written, plan.top_hash, plan.uploads) == (False, None, len(FILES))
        with pytest.raises(NotFoundError):
            ops.list_package_versions(environment.name)
        done = push(ops, environment, folder)
        assert (done.new, done.uploads, done.uploaded_bytes) == (
            plan.new, plan.uploads, plan.uploaded_bytes,
        )  # fmt: skip

    @behaviour("T-28", "push_package", "get_package_info")
    def test_conflicts_are_told_before_anything_is_uploaded(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """With `expected_top_hash`, a push to a package whose latest revision is another one, or
        that exists although `none` is expected, raises ConflictError with the outcome
        `not_written`, even with `force`, and the package stays as it was. With the right hash it is
        published, and the
        result names that hash as the previous one.
        """
        first = push(ops, environment, {"a": b"1"}, expected_top_hash="none")
        for expected, force in (("none", False), ("0" * 64, False), ("0" * 64, True)):
            with pytest.raises(ConflictError) as caught:
                push(ops, environment, {"a": b"2"}, expected_top_hash=expected, force=force)
            assert caught.value.context["outcome"] == "not_written"
        assert ops.get_package_info(environment.name).top_hash == first.top_hash
        second = push(ops, environment, {"b": b"2"}, expected_top_hash=first.top_hash)
        assert second.previous_top_hash == first.top_hash

    @behaviour("T-33", "push_package", "get_package_info")
    @pytest.mark.parametrize("mode", ["replace", "merge"])
    def test_a_push_meets_another_writer(
        self, environment: Environment, ops: QuiltOps, mode: Any
    ) -> None:
        """A revision that is published while a push uploads files raises ConflictError with both
        hashes, and stays the latest one; with `force` the push is published anyway.
        """
        start = environment.given([environment.entry("a")])
        came: list[str] = []

        def intrude(step: Progress) -> None:
            if not came:
                entry = environment.entry("in between")
                came.append(environment.given([entry], message="in between"))

        with pytest.raises(ConflictError) as caught:
            push(ops, environment, {"n": b"new"}, mode=mode, progress=intrude)
        assert (caught.value.expected, caught.value.actual) == (start, came[0])
        assert ops.get_package_info(environment.name).top_hash == came[0]
        pushed = push(ops, environment, {"n": b"newer"}, mode=mode, force=True, message="forced")
        assert ops.get_package_info(environment.name).top_hash == pushed.top_hash

    @behaviour("T-34", "push_package", "get_package_info", "list_workflows")
    def test_a_push_passes_a_workflow(self, environment: Environment, ops: QuiltOps) -> None:
        """A push uses the workflow that is named, the registry's default workflow if none is named,
        and no workflow if None is given. A workflow that the registry does not have raises
        ValidationError, and so does a missing message if the workflow requires one.
        """
        environment.set_workflows(WORKFLOWS)
        for workflow in ("alpha", None, DEFAULT_WORKFLOW):
            for mode in ("replace", "merge"):
                data = f"{workflow} {mode}".encode()
                push(ops, environment, {"a": data}, mode=mode, workflow=workflow, message=mode)
                info = ops.get_package_info(environment.name)
                expected = "beta" if workflow is DEFAULT_WORKFLOW else workflow
                assert (info.workflow, info.message) == (expected, mode)
        for options in ({"workflow": "no-such-workflow"}, {"workflow": "beta", "message": None}):
            with pytest.raises(ValidationError):
                push(ops, environment, {"a": b"refused"}, **{"message": "m", **options})
        assert ops.get_package_info(environment.name) == info

    @behaviour("T-29", "push_package", users=(TestUser.READER,))
    def test_who_may_not_write_is_refused(self, environment: Environment, folder: Path) -> None:
        """A push by a user who can only read raises PermissionDeniedError with the outcome
        `not_written`.
        """
        with environment.connect(TestUser.READER) as ops, pytest.raises(PermissionDeniedError) as e:
            push(ops, environment, folder)
        assert e.value.context["outcome"] == "not_written"

    @behaviour("T-30", "push_package", "browse_content", "read_content")
    def test_bytes_and_objects_by_logical_key(
        self, environment: Environment, ops: QuiltOps, folder: Path
    ) -> None:
        """The source can be a mapping from logical keys to bytes, to paths of files and, in S3, to
        URIs of objects; an object is not copied, and its URI becomes the physical key, with the
        version that it names. A key that is also a directory of another key, and metadata for a key
        that is not pushed, raise ValidationError.
        """
        files: dict[str, Any] = {"b/x": b"bytes", "p/y": folder / "a.csv"}
        uri = environment.put_object("elsewhere/o.csv", b"object")
        if uri.startswith("s3://"):
            files["o/z"] = uri
        push(ops, environment, files)
        assert ops.read_content(environment.name, "b/x") == b"bytes"
        assert ops.read_content(environment.name, "p/y") == FILES["a.csv"]
        if uri.startswith("s3://"):
            [item] = ops.browse_content(environment.name, path="o/z")
            assert item.physical_key == uri
            newer = environment.put_object("elsewhere/o.csv", b"a newer object")
            push(ops, environment, {"o/z": uri, "o/new": newer})
            found = {one.path: one for one in ops.browse_content(environment.name, path="o")}
            places = [found[key].physical_key for key in ("o/z", "o/new")]
            assert places == [uri, newer]
            if uri != newer:  # each is a version
                assert (found["o/z"].size, found["o/new"].size) == (6, 14)
        with pytest.raises(ValidationError):
            push(ops, environment, {"d": b"1", "d/x": b"2"})
        with pytest.raises(ValidationError):
            push(ops, environment, {"a": b"1"}, entry_metadata={"other": {"n": 1}})

    @behaviour("T-31", "push_package", "read_content")
    def test_older_revisions_keep_their_bytes(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Where no object versions are kept, a push that would overwrite an object is refused
        unless it is allowed.
        """
        first = push(ops, environment, {"a": b"old", "b": b"same"})
        if not environment.keeps_versions:
            with pytest.raises(ValidationError) as caught:
                push(ops, environment, {"a": b"new", "b": b"same"}, allow_unversioned=False)
            assert caught.value.context["outcome"] == "not_written"
            added = {"a": b"old", "b": b"same", "c": b"more"}
            push(ops, environment, added, allow_unversioned=False)
        else:
            push(ops, environment, {"a": b"new", "b": b"same"}, allow_unversioned=False)
            assert ops.read_content(environment.name, "a") == b"new"
        assert ops.read_content(environment.name, "a", top_hash=first.top_hash) == b"old"
