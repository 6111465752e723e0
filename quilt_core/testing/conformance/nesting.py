"""Behaviours of metadata that is nested deeply."""

from __future__ import annotations

import json
from typing import Any

import pytest

from quilt_core import EntrySource, QuiltOps, QuiltOpsError, ValidationError
from quilt_core.nesting import DEEPEST_METADATA
from quilt_core.testing.conformance.behaviour import behaviour
from quilt_core.testing.conformance.environment import Environment
from quilt_core.testing.conformance.pushing import push
from quilt_core.testing.conformance.transfer import TransferTests

OF_OTHERS = 300
"""The number of levels of other clients' metadata that is read at least."""


def nested(levels: int) -> dict[str, Any]:
    """Metadata with this many levels: a mapping, and lists and mappings in turn inside it."""
    value: Any = "inside"
    for level in range(levels - 1):
        value = [value] if level % 2 else {"a": value, "b": level}
    return {"deep": value}


class Nesting(TransferTests):
    """Metadata that is nested deeply."""

    @behaviour(
        "W-126", "create_package_revision", "update_package_revision", "get_package_info",
        "get_package_metadata", "browse_content", "list_package_versions",
    )  # fmt: skip
    def test_the_deepest_metadata_that_is_written(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Metadata of a package or a file with 64 levels is written by a create and an update, and
        comes back in every answer. With 65 levels both raise ValidationError with the outcome
        `not_written` and the limit in the context, in a dry run too; for the metadata of a file,
        the message and `logical_key` name the file. Nothing is written.
        """
        name, deepest = environment.name, nested(DEEPEST_METADATA)
        uri = environment.put_object("k", b"1")
        sources = [EntrySource(uri, "d/k", deepest)]
        ops.create_package_revision(name, sources, metadata=deepest)
        check(ops, name, "d/k", deepest, deepest)
        ops.update_package_revision(
            name, [EntrySource(uri, "d/k", {"n": 1, **deepest})], metadata={"n": 1}
        )
        check(ops, name, "d/k", {**deepest, "n": 1}, {"n": 1, **deepest})
        before = ops.list_package_versions(name)
        too_deep = nested(DEEPEST_METADATA + 1)
        for write in (ops.create_package_revision, ops.update_package_revision):
            for dry_run in (True, False):
                with pytest.raises(ValidationError, match="64 levels") as caught:
                    write(name, {"k": uri}, metadata=too_deep, dry_run=dry_run)
                check_refusal(caught.value)
                sources = [EntrySource(uri, "k", {"n": 1}), EntrySource(uri, "e/k", too_deep)]
                with pytest.raises(ValidationError, match=r"'e/k'.*64 levels") as caught:
                    write(name, sources, dry_run=dry_run)
                check_refusal(caught.value, "e/k")
        assert ops.list_package_versions(name) == before

    @behaviour(
        "T-96", "push_package", "get_package_info", "get_package_metadata", "browse_content",
        "list_package_versions",
    )  # fmt: skip
    def test_the_deepest_metadata_that_is_pushed(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """Metadata of a package or a file with 64 levels is pushed and comes back. With 65 levels a
        push raises ValidationError as a create does, in a dry run too. Deeper metadata that another
        client wrote, up to 300 levels, stays as it is in a push and an update that do not change
        it.
        """
        name, deepest = environment.name, nested(DEEPEST_METADATA)
        push(ops, environment, {"k": b"1"}, metadata=deepest, entry_metadata={"k": deepest})
        check(ops, name, "k", deepest, deepest)
        before = ops.list_package_versions(name)
        too_deep = nested(DEEPEST_METADATA + 1)
        for dry_run in (True, False):
            with pytest.raises(ValidationError, match="64 levels") as caught:
                push(ops, environment, {"k": b"2"}, metadata=too_deep, dry_run=dry_run)
            check_refusal(caught.value)
            given = {"k": {"n": 1}, "e/k": too_deep}
            with pytest.raises(ValidationError, match=r"'e/k'.*64 levels") as caught:
                push(
                    ops, environment, {"k": b"2", "e/k": b"3"}, entry_metadata=given,
                    dry_run=dry_run,
                )  # fmt: skip
            check_refusal(caught.value, "e/k")
        assert ops.list_package_versions(name) == before
        deeper = nested(OF_OTHERS)
        environment.given([environment.entry("k", b"1", deeper)], user_meta=deeper)
        push(ops, environment, {"k": b"1", "new": b"2"})
        check(ops, name, "k", deeper, deeper)
        if ops.supports("update_package_revision"):
            uri = environment.put_object("more", b"3")
            ops.update_package_revision(name, {"more": uri}, metadata={"n": 1})
            check(ops, name, "k", {**deeper, "n": 1}, deeper)

    @behaviour("R-74", "get_package_info", "get_package_metadata", "browse_content")
    def test_deep_metadata_of_other_clients(self, environment: Environment, ops: QuiltOps) -> None:
        """Metadata of a package or a file with up to 300 levels, which other clients may write, is
        in every answer as it was written, and the answers can be printed and become JSON. A search
        finds the package, and the others.
        """
        name, deep = environment.name, nested(OF_OTHERS)
        first = environment.given([environment.entry("d/k", b"1", deep)], user_meta=deep)
        environment.given([environment.entry("k", b"2")], name="some/other")
        check(ops, name, "d/k", deep, deep)
        info = ops.get_package_info(name)
        assert json.loads(json.dumps(info.to_dict()))["metadata"] == deep
        assert repr(deep) in repr(info)
        if ops.supports("search_packages"):
            found = {one.name: one for one in ops.search_packages("")}
            assert set(found) == {name, "some/other"}
            assert found[name].metadata == deep
            assert [one.name for one in ops.search_packages("inside")] == [name]
        if ops.supports("diff_packages"):
            assert ops.diff_packages(name, name).is_empty
            environment.given([environment.entry("d/k", b"1", nested(OF_OTHERS - 1))])
            assert ops.diff_packages(name, name, package1_hash=first).modified == ("d/k",)


def check(
    ops: QuiltOps, name: str, key: str, metadata: dict[str, Any], of_entry: dict[str, Any]
) -> None:
    """Check the metadata of a package and of one of its files in every answer."""
    assert ops.get_package_metadata(name) == metadata
    assert ops.get_package_info(name).metadata == metadata
    listings = (
        ops.browse_content(name, path=key),
        ops.browse_content(name, path=key.rpartition("/")[0]),
        ops.browse_content(name, recursive=True),
    )
    for listing in listings:
        assert [item.metadata for item in listing if item.path == key] == [of_entry]


def check_refusal(error: QuiltOpsError, logical_key: str | None = None) -> None:
    """Check the context of an error for metadata that is nested too deeply."""
    assert error.context["outcome"] == "not_written"
    assert error.context["limit"] == DEEPEST_METADATA
    assert error.context.get("logical_key") == logical_key
