"""Behaviours of creating revisions (W-…)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quilt_core import (
    EntrySource,
    NotFoundError,
    PermissionDeniedError,
    Progress,
    QuiltOps,
    ValidationError,
)
from quilt_core.domain.names import Registry
from quilt_core.error_messages import object_not_found, unknown_workflow
from quilt_core.manifest import DirectoryRecord, ManifestHeader, compute_top_hash, hash_bytes
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.content import contents, directory
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.rights import unversioned_registry
from quilt_core.testing.conformance.workflow_listings import WORKFLOWS


class Creating(BehaviourTests):
    """Creating revisions."""

    @behaviour("W-1", "create_package_revision", "browse_content", "get_package_info")
    def test_a_new_package(self, environment: Environment, ops: QuiltOps) -> None:
        """A new package holds what the URIs name: each object under its decoded key, with its size,
        and with the object's URI and version as its physical key. The result has the package, the
        registry, the new top hash, no previous top hash, what was added, and the number of entries;
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
        """The top hash is the one that Quilt defines: the SHA-256 over the canonical JSON of header
        and entries (without physical keys), with metadata of every type, so that any other client
        computes the same.
        """
        uri, keys = environment.put_object("x/a.csv", b"hello"), ("a/b", "a-b")
        result = ops.create_package_revision(
            environment.name,
            [EntrySource(uri, "a.csv", {"f": 1.5, "ü": None}),
             *(EntrySource(uri, key) for key in keys)],
            metadata={"z": 1, "a": [True]}, message="Grüße",
        )  # fmt: skip
        entry = environment.entry("a.csv", b"hello", {"f": 1.5, "ü": None})
        others = [environment.entry(key, b"hello") for key in keys]
        header = ManifestHeader(message="Grüße", user_meta={"z": 1, "a": [True]})
        assert entry.hash == hash_bytes(b"hello")
        # In path-component order: what lies in `a` comes first.
        assert result.added == ("a/b", "a-b", "a.csv")
        assert result.top_hash == compute_top_hash(header, [*others, entry])

    @behaviour("W-3", "create_package_revision", "get_package_metadata")
    @pytest.mark.parametrize("metadata", [None, {}], ids=["none", "empty"])
    def test_no_metadata_is_none_at_all(
        self, environment: Environment, ops: QuiltOps, metadata: dict[str, Any] | None
    ) -> None:
        """Metadata that is left out and `{}` both leave `user_meta` out of the manifest: the top
        hash is the one without metadata, and reading returns `{}`.
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
        """A created revision holds only what is given: it keeps none of the previous revision's
        entries, package metadata or directory metadata. The previous revision remains, and its top
        hash is in the result.
        """
        before = environment.given(
            [environment.entry("d/old"), environment.entry("old")],
            user_meta={"old": 1},
            directories=[DirectoryRecord(logical_key="d/", meta={"user_meta": {"kind": "raw"}})],
        )
        uri = environment.put_object("n", b"1")
        result = ops.create_package_revision(environment.name, {"d/new": uri, "new": uri})
        assert result.previous_top_hash == before
        assert result.added == ("d/new", "new")
        assert list(contents(ops, environment.name)) == ["d/new", "new"]
        assert ops.browse_content(environment.name)[0] == directory("d", 1)
        assert ops.get_package_metadata(environment.name) == {}
        assert len(ops.list_package_versions(environment.name)) == 2

    @behaviour("W-111", "create_package_revision")
    def test_the_previous_revision_is_the_latest_one(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The previous top hash in the result is that of the revision that `latest` named, which
        need not be the newest one.
        """
        latest = environment.given([environment.entry("a")], message="one")
        environment.given([environment.entry("a")], message="two", latest=False)
        uri = environment.put_object("k", b"1")
        made = ops.create_package_revision(environment.name, {"k": uri})
        assert made.previous_top_hash == latest

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
        """An object that does not exist raises NotFoundError, which names it; nothing is
        written.
        """
        there = environment.put_object("k", b"1")
        missing = environment.without_version(there) + "-not-there"
        with pytest.raises(NotFoundError, match="not-there"):
            ops.create_package_revision(environment.name, {"k": there, "m": missing})
        assert ops.list_all_packages() == []

    @behaviour("W-17", "create_package_revision", "update_package_revision")
    def test_the_error_names_the_object(self, environment: Environment, ops: QuiltOps) -> None:
        """The error of an object that is not there names its URI, in its message and as `uri` in
        its context.
        """
        environment.given([environment.entry("a")])
        there = environment.put_object("k", b"1")
        missing = environment.without_version(there) + "-not-there"
        for write in (ops.create_package_revision, ops.update_package_revision):
            with pytest.raises(NotFoundError, match="k-not-there") as caught:
                write(environment.name, {"k": there, "m": missing})
            assert caught.value.context.get("uri") == missing

    @behaviour("W-128", "create_package_revision", "get_object_info")
    def test_a_missing_object_is_told_in_the_same_words(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The message and the hint for an object that is not there are those of
        `quilt_core.error_messages.object_not_found`, when it is looked up, when it is packaged and
        in a dry run of that.
        """
        there = environment.put_object("k", b"1")
        missing = environment.without_version(there) + "-not-there"
        if not missing.startswith("s3://"):
            pytest.skip("not applicable: its objects are not in S3")
        expected = object_not_found(missing)
        calls: tuple[Callable[[], object], ...] = (
            lambda: ops.get_object_info(missing),
            lambda: ops.create_package_revision(environment.name, {"m": missing}),
            lambda: ops.create_package_revision(environment.name, {"m": missing}, dry_run=True),
        )
        for call in calls:
            with pytest.raises(NotFoundError) as caught:
                call()
            assert (caught.value.message, caught.value.hint) == (expected.message, expected.hint)

    @behaviour("W-129", "create_package_revision", "list_workflows")
    def test_an_unknown_workflow_is_told_with_those_there_are(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The message and the hint for a workflow that the registry does not have are those of
        `quilt_core.error_messages.unknown_workflow`, which names the workflows that it has, also in
        a dry run.
        """
        uri, registry = environment.put_object("k", b"1"), Registry.parse(environment.registry)
        for is_configured in (False, True):
            if is_configured:
                environment.set_workflows(WORKFLOWS)
            known = [one.id for one in ops.list_workflows()]
            assert bool(known) is is_configured
            expected = unknown_workflow("no-such-workflow", registry, known)
            for dry_run in (True, False):
                with pytest.raises(ValidationError) as caught:
                    ops.create_package_revision(
                        environment.name, {"k": uri}, workflow="no-such-workflow",
                        message="m", dry_run=dry_run,
                    )  # fmt: skip
                told = caught.value
                assert (told.message, told.hint) == (expected.message, expected.hint)

    @behaviour("W-10", "create_package_revision", users=(TestUser.READER,))
    def test_who_may_only_read_writes_nothing(self, environment: Environment) -> None:
        """An identity that can only read is refused with PermissionDeniedError, and nothing is
        written.
        """
        uri = environment.put_object("k", b"1")
        with environment.connect(TestUser.READER) as reader:
            with pytest.raises(PermissionDeniedError):
                reader.create_package_revision(environment.name, {"k": uri})
            assert reader.list_all_packages() == []

    @behaviour("W-11", "create_package_revision")
    def test_an_unknown_workflow_is_refused(self, environment: Environment, ops: QuiltOps) -> None:
        """A workflow that the registry does not have raises ValidationError, and nothing is
        written.
        """
        uri = environment.put_object("k", b"1")
        with pytest.raises(ValidationError):
            ops.create_package_revision(environment.name, {"k": uri}, workflow="no-such-workflow")
        assert ops.list_all_packages() == []

    @behaviour("W-12", "create_package_revision")
    def test_a_registry_that_is_not_there(self, environment: Environment, ops: QuiltOps) -> None:
        """A bucket that does not exist raises NotFoundError."""
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: a folder is made when it is missing")
        uri = environment.put_object("k", b"1")
        with pytest.raises(NotFoundError):
            ops.create_package_revision(
                environment.name, {"k": uri}, registry="s3://no-such-bucket-x"
            )

    @behaviour("W-13", "create_package_revision")
    def test_copy_all(self, environment: Environment, ops: QuiltOps) -> None:
        """`copy="all"` copies each object to `{package}/{logical key}` in the registry; the entry
        refers to the copy and has the metadata given for it, and the result counts the copies. The
        steps reported to `progress` name this operation. An object that is already in its place is
        not copied.
        """
        if not environment.registry.startswith("s3://"):
            pytest.skip("not applicable: copies go into a bucket")
        steps: list[Progress] = []
        uri = environment.put_object("in/k.csv", b"12345")
        given = [EntrySource(uri, "data/k.csv", {"n": 1})]
        result = ops.create_package_revision(
            environment.name, given, copy="all", progress=steps.append
        )
        assert result.copied == 1
        (size, metadata, physical) = contents(ops, environment.name)["data/k.csv"]
        assert (size, metadata) == (5, {"n": 1})
        assert physical is not None
        assert environment.key_of(physical) == f"{environment.name}/data/k.csv"
        again = ops.create_package_revision(environment.name, {"data/k.csv": physical}, copy="all")
        assert again.copied == 0
        assert contents(ops, environment.name)["data/k.csv"] == (5, {}, physical)
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

    @behaviour("W-89", "create_package_revision", "update_package_revision", "read_content")
    def test_nothing_is_copied_where_no_versions_are_kept(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Where the registry keeps no object versions, a create or an update whose `copy` asks for
        copies raises ValidationError with the outcome `not_written`, in a dry run too, because
        repeating a copy would change what earlier revisions refer to. `allow_unversioned=True`
        permits the copies. Only referring to objects in such a registry needs no permission.
        """
        registry = unversioned_registry(environment)
        name, old = environment.name, environment.put_object("k", b"old")
        for _ in range(2):  # also when the registry is not empty any more
            ops.create_package_revision(name, {"k": old}, registry=registry)
        new = environment.put_object("k", b"new")
        writes: tuple[Any, ...] = (ops.create_package_revision, ops.update_package_revision)
        for write in writes:
            for copy, dry_run in (("all", False), ("new", True), ("new", False)):
                with pytest.raises(ValidationError) as caught:
                    write(name, {"k": new}, registry=registry, copy=copy, dry_run=dry_run)
                assert caught.value.context["outcome"] == "not_written"
        assert ops.read_content(name, "k", registry) == b"old"
        for write in writes:
            made = write(name, {"k": new}, registry=registry, copy="new", allow_unversioned=True)
            assert made.copied == 1
        assert ops.read_content(name, "k", registry) == b"new"

    @behaviour("W-15", "create_package_revision")
    def test_revisions_written_in_one_second_are_all_there(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Revisions that are written one right after the other are all kept, in the order of
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
