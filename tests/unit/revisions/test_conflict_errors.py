"""What the errors of conflicts say."""

from __future__ import annotations

import pytest

from quilt_core.domain.entries import NO_REVISION
from quilt_core.domain.names import PackageName, Registry
from quilt_core.revisions import moved_on, overwrote

NAME, REGISTRY = PackageName.parse("a/b"), Registry.parse("s3://bucket")
A, B, C = ("a" * 64, "b" * 64, "c" * 64)


@pytest.mark.parametrize(
    ("base", "overwritten", "said"),
    [
        (None, [A], "aaaaaaaaaaaa… was published by somebody else since this write started from "
         "no revision: "),
        (C, [A, B], "aaaaaaaaaaaa…, bbbbbbbbbbbb… were published by somebody else since this write "
         "started from cccccccccccc…: "),
    ],
)  # fmt: skip
def test_revisions_that_were_overwritten(
    base: str | None, overwritten: list[str], said: str
) -> None:
    error = overwrote(NAME, REGISTRY, base=base, overwritten=overwritten, ours="d" * 64)
    assert said in error.message
    assert (error.expected, error.actual) == (base, A)


def test_an_expected_revision_that_is_none() -> None:
    for expected in (None, NO_REVISION):
        error = moved_on(NAME, REGISTRY, expected, A)
        assert "aaaaaaaaaaaa… instead of no revision." in error.message
        assert error.expected is None
