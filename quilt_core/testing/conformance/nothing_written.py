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
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.pushing import push
from quilt_core.testing.conformance.rights import second_registry
from quilt_core.testing.conformance.transfer import TransferTests
from quilt_core.testing.conformance.workflow_listings import WORKFLOWS


def objects_of(ops: QuiltOps, registry: str) -> set[str]:
    """The URIs of all objects of a registry, its own included."""
    return {one.uri for one in ops.list_objects(registry)}


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
