"""Behaviours of values of metadata: their types count, and they do not stay the caller's."""

from __future__ import annotations

from typing import Any

from quilt_core import EntrySource, QuiltOps
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.environment import Environment

_ALIKE: tuple[Any, ...] = (1, True, 1.0)
"""Values that Python takes as equal, and that are different JSON."""


class MetadataValues(BehaviourTests):
    """The values of metadata."""

    @behaviour("R-130", "diff_packages")
    def test_types_of_values_differ(self, environment: Environment, ops: QuiltOps) -> None:
        """An entry is modified if the type of a value in its metadata differs: 1, 1.0 and true are
        three values, at any depth. Revisions whose top hashes differ by that are not equal.
        """
        name = environment.name
        for nest in (lambda value: value, lambda value: {"l": [value]}):
            hashes = [
                environment.given([environment.entry("a", b"1", {"k": nest(value)})])
                for value in _ALIKE
            ]
            for first in hashes:
                for second in hashes:
                    found = ops.diff_packages(name, name, package1_hash=first, package2_hash=second)
                    assert found.modified == (() if first == second else ("a",))
                    assert (found.added, found.deleted) == ((), ())

    @behaviour("T-100", "push_package", "browse_content", "get_package_metadata")
    def test_a_push_changes_the_type_of_a_value(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A merge that changes only the type of a value in the metadata of a file or of the package
        is written: 1, 1.0 and true are three values. One that gives the same values again for files
        writes nothing.
        """
        options: dict[str, Any] = {"allow_unversioned": not environment.keeps_versions}
        name, files = environment.name, {"a": b"1"}
        ops.push_package(
            name, files, metadata={"k": 1}, entry_metadata={"a": {"k": [1]}}, **options
        )
        for value in (True, 1.0, 1):
            given = {"a": {"k": [value]}}
            for is_new in (True, False):
                made = ops.push_package(
                    name, files, mode="merge", entry_metadata=given, message=str(value), **options
                )
                assert made.written is is_new, value
            (found,) = ops.browse_content(name)
            assert repr(found.metadata) == repr(given["a"])
            made = ops.push_package(name, files, mode="merge", metadata={"k": value}, **options)
            assert made.written
            assert repr(ops.get_package_metadata(name)) == repr({"k": value})

    @behaviour(
        "W-140", "create_package_revision", "update_package_revision", "get_package_metadata",
        "browse_content",
    )  # fmt: skip
    def test_given_metadata_does_not_stay_the_callers(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Changing a mapping after it was given as the metadata of a package or of a file, at any
        depth, does not change what was written.
        """
        name, uri = environment.name, environment.put_object("a", b"1")
        expected = {"a": [1, {"b": 2}]}
        for write in (ops.create_package_revision, ops.update_package_revision):
            given: tuple[dict[str, Any], ...] = tuple({"a": [1, {"b": 2}]} for _ in range(2))
            write(name, [EntrySource(uri, "a", given[0])], metadata=given[1])
            for mapping in given:
                mapping["a"][1]["b"] = 3
                mapping["a"].append(4)
                mapping["c"] = 5
            assert ops.get_package_metadata(name) == expected
            assert ops.browse_content(name)[0].metadata == expected
