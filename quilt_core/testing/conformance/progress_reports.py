"""Behaviours of `progress` (O-48 and on): what the reports of long operations say."""

from __future__ import annotations

from pathlib import Path

import pytest

from quilt_core import Progress, QuiltOps
from quilt_core.domain.entries import CopyModeName
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.pushing import push

_PUBLISHING = ("create_package_revision", "update_package_revision")


class _StoppedError(Exception):
    """The application's own exception."""


def _check(steps: list[Progress], *operations: str) -> dict[str, Progress]:
    """Check all reports of one call; returns the last report of each phase."""
    last: dict[tuple[str, str], Progress] = {}
    for step in steps:
        assert step.operation in operations
        assert step.phase
        assert step.unit
        assert step.done >= 0
        assert step.total is None or step.done <= step.total
        before = last.setdefault((step.operation, step.phase), step)
        assert (step.total, step.unit) == (before.total, before.unit)
        assert step.done >= before.done
        last[step.operation, step.phase] = step
    return {phase: step for (_, phase), step in last.items()}


def _objects(last: dict[str, Progress]) -> list[tuple[int, int | None]]:
    """How far the phases came that count objects."""
    return [(step.done, step.total) for step in last.values() if step.unit == "objects"]


class ProgressReports(BehaviourTests):
    """The reports of progress."""

    @behaviour("O-48", "create_package_revision", "update_package_revision", "delete_package")
    def test_the_progress_of_writes(self, environment: Environment, ops: QuiltOps) -> None:
        """Every report of progress names the operation that does the work, its phase and the unit.
        Within a phase, the total and the unit stay the same, and `done` never decreases and never
        exceeds the total. No report comes after the operation has returned. If objects were copied,
        the last report of a phase counts them all, and no objects that are where they belong; a
        deletion, of a package or of one revision, reports all of the revisions that it deleted, or
        nothing.
        """
        name = environment.name
        copies = environment.has_copies and environment.registry.startswith("s3://")
        copy: CopyModeName = "all" if copies else "none"
        keys = [f"k{number}" for number in range(5)]
        uris = {key: environment.put_object(f"in/{key}", key.encode()) for key in keys}
        steps: list[Progress] = []
        ops.create_package_revision(name, uris, copy=copy, progress=steps.append)
        last, reported = _check(steps, "create_package_revision"), len(steps)
        assert not copies or (5, 5) in _objects(last)
        more = {f"other{n}": environment.put_object(f"in/other{n}", b"1") for n in range(2)}
        for number, some in enumerate((more, {"third": environment.put_object("in/third", b"1")})):
            reports: list[Progress] = []
            made = ops.update_package_revision(name, some, copy=copy, progress=reports.append)
            last = _check(reports, "update_package_revision")
            assert made.copied == (2 - number if copies else 0)
            assert not copies or (made.copied, made.copied) in _objects(last)
        latest = ops.get_package_info(name).top_hash
        for top_hash, number in ((latest, 1), (None, 2)):
            deletions: list[Progress] = []
            deleted = ops.delete_package(name, top_hash=top_hash, progress=deletions.append).deleted
            assert len(deleted) == number
            ends = _check(deletions, "delete_package").values()
            assert [(step.done, step.total, step.unit) for step in ends] in (
                [], [(number, number, "revisions")],
            )  # fmt: skip
        assert len(steps) == reported

    @behaviour("O-49", "push_package", "download_package", "put_object")
    def test_the_progress_of_transfers(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """What O-48 says of reports holds for transfers. A push and a download report the bytes
        that they transfer, up to the last one, under their own names; a push may also report the
        steps of the operation that publishes the revision.
        """
        files = {f"f{number}": bytes(1000 + number) for number in range(5)}
        total = sum(map(len, files.values()))
        steps: list[Progress] = []
        push(ops, environment, files, progress=steps.append)
        last = _check(steps, "push_package", *_PUBLISHING)
        assert (total, total, "bytes") in [(s.done, s.total, s.unit) for s in last.values()]
        reports: list[Progress] = []
        ops.download_package(environment.name, destination=tmp_path / "d", progress=reports.append)
        last = _check(reports, "download_package")
        assert (total, total, "bytes") in [(s.done, s.total, s.unit) for s in last.values()]
        uploads: list[Progress] = []
        uri = f"{environment.registry}/single"
        ops.put_object(bytes(1234), uri, progress=uploads.append)
        (only,) = _check(uploads, "put_object").values()
        assert (only.done, only.total, only.unit) == (1234, 1234, "bytes")

    @behaviour("O-50", "put_object", "create_package_revision", "delete_package")
    def test_a_callback_that_raises(self, environment: Environment, ops: QuiltOps) -> None:
        """An exception that the callback raises ends the operation and reaches the caller
        unchanged, with nothing of quiltops around it. A write that it ends before the last step
        publishes nothing. The same operation can be called again.
        """

        def stop(step: Progress) -> None:
            raise stopped

        stopped = _StoppedError("enough")
        uri = f"{environment.registry}/single"
        with pytest.raises(_StoppedError) as caught:
            ops.put_object(b"1", uri, progress=stop)
        assert caught.value is stopped
        copies = environment.has_copies and environment.registry.startswith("s3://")
        uris = {"k": environment.put_object("in/k", b"1"), "l": environment.put_object("in/l", b"")}
        if copies:
            with pytest.raises(_StoppedError) as caught:
                ops.create_package_revision(environment.name, uris, copy="all", progress=stop)
            assert caught.value is stopped
            assert ops.list_all_packages() == []
        ops.create_package_revision(environment.name, uris)
        try:
            ops.delete_package(environment.name, progress=stop)
        except _StoppedError as error:
            assert error is stopped
        if environment.name in ops.list_all_packages():
            ops.delete_package(environment.name)
        assert ops.list_all_packages() == []
