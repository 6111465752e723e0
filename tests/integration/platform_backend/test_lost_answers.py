"""A registry that processes a request although its answer is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from local_registry.faults import FaultRule

from quilt_core import BackendError, QuiltOps


def pushes(counted: Any) -> int:
    return counted.operations().count("packageConstruct")


@pytest.mark.parametrize("kind", ["reset-after", "truncate", "html", "graphql-errors"])
def test_push_that_was_processed_is_reported_as_done(
    ops: QuiltOps, registry: Any, put: Callable[..., str], counted: Any, kind: str
) -> None:
    uris = [put("a.csv"), put("d/b.csv")]
    registry.faults.replace([FaultRule(kind=kind, operation="packageConstruct")])
    counted.start()
    result = ops.create_package_revision("a/b", uris, {"k": [1.5, "ü"]}, message="m")
    assert pushes(counted) == 1
    registry.faults.replace(())
    (version,) = ops.list_package_versions("a/b")
    assert version.top_hash == result.top_hash
    uri = put("c.csv")
    registry.faults.replace([FaultRule(kind=kind, operation="packageConstruct")])
    second = ops.update_package_revision("a/b", [uri])
    assert second.previous_top_hash == result.top_hash
    assert ops.get_package_info("a/b").top_hash == second.top_hash


def test_push_that_was_not_processed_is_reported_as_not_known(
    ops: QuiltOps,
    registry: Any,
    put: Callable[..., str],
    counted: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platform_backend.packages.pushing._PAUSES", (0.0, 0.0))
    uri = put("a.csv")
    registry.faults.replace([FaultRule(kind="reset-before", operation="packageConstruct")])
    counted.start()
    with pytest.raises(BackendError, match="not known"):
        ops.create_package_revision("a/b", [uri])
    registry.faults.replace(())
    assert pushes(counted) <= 1
    assert ops.list_all_packages() == []


@pytest.mark.parametrize("kind", ["html", "graphql-errors"])
def test_push_that_cannot_be_looked_up_is_reported_as_not_known(
    ops: QuiltOps,
    registry: Any,
    put: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.setattr("platform_backend.packages.pushing._PAUSES", (0.0, 0.0))
    monkeypatch.setattr("quilt_registry.http.retry._FIRST_PAUSE", 0.0)
    uri = put("a.csv")
    ops.list_buckets()
    registry.faults.replace(
        [
            FaultRule(kind=kind, operation="packageConstruct"),
            FaultRule(kind="reset-before", operation="packageState", skip=1),
        ]
    )
    with pytest.raises(BackendError, match="not known") as caught:
        ops.create_package_revision("a/b", [uri])
    assert caught.value.context["outcome"] == "unknown"


def test_reads_succeed_over_an_unreliable_connection(
    ops: QuiltOps, registry: Any, put: Callable[..., str]
) -> None:
    ops.create_package_revision("a/b", [put("a.csv")])
    registry.faults.replace(
        [
            FaultRule(kind="status", status=503, rate=0.3, seed=1, retry_after=0),
            FaultRule(kind="reset-before", rate=0.2, seed=2),
            FaultRule(kind="truncate", rate=0.2, seed=3),
        ]
    )
    failures = 0
    for _ in range(20):
        try:
            assert ops.get_package_info("a/b").total_entries == 1
        except BackendError:
            failures += 1
    assert failures < 10


def test_deletion_that_was_processed_is_reported_as_done(
    ops: QuiltOps, registry: Any, put: Callable[..., str]
) -> None:
    first = ops.create_package_revision("a/b", [put("a.csv")])
    registry.faults.replace([FaultRule(kind="reset-after", operation="packageRevisionDelete")])
    assert ops.delete_package("a/b").deleted == (first.top_hash,)
