"""Behaviours of promotion, rollback and workflows (L-…)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from quilt_core import (
    ConflictError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    Progress,
    QuiltOps,
    ValidationError,
)
from quilt_core.manifest import DirectoryRecord, ManifestHeader, compute_top_hash
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.content import directory
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.rights import second_registry, unversioned_registry
from quilt_core.testing.conformance.workflow_listings import WORKFLOWS, WorkflowListings


class Lifecycle(WorkflowListings):
    """Promotion, rollback, and the workflows of a registry."""

    @behaviour("L-1", "promote_package", "browse_content", "get_package_info")
    @pytest.mark.parametrize("copy", ["none", "new"])
    def test_a_promoted_revision_holds_what_it_held(
        self, environment: Environment, ops: QuiltOps, copy: Any
    ) -> None:
        """A promoted revision has the files, metadata and message that it had. The result has its
        page in the catalog, which is that of the destination."""
        target = _second(environment, copy)
        first = environment.given(
            [environment.entry("a.csv", b"123", {"k": 1}), environment.entry("d/b.csv", b"12")],
            message="First",
            user_meta={"n": {"m": [1, None]}},
        )
        environment.given([environment.entry("other")], message="Second")
        made = ops.promote_package(
            environment.name, destination=target, top_hash=first[:12], copy=copy
        )
        assert (made.registry, made.package_name) == (target, environment.name)
        assert made.added == ("a.csv", "d/b.csv")
        assert (made.previous_top_hash, made.total_entries) == (None, 2)
        assert made.copied == (2 if copy == "new" else 0)
        if ops.supports("get_catalog_config"):
            page = (
                f"{target.removeprefix('s3://')}/packages/{environment.name}/tree/{made.top_hash}"
            )
            assert str(made.catalog_url).startswith(ops.get_catalog_config().catalog_url)
            assert str(made.catalog_url).endswith(page)
        info = ops.get_package_info(environment.name, target)
        assert (info.top_hash, info.message) == (made.top_hash, "First")
        assert info.metadata == {"n": {"m": [1, None]}}
        there = list(ops.browse_content(environment.name, target, recursive=True))
        here = list(ops.browse_content(environment.name, top_hash=first, recursive=True))
        assert [(one.path, one.size, one.metadata) for one in there] == [
            (one.path, one.size, one.metadata) for one in here
        ]
        places = [str(one.physical_key) for one in (there if copy == "new" else here)]
        if copy == "new":
            assert all(place.startswith(f"{target}/{environment.name}/") for place in places)
        else:
            assert [str(one.physical_key) for one in there] == places

    @behaviour("L-2", "promote_package", "list_package_versions")
    def test_a_promotion_is_a_new_revision_there(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A promotion writes a new revision in the destination, on top of the expected one, and
        keeps nothing of that revision's content.
        """
        target = second_registry(environment)
        environment.given([environment.entry("a")], message="One")
        once = ops.promote_package(
            environment.name, destination=target, new_name="team/other", copy="none"
        )
        environment.given([environment.entry("b")], message="Two")
        for expected in ("0" * 64, "none"):
            with pytest.raises(ConflictError) as caught:
                ops.promote_package(
                    environment.name, destination=target, new_name="team/other", copy="none",
                    expected_top_hash=expected,
                )  # fmt: skip
            assert caught.value.context["outcome"] == "not_written"
        again = ops.promote_package(
            environment.name, destination=target, new_name="team/other", copy="none",
            message="Mine", expected_top_hash=once.top_hash,
        )  # fmt: skip
        assert again.previous_top_hash == once.top_hash
        versions = ops.list_package_versions("team/other", target)
        assert [one.message for one in versions] == ["Mine", "One"]
        assert [one.path for one in ops.browse_content("team/other", target)] == ["b"]
        assert len(ops.list_package_versions(environment.name)) == 2

    @behaviour("L-3", "promote_package")
    def test_a_promotion_that_cannot_be_is_refused(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A promotion of a revision that does not exist, or under an unknown workflow, is
        refused.
        """
        target = second_registry(environment)
        environment.given([environment.entry("a")])
        with pytest.raises(ValidationError):
            ops.promote_package(environment.name, destination=environment.registry, copy="none")
        with pytest.raises(ValidationError):
            ops.promote_package(
                environment.name, destination=target, copy="none", workflow="no-such-workflow"
            )
        for name, top_hash in (("no/package", None), (environment.name, "0" * 64)):
            with pytest.raises(NotFoundError):
                ops.promote_package(name, destination=target, top_hash=top_hash, copy="none")
        assert ops.list_all_packages(target) == []

    @behaviour("L-90", "promote_package")
    def test_what_cannot_be_copied_is_not_promoted(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A promotion that copies is refused for a file that is kept at an address that names no
        object: with NotSupportedError, whose operation is the promotion, before anything is
        written.
        """
        target = _second(environment, "all")
        elsewhere = structs.replace(environment.entry("a"), physical_key="https://example.com/a")
        environment.given([elsewhere])
        for copy in ("new", "all"):
            with pytest.raises(NotSupportedError, match="'a'") as caught:
                ops.promote_package(environment.name, destination=target, copy=copy)
            assert caught.value.operation == "promote_package"
            assert caught.value.context["outcome"] == "not_written"
        assert ops.list_all_packages(target) == []

    @behaviour("L-4", "promote_package", users=(TestUser.READER,))
    def test_who_may_not_write_there_promotes_nothing(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A promotion to a registry that the user cannot read raises NotFoundError with the outcome
        `not_written`, and publishes nothing there."""
        target = second_registry(environment)
        environment.given([environment.entry("a")])
        with (
            environment.connect(TestUser.READER) as reader,
            pytest.raises(NotFoundError) as caught,
        ):
            reader.promote_package(environment.name, destination=target, copy="none")
        assert caught.value.context["outcome"] == "not_written"
        assert ops.list_all_packages(target) == []

    @behaviour("L-5", "promote_package", "read_content")
    def test_a_promotion_copies_nothing_where_no_versions_are_kept(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A promotion that copies is refused where the destination keeps no object versions, unless
        that is allowed; one that only refers to the objects is not refused.
        """
        target = unversioned_registry(environment)
        environment.given([environment.entry("a", b"1")])
        for copy in ("new", "all"):
            with pytest.raises(ValidationError) as caught:
                ops.promote_package(environment.name, destination=target, copy=copy)
            assert caught.value.context["outcome"] == "not_written"
        assert ops.list_all_packages(target) == []
        assert ops.promote_package(environment.name, destination=target, copy="none").copied == 0
        made = ops.promote_package(
            environment.name, destination=target, copy="new", allow_unversioned=True
        )
        assert made.copied == 1
        assert ops.read_content(environment.name, "a", target) == b"1"

    @behaviour("L-6", "promote_package", "browse_content")
    def test_a_promotion_keeps_the_metadata_of_directories(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A promotion keeps the metadata of directories, or names the directories that lose theirs
        in `lost_directory_metadata` (None where this cannot be known); no metadata is lost
        silently. They are those of the revision that is promoted, which can be an earlier one.
        """
        target = second_registry(environment)
        if not environment.keeps_directory_metadata:
            pytest.skip("not applicable: the store has no place for it")
        record = DirectoryRecord(logical_key="d/", meta={"user_meta": {"kind": "raw"}})
        environment.given([environment.entry("d/a", b"1")], directories=[record])
        made = ops.promote_package(environment.name, destination=target, copy="none")
        (found,) = ops.browse_content(environment.name, target)
        if made.lost_directory_metadata == ():
            assert found == directory("d", 1, kind="raw")
        else:
            assert made.lost_directory_metadata in (("d",), None)
        name = f"{environment.name}_earlier"
        hashes = [
            environment.given(
                [environment.entry("d/a", b"1")],
                name=name,
                message=kind,
                directories=[DirectoryRecord(logical_key="d/", meta={"user_meta": {"kind": kind}})],
            )
            for kind in ("raw", "clean")
        ]
        made = ops.promote_package(name, top_hash=hashes[0], destination=target, copy="none")
        (found,) = ops.browse_content(name, target)
        if made.lost_directory_metadata == ():
            assert found == directory("d", 1, kind="raw")
        else:
            assert made.lost_directory_metadata in (("d",), None)
            assert found == directory("d", 1)

    @behaviour("L-7", "promote_package", "create_package_revision", "get_package_info")
    def test_a_promotion_meets_another_writer(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """If a revision is written to the destination while a promotion copies objects, the
        promotion raises ConflictError with both hashes; with `force` it is published all the same.
        """
        target = _second(environment, "all")
        name, uri = environment.name, environment.put_object("k", b"1")
        environment.given([environment.entry("a", b"22")])
        start = ops.create_package_revision(name, {"k": uri}, registry=target).top_hash
        came: list[str] = []

        def intrude(step: Progress) -> None:
            if not came:
                made = ops.create_package_revision(
                    name, {"k": uri}, registry=target, message=f"in between {start}"
                )
                came.append(made.top_hash)

        with pytest.raises(ConflictError) as caught:
            ops.promote_package(name, destination=target, copy="all", progress=intrude)
        assert (caught.value.expected, caught.value.actual) == (start, came[0])
        assert ops.get_package_info(name, target).top_hash == came[0]
        start = came.pop()
        made = ops.promote_package(
            name, destination=target, copy="all", progress=intrude, force=True
        )
        assert came
        assert ops.get_package_info(name, target).top_hash == made.top_hash

    @behaviour("L-10", "rollback_package", "list_package_versions", "get_package_info")
    def test_an_earlier_revision_becomes_the_latest(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A rollback moves the tag of the latest revision, and the history stays whole. The result
        has the URL of the revision's page in the catalog, where there is one.
        """
        hashes = [environment.given([environment.entry("a")], message=f"m{n}") for n in range(3)]
        done = ops.rollback_package(environment.name, top_hash=hashes[0][:12])
        assert (done.package_name, done.registry) == (environment.name, environment.registry)
        assert (done.top_hash, done.previous_top_hash) == (hashes[0], hashes[2])
        if environment.registry.startswith("s3://") and ops.supports("get_catalog_config"):
            page = f"/packages/{environment.name}/tree/{hashes[0]}"
            assert str(done.catalog_url).startswith(ops.get_catalog_config().catalog_url)
            assert str(done.catalog_url).endswith(page)
        assert ops.get_package_info(environment.name).top_hash == hashes[0]
        versions = ops.list_package_versions(environment.name)
        assert [one.top_hash for one in versions] == hashes[::-1]
        assert [one.is_latest for one in versions] == [False, False, True]
        again = ops.rollback_package(environment.name, top_hash=hashes[0])
        assert (again.top_hash, again.previous_top_hash) == (hashes[0], hashes[0])
        seconds = str(int(versions[1].modified.timestamp()))
        assert ops.rollback_package(environment.name, top_hash=seconds).top_hash == hashes[1]

    @behaviour("L-11", "rollback_package", "get_package_info")
    def test_a_rollback_that_cannot_be_changes_nothing(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A rollback to a revision that does not exist changes nothing."""
        first = environment.given([environment.entry("a")], message="one")
        second = environment.given([environment.entry("a")], message="two")
        other = environment.given([environment.entry("b")], name="some/other")
        with pytest.raises(ConflictError) as caught:
            ops.rollback_package(environment.name, top_hash=first, expected_top_hash=first)
        assert caught.value.context["outcome"] == "not_written"
        for expected in (first[:32] + second[32:], second[:32] + first[32:]):
            with pytest.raises(ConflictError):
                ops.rollback_package(environment.name, top_hash=first, expected_top_hash=expected)
        for name, top_hash in (
            ("no/package", first), (environment.name, "0" * 64), (environment.name, other),
        ):  # fmt: skip
            with pytest.raises(NotFoundError):
                ops.rollback_package(name, top_hash=top_hash)
        with pytest.raises(ValidationError):
            ops.rollback_package(environment.name)
        assert ops.get_package_info(environment.name).top_hash == second

    @behaviour("L-12", "rollback_package", "get_package_info", users=(TestUser.READER,))
    def test_who_may_only_read_rolls_nothing_back(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A user who can only read cannot move the latest revision."""
        first = environment.given([environment.entry("a")], message="one")
        second = environment.given([environment.entry("a")], message="two")
        with (
            environment.connect(TestUser.READER) as reader,
            pytest.raises(PermissionDeniedError) as caught,
        ):
            reader.rollback_package(environment.name, top_hash=first)
        assert caught.value.context["outcome"] == "not_written"
        assert ops.get_package_info(environment.name).top_hash == second

    @behaviour("L-22", "promote_package", "list_workflows", "get_package_info")
    @pytest.mark.parametrize("copy", ["none", "new"])
    def test_a_promotion_keeps_the_workflow(
        self, environment: Environment, ops: QuiltOps, copy: Any
    ) -> None:
        """A promotion keeps the workflow unless another one is named."""
        target = _second(environment, copy)
        environment.set_workflows(WORKFLOWS)
        uri = environment.put_object("a", b"1")
        ops.create_package_revision(environment.name, {"a": uri}, message="m", workflow="alpha")
        with pytest.raises(ValidationError) as caught:
            ops.promote_package(environment.name, destination=target, copy=copy)
        assert caught.value.context["outcome"] == "not_written"
        assert ops.list_all_packages(target) == []
        environment.set_workflows(WORKFLOWS, target)
        ops.promote_package(environment.name, destination=target, copy=copy)
        assert ops.get_package_info(environment.name, target).workflow == "alpha"
        ops.promote_package(environment.name, destination=target, copy=copy, workflow="beta")
        assert ops.get_package_info(environment.name, target).workflow == "beta"

    @behaviour(
        "L-23", "create_package_revision", "update_package_revision", "list_workflows",
        "get_package_info",
    )  # fmt: skip
    def test_the_default_workflow_is_that_of_the_registry(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A write that names no workflow uses the registry's default one, even when it updates a
        revision that passed another workflow. The requirements of that workflow, such as a message,
        apply as usual: if they are not met, the write raises ValidationError with the outcome
        `not_written`.
        """
        environment.set_workflows(WORKFLOWS)
        name, uri = environment.name, environment.put_object("a", b"1")
        ops.create_package_revision(name, {"a": uri}, message="m", workflow="alpha")
        before = ops.get_package_info(name)
        assert before.workflow == "alpha"
        for write in (ops.create_package_revision, ops.update_package_revision):
            with pytest.raises(ValidationError) as caught:
                write(name, {"b": uri}, message=None)
            assert caught.value.context["outcome"] == "not_written"
        assert ops.get_package_info(name) == before
        ops.update_package_revision(name, {"b": uri}, message="m")
        assert ops.get_package_info(name).workflow == "beta"

    @behaviour("L-24", "create_package_revision", "list_workflows")
    def test_the_header_names_the_workflow_and_its_configuration(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """In a registry with workflows the manifest's header has the workflow's id (null if the
        write explicitly has none) and the location of the configuration, as in quilt3: the top hash
        is neither the one without a workflow nor the one with only an id.
        """
        environment.set_workflows(WORKFLOWS)
        uri, entry = environment.put_object("a", b"1"), environment.entry("a", b"1")
        for workflow in ("alpha", None):
            made = ops.create_package_revision(
                environment.name, {"a": uri}, message="m", workflow=workflow
            )
            assert ops.get_package_info(environment.name).workflow == workflow
            without = ManifestHeader(message="m")
            alone = ManifestHeader(message="m", workflow={"id": workflow})
            for header in (without, alone):
                assert made.top_hash != compute_top_hash(header, [entry])


def _second(environment: Environment, copy: str) -> str:
    registry = second_registry(environment)
    if copy != "none" and not environment.has_copies:
        pytest.skip("not applicable: the backend copies nothing")
    return registry
