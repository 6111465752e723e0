"""Behaviours of writes (W-…): conflicts, outcomes, and what a URI means."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from quilt_core import (
    NO_REVISION,
    ConflictError,
    NotFoundError,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.content import contents
from quilt_core.testing.conformance.environment import Environment


class Outcomes(BehaviourTests):
    """Conflicts, outcomes, and what one URI means."""

    @behaviour("W-40", "create_package_revision", "get_package_info")
    def test_a_create_that_expects_another_latest_revision(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A create with `expected_top_hash` is written only if that revision is the latest one or,
        for NO_REVISION, if the package has no revision; otherwise it raises ConflictError with the
        expected and the actual top hash and the outcome `not_written`. `force` does not override
        it, and never removes a revision from the history.
        """
        uris = {"k": environment.put_object("k", b"1")}
        with pytest.raises(ConflictError) as caught:
            ops.create_package_revision(environment.name, uris, expected_top_hash="0" * 64)
        assert (caught.value.expected, caught.value.actual) == ("0" * 64, None)
        assert caught.value.context["outcome"] == "not_written"
        first = ops.create_package_revision(
            environment.name, uris, expected_top_hash=NO_REVISION
        ).top_hash
        for expected, force in ((NO_REVISION, False), ("0" * 64, False), ("0" * 64, True)):
            with pytest.raises(ConflictError) as caught:
                ops.create_package_revision(
                    environment.name, uris, message="x", expected_top_hash=expected, force=force
                )
            assert caught.value.actual == first
            assert caught.value.context["outcome"] == "not_written"
        assert ops.get_package_info(environment.name).top_hash == first
        made = ops.create_package_revision(
            environment.name, uris, message="x", expected_top_hash=first
        )
        assert made.previous_top_hash == first
        forced = ops.create_package_revision(environment.name, uris, message="y", force=True)
        versions = [one.top_hash for one in ops.list_package_versions(environment.name)]
        assert sorted(versions) == sorted([first, made.top_hash, forced.top_hash])

    @behaviour("W-41", "update_package_revision", "get_package_info")
    def test_an_update_that_expects_another_latest_revision(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """An update with `expected_top_hash` is written only if that revision is the latest one;
        otherwise it raises ConflictError with both hashes and the outcome `not_written`, even with
        `force`. For a package that does not exist it raises NotFoundError.
        """
        old = environment.given([environment.entry("a")], message="old")
        latest = environment.given([environment.entry("a")], message="new")
        for expected, force in ((old, False), (old, True), ("0" * 64, True)):
            with pytest.raises(ConflictError) as caught:
                ops.update_package_revision(
                    environment.name, metadata={"n": 1}, expected_top_hash=expected, force=force
                )
            assert (caught.value.expected, caught.value.actual) == (expected, latest)
            assert caught.value.context["outcome"] == "not_written"
            assert ops.get_package_info(environment.name).top_hash == latest
        made = ops.update_package_revision(
            environment.name, metadata={"n": 1}, expected_top_hash=latest
        )
        assert made.previous_top_hash == latest
        forced = ops.update_package_revision(
            environment.name, metadata={"n": 2}, expected_top_hash=made.top_hash, force=True
        )
        assert forced.previous_top_hash == made.top_hash
        with pytest.raises(NotFoundError):
            ops.update_package_revision("no/package", remove=["k"], expected_top_hash=old)

    @behaviour("W-42", "update_package_revision", "browse_content")
    def test_no_update_is_lost_without_a_word(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """When several updates run at once, no lost update goes unreported: an update succeeds and
        is kept, is refused with `not_written`, or raises ConflictError with the outcome `written`,
        whose context names its own revision (`ours`), its base, and every revision that it took the
        place of (`all_overwritten`).
        """
        environment.given([environment.entry("start")])
        uri = environment.put_object("k", b"1")
        written: dict[str, str] = {}
        told: set[str] = set()

        def write(key: str) -> None:
            try:
                made = ops.update_package_revision(environment.name, {key: uri}, message=key)
            except ConflictError as error:
                if error.context["outcome"] == "written":
                    assert error.context["base"] == error.expected
                    written[key] = error.context["ours"]
                    told.update([error.context["ours"], *error.context["all_overwritten"]])
                    assert error.context["overwritten"] in error.context["all_overwritten"]
                else:
                    assert error.context["outcome"] == "not_written"
                    assert error.expected != error.actual
            else:
                written[key] = made.top_hash

        with ThreadPoolExecutor(6) as pool:
            for done in [pool.submit(write, f"w{number}") for number in range(12)]:
                done.result()
        assert written
        there = set(contents(ops, environment.name))
        lost = {key for key in written if key not in there}
        assert {key for key in lost if written[key] not in told} == set()
        assert there <= {"start", *written}

    @behaviour("W-43", "create_package_revision", "update_package_revision")
    def test_every_error_says_that_nothing_was_written(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Every refusal before writing has the outcome `not_written` in its context and leaves the
        latest revision as it was: missing objects, unknown workflows, packages and keys, invalid
        names, no sources, and unknown copy modes.
        """
        before = environment.given([environment.entry("a")])
        there = environment.put_object("k", b"1")
        missing = environment.without_version(there) + "-not-there"
        name = environment.name
        unknown: Any = "some"  # no mode of copying: a type checker sees it too
        calls: list[Callable[[], object]] = [
            lambda: ops.create_package_revision(name, {"m": missing}),
            lambda: ops.update_package_revision(name, {"m": missing}),
            lambda: ops.create_package_revision(name, {"k": there}, workflow="no-such-workflow"),
            lambda: ops.update_package_revision(name, {"k": there}, workflow="no-such-workflow"),
            lambda: ops.update_package_revision("no/package", {"k": there}),
            lambda: ops.update_package_revision(name, remove=["no-such-key"]),
            lambda: ops.create_package_revision("no name", {"k": there}),
            lambda: ops.create_package_revision(name, []),
            lambda: ops.update_package_revision(name),
            lambda: ops.update_package_revision(name, {"k": there}, copy=unknown),
        ]
        for call in calls:
            with pytest.raises(QuiltOpsError) as caught:
                call()
            assert caught.value.context["outcome"] == "not_written"
        assert ops.get_package_info(name).top_hash == before

    @behaviour("W-44", "create_package_revision", "update_package_revision")
    def test_one_uri_gives_one_logical_key(self, environment: Environment, ops: QuiltOps) -> None:
        """One URI gives the same logical key in a create and in an update: the object's whole key,
        decoded.
        """
        uri = environment.put_object("deep/er/k.csv", b"1")
        made = ops.create_package_revision(environment.name, [uri])
        updated = ops.update_package_revision(environment.name, [uri], message="again")
        assert (updated.added, updated.replaced) == ((), made.added)
        assert made.added[0].endswith("deep/er/k.csv")

    @behaviour("W-45", "create_package_revision", "list_all_packages")
    @pytest.mark.parametrize("character", ["\t", "\r", "\n", "\x00", "\x7f", "\x85"])
    def test_control_characters_in_a_uri_are_refused(
        self, environment: Environment, ops: QuiltOps, character: str
    ) -> None:
        """A URI with a control character raises ValidationError, which shows the character escaped;
        the character is not dropped silently, and nothing is written.
        """
        uri = environment.without_version(environment.put_object("tab/ab", b"1"))
        bad = f"{uri[:-1]}{character}{uri[-1]}"
        with pytest.raises(ValidationError) as caught:
            ops.create_package_revision(environment.name, {"x": bad})
        assert repr(character) in caught.value.message
        assert ops.list_all_packages() == []

    @behaviour("W-46", "create_package_revision", "browse_content")
    def test_another_packages_objects_are_not_exchanged_without_a_word(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Two packages with the same entries share one manifest, and copying for the second one may
        change where the entries of the first one point. If that happens, `manifest_replaced` is not
        False; if it does not happen, it is not True.
        """
        if not (environment.has_copies and environment.registry.startswith("s3://")):
            pytest.skip("not applicable: copies go into a bucket")
        uri = environment.put_object("k", b"1")
        first = ops.create_package_revision("team/first", {"k": uri})
        before = contents(ops, "team/first")
        second = ops.create_package_revision("team/second", {"k": uri}, copy="all")
        assert first.top_hash == second.top_hash
        if contents(ops, "team/first") != before:
            assert second.manifest_replaced is not False
        else:
            assert second.manifest_replaced is not True
        assert first.manifest_replaced is not True
