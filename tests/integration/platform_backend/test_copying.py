"""The copy modes: objects are copied before the revision is published, or nothing is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_registry.faults import FaultRule
from local_registry.testing import add_bucket, add_user

from quilt_core import NotFoundError, Progress, QuiltOps, QuiltOpsError


@pytest.fixture
def other_bucket(registry: Any) -> str:
    return add_bucket(registry)


@pytest.fixture
def user(registry: Any, bucket: str, other_bucket: str) -> str:
    return add_user(registry, writes=[bucket], reads=[other_bucket]).name


@pytest.fixture
def sources(put: Callable[..., str], other_bucket: str) -> dict[str, str]:
    return {
        "in/side.csv": put("raw/side.csv", b"inside"),
        "out/side.csv": put("raw/side.csv", b"outside", into=other_bucket),
    }


def places(ops: QuiltOps) -> dict[str, str]:
    return {
        item.path: (item.physical_key or "").partition("?")[0]
        for item in ops.browse_content("a/b", recursive=True)
    }


def test_modes(ops: QuiltOps, bucket: str, other_bucket: str, sources: dict[str, str]) -> None:
    ops.create_package_revision("a/b", sources)
    assert places(ops) == sources
    result = ops.create_package_revision("a/b", sources, copy="new")
    assert result.copied == 1
    assert places(ops) == {**sources, "out/side.csv": f"s3://{bucket}/a/b/out/side.csv"}
    result = ops.create_package_revision("a/b", sources, copy=True)
    assert result.copied == 2
    assert places(ops) == {key: f"s3://{bucket}/a/b/{key}" for key in sources}


def test_copy_does_not_change_the_top_hash(ops: QuiltOps, sources: dict[str, str]) -> None:
    plain = ops.create_package_revision("a/b", sources, message="m")
    copied = ops.create_package_revision("a/c", sources, message="m", copy="all")
    assert plain.top_hash == copied.top_hash


def test_update_copies_existing_entries_too(ops: QuiltOps, bucket: str, sources: Any) -> None:
    first = ops.create_package_revision("a/b", sources)
    result = ops.update_package_revision("a/b", metadata={"x": 1}, copy="all")
    assert (result.copied, result.total_entries) == (2, 2)
    assert places(ops) == {key: f"s3://{bucket}/a/b/{key}" for key in sources}
    assert ops.diff_packages("a/b", "a/b", package1_hash=first.top_hash).is_empty
    again = ops.update_package_revision("a/b", metadata={"x": 2}, copy="all")
    assert again.copied == 0


def test_failed_copy_publishes_nothing(
    ops: QuiltOps, registry: Any, sources: dict[str, str]
) -> None:
    registry.faults.replace([FaultRule(kind="status", status=403, operation="CopyObject", skip=1)])
    with pytest.raises(QuiltOpsError):
        ops.create_package_revision("a/b", sources, copy="all")
    with pytest.raises(NotFoundError):
        ops.get_package_info("a/b")


def test_missing_object_copies_nothing(
    ops: QuiltOps, registry: Any, bucket: str, sources: dict[str, str]
) -> None:
    sources["gone.csv"] = f"s3://{bucket}/gone.csv"
    with pytest.raises(NotFoundError, match=r"gone\.csv"):
        ops.create_package_revision("a/b", sources, copy="all")
    listed = registry.s3_client().list_objects_v2(Bucket=bucket, Prefix="a/b/")
    assert listed["KeyCount"] == 0


def test_progress(ops: QuiltOps, sources: dict[str, str]) -> None:
    steps: list[Progress] = []
    ops.create_package_revision("a/b", sources, copy="all", progress=steps.append)
    assert [(one.phase, one.done, one.total) for one in steps] == [
        ("copying", 1, 2), ("copying", 2, 2),
    ]  # fmt: skip
