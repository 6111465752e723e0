"""A logical key with a NUL character cannot be a file anywhere, so no new entry gets one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from quilt_core import EntrySource, NotFoundError, QuiltOps, ValidationError

from .calls import Calls, catalog, connect  # type: ignore[import-not-found]

NAME = "team/data"
URI = "s3://bucket/there"
WRITES: dict[str, Callable[[QuiltOps], object]] = {
    "push": lambda ops: ops.push_package(NAME, {"x": b"1", "a\0b": b"2"}),
    "dry push": lambda ops: ops.push_package(NAME, {"x": b"1", "d/\0": b""}, dry_run=True),
    "create": lambda ops: ops.create_package_revision(NAME, [EntrySource(URI, "a\0b")]),
    "create from a mapping": lambda ops: ops.create_package_revision(NAME, {"a\0b": URI}),
    "create from a URI": lambda ops: ops.create_package_revision(NAME, ["s3://bucket/a%00b"]),
    "update": lambda ops: ops.update_package_revision(NAME, [EntrySource(URI, "a\0b")]),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_it_is_refused_before_anything_is_asked(write: Callable[[QuiltOps], object]) -> None:
    calls = Calls()
    with pytest.raises(ValidationError, match="NUL character") as caught:
        write(connect(catalog(), calls))
    context: Mapping[str, object] = caught.value.context
    assert "\0" in str(context["logical_key"])
    assert context["outcome"] == "not_written"
    assert not calls.count


def test_one_that_another_tool_wrote_can_be_asked_for() -> None:
    ops = connect(catalog())
    ops.push_package(NAME, {"x": b"1", "y": b"2"})
    with pytest.raises(NotFoundError):
        ops.read_content(NAME, "a\0b")
    with pytest.raises(NotFoundError):
        ops.update_package_revision(NAME, [], remove=["a\0b"])
