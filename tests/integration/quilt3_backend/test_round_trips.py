"""How many requests a read makes, as the registry counts them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from local_registry.server import LocalRegistry

from quilt_core import NotFoundError, QuiltOps


@pytest.fixture
def requests(registry: LocalRegistry, user: str) -> Callable[[], list[str]]:
    """The requests of this test's user since it last asked."""
    seen = 0

    def new() -> list[str]:
        nonlocal seen
        mine = [one.operation for one in registry.log.requests() if one.identity == user]
        new, seen = mine[seen:], len(mine)
        return new

    return new


def test_reads(ops: QuiltOps, put: Callable[..., str], requests: Callable[[], list[str]]) -> None:
    first = ops.create_package_revision("a/b", [put("data/1.csv", b"x")]).top_hash
    second = ops.update_package_revision("a/b", [put("2.csv", b"y")]).top_hash
    ops.browse_content("a/b")
    pointer = ["GetObject"]
    by_hash = ["ListObjectsV2"]
    for call, expected in (
        (lambda: ops.get_package_metadata("a/b"), [*pointer, "GetObject"]),
        (lambda: ops.get_package_metadata("a/b"), pointer),  # a manifest does not change
        (lambda: ops.browse_content("a/b"), [*pointer, "GetObject"]),
        (lambda: ops.browse_content("a/b", path="data"), [*pointer, "GetObject"]),
        (lambda: ops.browse_content("a/b", top_hash=first), [*by_hash, "GetObject"]),
        # The bucket's region is asked for once per process.
        (lambda: ops.get_content_url("a/b", path="2.csv"), [*pointer, "GetObject"]),
        (lambda: ops.get_content_url("a/b", path="2.csv"), [*pointer, "GetObject"]),
        (lambda: ops.diff_packages("a/b", "a/b"), [*pointer, *pointer]),
        (
            lambda: ops.diff_packages("a/b", "a/b", package1_hash=first, package2_hash=second),
            [*by_hash, *by_hash, "GetObject", "GetObject"],
        ),
    ):
        requests()
        call()
        assert requests() == expected


def test_what_is_missing_is_told_apart(ops: QuiltOps, put: Callable[..., str]) -> None:
    ops.create_package_revision("a/b", [put("1.csv", b"x")])
    with pytest.raises(NotFoundError, match="no revision '1600000000'"):
        ops.browse_content("a/b", top_hash="1600000000")
    with pytest.raises(NotFoundError, match="no package c/d"):
        ops.browse_content("c/d")
    with pytest.raises(NotFoundError, match="registry s3://nowhere"):
        ops.browse_content("a/b", registry="s3://nowhere")
