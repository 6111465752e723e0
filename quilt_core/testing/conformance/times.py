"""Behaviours of the times of revisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from quilt_core import QuiltOps, ValidationError
from quilt_core.manifest import ManifestHeader
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.clocks import CLOCKS_DIFFER, TIME_ZONES, time_zone
from quilt_core.testing.conformance.environment import Environment


class Times(BehaviourTests):
    """The times of revisions."""

    @behaviour("W-130", "create_package_revision", "list_package_versions")
    @pytest.mark.parametrize("zone", TIME_ZONES)
    def test_a_new_revision_has_the_present_time(
        self,
        environment: Environment,
        ops: QuiltOps,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        zone: str | None,
    ) -> None:
        """A revision that is created, updated, pushed or promoted has the time at which it was
        written, by the clock of the store, whatever time zone the machine has: in information,
        among the versions and in hits.
        """
        uri, name = environment.put_object("k", b"1"), environment.name
        (tmp_path / "file").write_bytes(b"1")
        writes: dict[str, Callable[[], object]] = {
            "create_package_revision": lambda: ops.create_package_revision(name, {"k": uri}),
            "update_package_revision": lambda: ops.update_package_revision(
                name, metadata={"n": 1}, message="two"
            ),
            "push_package": lambda: ops.push_package(name, tmp_path, message="three"),
        }
        with time_zone(monkeypatch, zone):
            for operation, write in writes.items():
                if ops.supports(operation):
                    before = environment.now()
                    write()
                    self._is_present(environment, ops, before, environment.registry)
            if environment.second_registry and ops.supports("promote_package"):
                before = environment.now()
                ops.promote_package(name, destination=environment.second_registry, copy="none")
                self._is_present(environment, ops, before, environment.second_registry)

    @staticmethod
    def _is_present(
        environment: Environment, ops: QuiltOps, before: datetime, registry: str
    ) -> None:
        """The latest revision was published between `before` and now."""
        name = environment.name
        times = [ops.list_package_versions(name, registry)[0].modified]
        if ops.supports("get_package_info"):
            times.append(ops.get_package_info(name, registry).modified)
        if ops.supports("search_packages"):
            times += [one.modified for one in ops.search_packages("", registry) if one.name == name]
        for time in times:
            assert before - CLOCKS_DIFFER <= time <= environment.now() + CLOCKS_DIFFER

    @behaviour("R-121", "get_package_info", "list_package_versions")
    def test_a_time_of_several_revisions_is_refused(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Where a store keeps several revisions that were published in the same second, that time
        names none of them: it raises ValidationError, as an ambiguous prefix does, and the backend
        never guesses. In Quilt's layout, where the later one takes the pointer, the time names
        that one. A revision that was published twice in that second is one revision.
        """
        name, entry = environment.name, environment.entry("a")
        header, second = ManifestHeader(message="twice"), 1_600_000_100
        for _ in range(2):
            twice = environment.publish(name, header, [entry], second=second)
        assert ops.get_package_info(name, top_hash=str(second)).top_hash == twice
        header = ManifestHeader(message="other")
        other = environment.publish(name, header, [entry], second=second)
        listed = {one.top_hash for one in ops.list_package_versions(name)}
        if twice not in listed:
            assert ops.get_package_info(name, top_hash=str(second)).top_hash == other
            return
        calls: dict[str, Callable[[], object]] = {
            "get_package_info": lambda: ops.get_package_info(name, top_hash=str(second)),
            "get_package_metadata": lambda: ops.get_package_metadata(name, top_hash=str(second)),
            "browse_content": lambda: ops.browse_content(name, top_hash=str(second)),
            "get_content_url": lambda: ops.get_content_url(name, path="a", top_hash=str(second)),
            "diff_packages": lambda: ops.diff_packages(
                name, name, package1_hash=other, package2_hash=str(second)
            ),
            "delete_package": lambda: ops.delete_package(name, top_hash=str(second)),
            "rollback_package": lambda: ops.rollback_package(name, top_hash=str(second)),
        }
        for operation, call in calls.items():
            if ops.supports(operation):
                with pytest.raises(ValidationError) as caught:
                    call()
                assert caught.value.context["top_hash"] == str(second), operation
        assert {one.top_hash for one in ops.list_package_versions(name)} == listed
        assert ops.get_package_info(name).top_hash == other
