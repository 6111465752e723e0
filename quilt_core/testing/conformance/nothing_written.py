"""Behaviours of calls that write nothing: dry runs, and writes that are refused (T-50 and on)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from quilt_core import (
    ConflictError,
    NotFoundError,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.domain.entries import CopyModeName
from quilt_core.domain.packages import PackageRevisionResult
from quilt_core.domain.transfer import PushResult
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.pushing import push
from quilt_core.testing.conformance.rights import second_registry
from quilt_core.testing.conformance.transfer import TransferTests
from quilt_core.testing.conformance.workflow_listings import WORKFLOWS


def objects_of(ops: QuiltOps, registry: str) -> set[str]:
    """The URIs of all objects of a registry, its own included."""
    return {one.uri for one in ops.list_objects(registry)}


def empty_registries(environment: Environment, ops: QuiltOps) -> list[tuple[str, bool]]:
    """The registry without versions, if it is empty, and the second one, if that is, with whether
    each keeps versions; skips the test where there is neither.
    """
    offered = ((environment.unversioned_registry, False), (environment.second_registry, True))
    found = [(one, keeps) for one, keeps in offered if one and not objects_of(ops, one)]
    if not found:
        pytest.skip("not applicable: there is no other registry that is empty")
    return found


def refused_after_one_object(ops: QuiltOps, registry: str, write: Callable[..., object]) -> None:
    """A `write` into a registry without versions is refused, and then its dry run is, too."""
    for dry_run in (False, True):
        with pytest.raises(ValidationError) as caught:
            write(registry, dry_run=dry_run)
        assert caught.value.context["outcome"] == "not_written"
        assert len(objects_of(ops, registry)) <= 1
    assert ops.list_all_packages(registry) == []


def copied_after_a_dry_run(
    environment: Environment, ops: QuiltOps, write: Callable[..., PackageRevisionResult]
) -> None:
    """A `write` of two objects into each empty registry, tried out before."""
    if not environment.has_copies:
        pytest.skip("not applicable: the backend copies no objects")
    for registry, keeps in empty_registries(environment, ops):
        assert write(registry, dry_run=True, copy="none").unchecked == ()
        assert write(registry, dry_run=True, allow_unversioned=True).unchecked == ()
        for copy in ("all", "new"):
            plan = write(registry, dry_run=True, copy=copy)
            assert (plan.copied, plan.unchecked) == (2, ("versions",))
        assert objects_of(ops, registry) == set()
        if keeps:
            assert write(registry).copied == 2
            assert write(registry, dry_run=True).unchecked == ()
            continue
        refused_after_one_object(ops, registry, write)


class NothingWritten(TransferTests):
    """What dry runs and refused writes leave behind: nothing."""

    @behaviour("T-50", "download_package", "verify_package")
    def test_no_folder_is_made_for_nothing(
        self, environment: Environment, ops: QuiltOps, target: Path
    ) -> None:
        """A dry run of a download does not create the folder. Neither does a download that is
        refused before it writes: of a package, a revision or a path that does not exist, or with a
        key that cannot be a file name. A verification of a folder that does not exist raises
        ValidationError and does not create it.
        """
        environment.given([environment.entry("d/a", b"a")])
        name = environment.name
        planned = ops.download_package(name, target, dry_run=True)
        assert planned.downloaded == ("d/a",)
        refused: list[Callable[[], object]] = [
            lambda: ops.download_package(f"{name}-none", target),
            lambda: ops.download_package(name, target, top_hash="0" * 64),
            lambda: ops.download_package(name, target, path="nowhere"),
        ]
        for call in refused:
            with pytest.raises(NotFoundError):
                call()
        with pytest.raises(ValidationError):
            ops.verify_package(name, target)
        environment.given([replace(environment.entry("a", b"a"), logical_key="../a")])
        with pytest.raises(ValidationError):
            ops.download_package(name, target)
        assert not target.exists()

    @behaviour("T-51", "push_package", "list_objects")
    def test_no_object_is_uploaded_for_nothing(
        self, environment: Environment, ops: QuiltOps, folder: Path
    ) -> None:
        """A dry run of a push writes no object, and neither does a push that expects another latest
        revision, even with `force`: the registry has the same objects as before.
        """
        push(ops, environment, {"first": b"1"})
        before = objects_of(ops, environment.registry)
        assert push(ops, environment, folder, dry_run=True).uploads > 0
        for expected in ("none", "0" * 64):
            with pytest.raises(ConflictError):
                push(ops, environment, folder, expected_top_hash=expected, force=True)
        assert objects_of(ops, environment.registry) == before

    @behaviour("T-56", "push_package", "list_objects", "list_workflows")
    @pytest.mark.parametrize("mode", ["replace", "merge"])
    def test_no_object_is_uploaded_that_a_workflow_refuses(
        self, environment: Environment, ops: QuiltOps, folder: Path, mode: Any
    ) -> None:
        """A push that its workflow refuses, because the registry has no such workflow or because a
        message is missing, raises ValidationError with the outcome `not_written` before anything is
        uploaded, and its dry run raises it too. The dry run of a push that the workflow accepts
        reports it, although its objects do not exist yet, and nothing is left unchecked.
        """
        push(ops, environment, {"first": b"1"})
        environment.set_workflows(WORKFLOWS)
        before = objects_of(ops, environment.registry)
        refused: tuple[dict[str, Any], ...] = (
            {"workflow": "no-such-workflow", "message": "m"},
            {"workflow": "beta", "message": None},
            {"message": None},  # "beta" is the default
        )
        for options in refused:
            for dry_run in (True, False):
                with pytest.raises(ValidationError) as caught:
                    push(ops, environment, folder, mode=mode, dry_run=dry_run, **options)
                assert caught.value.context["outcome"] == "not_written"
                assert objects_of(ops, environment.registry) == before
        plan = push(ops, environment, folder, mode=mode, dry_run=True, message="m")
        assert (plan.uploads, plan.written, plan.unchecked) == (len(plan.new), False, ())
        assert objects_of(ops, environment.registry) == before
        assert push(ops, environment, folder, mode=mode, message="m").new == plan.new

    @behaviour("T-57", "push_package", "list_objects", "list_all_packages")
    @pytest.mark.parametrize("mode", ["replace", "merge"])
    def test_a_dry_run_of_a_push_that_cannot_know_about_versions(
        self, environment: Environment, ops: QuiltOps, mode: Any
    ) -> None:
        """The dry run of a push that would upload into an empty bucket has "versions" in
        `unchecked`, because only the first object that is written shows whether the bucket keeps
        versions, unless `allow_unversioned` is given. Where it keeps none, the push raises
        ValidationError with the outcome `not_written`, at most one object is there then, and the
        dry run raises it, too. Where it does, the push publishes, and the dry run of the next one
        leaves nothing unchecked.
        """

        def write(registry: str, **options: Any) -> PushResult:
            name, data = environment.name, {"a": options.pop("data", b"1"), "b": b"2"}
            return ops.push_package(name, data, registry, mode=mode, **options)

        for registry, keeps in empty_registries(environment, ops):
            assert write(registry, dry_run=True, allow_unversioned=True).unchecked == ()
            assert write(registry, dry_run=True).unchecked == ("versions",)
            assert objects_of(ops, registry) == set()
            if keeps:
                assert write(registry).written
                assert write(registry, data=b"3", dry_run=True).unchecked == ()
                continue
            refused_after_one_object(ops, registry, write)

    @behaviour("W-131", "create_package_revision", "list_objects", "list_all_packages")
    def test_a_dry_run_of_copies_that_cannot_know_about_versions(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The dry run of a create that would copy objects into an empty bucket has "versions" in
        `unchecked`, because only the first object that is written shows whether the bucket keeps
        versions. It has not if nothing is copied, or if `allow_unversioned` is given. Where the
        bucket keeps none, the create raises ValidationError with the outcome `not_written`, at most
        one object is there then, and the dry run raises it, too. Where it does, the create
        publishes, and the dry run of the next write leaves nothing unchecked.
        """
        entries = {"a": environment.put_object("a", b"1"), "b": environment.put_object("b", b"2")}

        def write(registry: str, **options: Any) -> PackageRevisionResult:
            options.setdefault("copy", "all")
            return ops.create_package_revision(
                environment.name, entries, registry=registry, **options
            )

        copied_after_a_dry_run(environment, ops, write)

    @behaviour("L-36", "promote_package", "list_objects", "list_all_packages")
    def test_a_dry_run_of_a_promotion_that_cannot_know_about_versions(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The dry run of a promotion that would copy objects into an empty bucket has "versions" in
        `unchecked`, as that of a create has, and the promotion is refused or publishes as a create
        is.
        """
        name = environment.name
        environment.given([environment.entry("a", b"1"), environment.entry("b", b"2")])

        def write(registry: str, **options: Any) -> PackageRevisionResult:
            options.setdefault("copy", "all")
            return ops.promote_package(name, destination=registry, **options)

        copied_after_a_dry_run(environment, ops, write)

    @behaviour("W-124", "create_package_revision", "update_package_revision", "list_objects")
    def test_no_object_is_copied_for_nothing(self, environment: Environment, ops: QuiltOps) -> None:
        """A dry run that would copy objects, and a write that would copy them but expects another
        latest revision, even with `force`, leave the registry with the same objects as before.
        """
        if not environment.has_copies:
            pytest.skip("not applicable: the backend copies no objects")
        uri = environment.put_object("in/k.csv", b"12345")
        ops.create_package_revision(environment.name, {"k": uri})
        before = objects_of(ops, environment.registry)
        for write in (ops.create_package_revision, ops.update_package_revision):
            assert write(environment.name, {"new": uri}, copy="all", dry_run=True).copied > 0
            with pytest.raises(ConflictError):
                write(
                    environment.name, {"new": uri}, copy="all", force=True,
                    expected_top_hash="0" * 64,
                )  # fmt: skip
        assert objects_of(ops, environment.registry) == before

    @behaviour("W-127", "update_package_revision", "list_package_versions")
    @pytest.mark.parametrize("copy", ["all", "new"])
    def test_a_dry_run_does_not_copy_what_is_gone(
        self, environment: Environment, ops: QuiltOps, copy: CopyModeName
    ) -> None:
        """An entry may refer to an object that is gone. An update or a promotion that would copy it
        raises NotFoundError, which has its `uri`, with the outcome `not_written`, and so does its
        dry run. Nothing is published.
        """
        target = environment.second_registry
        if not environment.has_copies:
            pytest.skip("not applicable: the backend copies no objects")
        gone = environment.without_version(environment.put_object("k", b"1")) + "-not-there"
        if copy == "new" and gone.startswith(f"{environment.registry}/") and target is None:
            pytest.skip("not applicable: the object is in the only registry")
        entry = replace(environment.entry("a", b"1"), physical_key=f"{gone}?versionId=gone")
        name, start = environment.name, environment.given([entry])
        calls: list[Callable[[bool], object]] = []
        if copy == "all" or not gone.startswith(f"{environment.registry}/"):
            calls.append(
                lambda dry_run: ops.update_package_revision(
                    name, metadata={"n": 1}, copy=copy, dry_run=dry_run
                )
            )
        if target and ops.supports("promote_package"):
            calls.append(
                lambda dry_run: ops.promote_package(
                    name, destination=target, copy=copy, dry_run=dry_run
                )
            )
        for call in calls:
            for dry_run in (True, False):
                with pytest.raises(NotFoundError) as caught:
                    call(dry_run)
                context = caught.value.context
                assert context["outcome"] == "not_written"
                assert str(context.get("uri")).startswith(gone)
        assert [one.top_hash for one in ops.list_package_versions(name)] == [start]

    @behaviour("L-32", "promote_package", "list_objects")
    def test_no_object_is_promoted_for_nothing(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A promotion under a workflow that the destination does not have is refused before
        anything is copied, and so is one that expects another latest revision: the destination has
        the same objects as before.
        """
        target = second_registry(environment)
        if not environment.has_copies:
            pytest.skip("not applicable: the backend copies no objects")
        uri = environment.put_object("in/k.csv", b"12345")
        ops.create_package_revision(environment.name, {"k": uri})
        before = objects_of(ops, target)
        name = environment.name
        refused: tuple[tuple[type[QuiltOpsError], dict[str, Any]], ...] = (
            (ValidationError, {"workflow": "no-such"}),
            (ConflictError, {"expected_top_hash": "0" * 64, "force": True}),
        )
        for error, options in refused:
            with pytest.raises(error) as caught:
                ops.promote_package(name, destination=target, copy="all", **options)
            assert caught.value.context["outcome"] == "not_written"
        assert objects_of(ops, target) == before

    @behaviour("L-35", "promote_package", "list_objects", "get_package_info")
    def test_a_dry_run_of_a_promotion(self, environment: Environment, ops: QuiltOps) -> None:
        """A dry run of a promotion reports what would be published and copied, and the latest
        revision of the destination; it has no top hash, and neither an object nor a revision is
        written. It raises what the promotion would raise: ConflictError for an expectation of
        another latest revision, ValidationError for a workflow that the destination does not have,
        and NotFoundError for a revision that does not exist.
        """
        target = second_registry(environment)
        uri = environment.put_object("in/k.csv", b"12345")
        ops.create_package_revision(environment.name, {"k": uri})
        before, name = objects_of(ops, target), environment.name
        copy: CopyModeName = "all" if environment.has_copies else "none"
        refused: tuple[tuple[type[QuiltOpsError], dict[str, Any]], ...] = (
            (ValidationError, {"workflow": "no-such"}),
            (ConflictError, {"expected_top_hash": "0" * 64}),
            (ConflictError, {"expected_top_hash": "0" * 64, "force": True}),
            (NotFoundError, {"top_hash": "0" * 64}),
        )
        for error, options in refused:
            with pytest.raises(error) as caught:
                ops.promote_package(name, destination=target, copy=copy, dry_run=True, **options)
            assert caught.value.context["outcome"] == "not_written"
        plan = ops.promote_package(name, destination=target, copy=copy, dry_run=True)
        assert (plan.written, plan.top_hash, plan.previous_top_hash) == (False, "", None)
        assert (plan.added, plan.copied) == (("k",), int(copy == "all"))
        assert objects_of(ops, target) == before
        with pytest.raises(NotFoundError):
            ops.get_package_info(name, target)
        made = ops.promote_package(name, destination=target, copy=copy)
        again = ops.promote_package(name, destination=target, copy=copy, dry_run=True)
        assert (again.previous_top_hash, again.written) == (made.top_hash, False)
        with pytest.raises(ConflictError):
            ops.promote_package(
                name, destination=target, copy=copy, expected_top_hash="none", dry_run=True
            )
