"""Behaviours of repeated calls, of names in another case, of empty answers, and of times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from quilt_core import (
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOps,
    ValidationError,
)
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.conformance.pushing import push
from quilt_core.testing.conformance.rights import second_registry
from quilt_core.testing.conformance.workflow_listings import WORKFLOWS


class Repetitions(BehaviourTests):
    """Calls that are repeated, names in another case, empty answers, and times."""

    @behaviour("L-73", "promote_package", "list_package_versions")
    def test_a_promotion_that_is_repeated(self, environment: Environment, ops: QuiltOps) -> None:
        """A promotion that is repeated is published again: it has the same top hash, which is also
        the previous one, and the destination's package still has one version. The package that was
        promoted is unchanged.
        """
        target = second_registry(environment)
        environment.given([environment.entry("a")])
        here = ops.list_package_versions(environment.name)
        first = ops.promote_package(environment.name, destination=target, copy="none")
        again = ops.promote_package(environment.name, destination=target, copy="none")
        assert again.written
        assert (again.top_hash, again.previous_top_hash) == (first.top_hash, first.top_hash)
        versions = ops.list_package_versions(environment.name, target)
        assert [(one.top_hash, one.is_latest) for one in versions] == [(first.top_hash, True)]
        assert ops.list_package_versions(environment.name) == here

    @behaviour("T-90", "push_package", "list_package_versions")
    def test_a_push_that_is_repeated(self, environment: Environment, ops: QuiltOps) -> None:
        """A push that replaces a package with what it already holds is published, unlike a merge:
        nothing is uploaded, the top hash stays the same, and the package still has one version.
        """
        files = {"a": b"1", "d/b": b"22"}
        first = push(ops, environment, files, metadata={"n": 1}, message="m")
        again = push(ops, environment, files, metadata={"n": 1}, message="m")
        assert (again.written, again.uploads, again.unchanged) == (True, 0, ("a", "d/b"))
        assert (again.top_hash, again.previous_top_hash) == (first.top_hash, first.top_hash)
        versions = ops.list_package_versions(environment.name)
        assert [one.top_hash for one in versions] == [first.top_hash]

    @behaviour("T-93", "push_package", "download_package", "verify_package")
    def test_the_order_of_keys_in_results(
        self, environment: Environment, ops: QuiltOps, tmp_path: Path
    ) -> None:
        """The keys in the results of pushes, downloads and verifications are in path-component
        order, whatever the order of the source: `a/b` comes before `a.txt`, `b/x` before `b-c/x`,
        and capitals before small letters.
        """
        ordered = ("Z", "a/b", "a/c/d", "a.txt", "a_", "b/x", "b-c/x", "é")
        files = {key: key.encode() for key in ordered[::-1]}
        name, folder = environment.name, tmp_path / "folder"
        assert push(ops, environment, files).new == ordered
        assert push(ops, environment, files, message="two").unchanged == ordered
        assert ops.download_package(name, destination=folder).downloaded == ordered
        assert ops.download_package(name, destination=folder).unchanged == ordered
        for key in ordered:
            (folder / key).rename(folder / f"{key}-new")
        found = ops.verify_package(name, folder=folder)
        assert (found.missing, found.extra) == (ordered, tuple(f"{key}-new" for key in ordered))
        for key in ordered:
            (folder / f"{key}-new").rename(folder / key)
            (folder / key).write_bytes(b"other")
        found = ops.verify_package(name, folder=folder)
        assert tuple(one.path for one in found.differing) == ordered
        changed = push(ops, environment, dict.fromkeys(files, b"changed"), message="three")
        assert changed.changed == ordered
        assert push(ops, environment, {"only": b"1"}, message="four").removed == ordered

    @behaviour("F-58", "put_object", "open_object", "list_objects", "get_object_info")
    def test_an_object_that_is_written_twice(self, environment: Environment, ops: QuiltOps) -> None:
        """Writing the same bytes to the same URI again succeeds: where the store keeps versions, it
        makes another one. Keys are case-sensitive: a key in another case is another object. The
        error of an object that is not there names its URI, in its message and as `uri` in its
        context.
        """
        uri = f"{environment.registry}/twice/Key.csv"
        first, second = (ops.put_object(b"same", uri) for _ in range(2))
        assert (first.size, first.hash) == (second.size, second.hash)
        assert (first.version != second.version) == (first.version is not None)
        for stored in (first, second):
            with ops.open_object(stored.uri) as file:
                assert file.read() == b"same"
        assert len(list(ops.list_objects(f"{environment.registry}/twice"))) == 1
        if environment.registry.startswith("s3://"):  # a file system may ignore the case
            other = f"{environment.registry}/twice/key.csv"
            with pytest.raises(NotFoundError, match="twice/key") as caught:
                ops.get_object_info(other)
            assert caught.value.context.get("uri") == other
            assert list(ops.list_objects(f"{environment.registry}/Twice")) == []

    @behaviour("L-74", "create_package_revision", "list_workflows", "list_all_packages")
    def test_the_id_of_a_workflow_is_case_sensitive(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """The id of a workflow is case-sensitive: in another case it is an unknown workflow, which
        raises ValidationError; nothing is written.
        """
        environment.set_workflows(WORKFLOWS)
        uris = {"k": environment.put_object("k", b"1")}
        for workflow in ("GAMMA", "Gamma"):
            with pytest.raises(ValidationError):
                ops.create_package_revision(environment.name, uris, message="m", workflow=workflow)
        assert ops.list_all_packages() == []

    @behaviour("R-109", "diff_packages", "rollback_package")
    def test_what_is_the_same(self, environment: Environment, ops: QuiltOps) -> None:
        """A comparison of a revision with itself is empty, however it is named. A rollback to the
        latest revision succeeds and changes nothing, and its result names it as the previous one.
        """
        name = environment.name
        first = environment.given([environment.entry("a"), environment.entry("b/c")])
        second = environment.given([environment.entry("a", b"other")], message="two")
        for top_hash in (first, first[:12], "1600000000"):
            diff = ops.diff_packages(name, name, package1_hash=top_hash, package2_hash=first)
            assert diff.is_empty
        assert ops.diff_packages(name, name, package2_hash=second).is_empty
        before = ops.list_package_versions(name)
        done = ops.rollback_package(name, top_hash=second)
        assert (done.top_hash, done.previous_top_hash) == (second, second)
        assert ops.list_package_versions(name) == before

    @behaviour("L-77", "rollback_package", "list_package_versions")
    def test_a_rollback_from_another_revision(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A rollback that expects another latest revision raises ConflictError with the expected
        and the actual top hash and the outcome `not_written`, and changes nothing, also one to the
        revision that is the latest one already; with the right one it succeeds, however old the
        revision is (the first of twelve here).
        """
        name = environment.name
        first, second, *_, third = (
            environment.given([environment.entry("a")], message=f"m{n}") for n in range(12)
        )
        before = ops.list_package_versions(name)
        for wanted in (first, third, third[:12], "1600000011"):
            for expected in (first, second, "0" * 64):
                with pytest.raises(ConflictError) as caught:
                    ops.rollback_package(name, top_hash=wanted, expected_top_hash=expected)
                assert (caught.value.expected, caught.value.actual) == (expected, third)
                assert caught.value.context["outcome"] == "not_written"
                assert ops.list_package_versions(name) == before
        done = ops.rollback_package(name, top_hash=first, expected_top_hash=third)
        assert (done.top_hash, done.previous_top_hash) == (first, third)
        assert ops.get_package_info(name).top_hash == first

    @behaviour("L-79", "rollback_package", "list_package_versions", users=(TestUser.READER,))
    def test_a_rollback_of_nothing_by_who_may_only_read(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A rollback to the latest revision writes nothing and therefore succeeds for a user who
        can only read, whatever is named: the whole top hash, a prefix, or the time. One that
        expects another latest revision raises ConflictError, also for such a user, and only one
        that would move the pointer raises PermissionDeniedError.
        """
        name = environment.name
        first, second = (environment.given([environment.entry("a")], message=m) for m in "12")
        before = ops.list_package_versions(name)
        with environment.connect(TestUser.READER) as reader:
            for named in (second, second[:12], "1600000001"):
                for expected in (None, second):
                    done = reader.rollback_package(name, top_hash=named, expected_top_hash=expected)
                    assert (done.top_hash, done.previous_top_hash) == (second, second)
            for wanted in (first, second):
                with pytest.raises(ConflictError) as conflict:
                    reader.rollback_package(name, top_hash=wanted, expected_top_hash=first)
                assert conflict.value.context["outcome"] == "not_written"
            with pytest.raises(PermissionDeniedError) as caught:
                reader.rollback_package(name, top_hash=first, expected_top_hash=second)
            assert caught.value.context["outcome"] == "not_written"
        assert ops.list_package_versions(name) == before

    @behaviour("O-51", "list_all_packages", "list_objects")
    def test_a_registry_that_has_nothing(self, environment: Environment, ops: QuiltOps) -> None:
        """Every listing of a registry that has nothing is empty and is not an error: packages, with
        a pattern too, objects, hits of searches, and workflows.
        """
        registry = environment.registry
        listings: dict[str, Callable[[], object]] = {
            "list_all_packages": ops.list_all_packages,
            "list_objects": lambda: list(ops.list_objects(registry)),
            "search_packages": lambda: ops.search_packages("word", latest_only=False),
            "list_workflows": ops.list_workflows,
        }
        for operation, call in listings.items():
            if ops.supports(operation):
                assert call() == [], operation
        assert ops.list_all_packages(pattern="*") == []
        if ops.supports("search_objects") and registry.startswith("s3://"):
            assert list(ops.search_objects("word", registry)) == []

    @behaviour("O-52", "get_package_info", "list_package_versions", "list_objects", "put_object")
    def test_times_are_in_utc(self, environment: Environment, ops: QuiltOps) -> None:
        """All times in answers have the time zone UTC: of revisions, in information, versions and
        hits of searches, and of objects, also in hits.
        """
        environment.given([environment.entry("a")])
        stored = ops.put_object(b"1", f"{environment.registry}/time.csv")
        times: list[datetime | None] = [
            ops.get_package_info(environment.name).modified,
            ops.list_package_versions(environment.name)[0].modified,
            ops.get_object_info(stored.uri).modified,
            *(one.modified for one in ops.list_objects(environment.registry)),
        ]
        if ops.supports("search_packages"):
            times += [one.modified for one in ops.search_packages("")]
        if ops.supports("search_objects") and environment.registry.startswith("s3://"):
            times += [one.modified for one in ops.search_objects("", environment.registry)]
        for time in times:
            assert time is not None
            assert time.utcoffset() == timedelta(0)
