"""Deadlines of complete operations, with a registry on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import quilt_core
from quilt_core import BackendError, ProtocolError, QuiltOps, TransportError, deadline

SHORT = 0.3


@pytest.fixture
def slow(registry: Any) -> Iterator[Callable[[Any], Callable[[Any], Any]]]:
    """Creates answers that do not arrive before the test is over."""
    over = threading.Event()

    def make(answer: Any) -> Callable[[Any], Any]:
        def wait(_: Any) -> Any:
            over.wait(20)
            return answer

        return wait

    yield make
    over.set()


def page(number: int, total: int = 300) -> dict[str, Any]:
    names = [{"name": f"team/p{number * 10 + one}"} for one in range(10)]
    return {"packages": {"total": total, "page": names}}


def test_the_pages_of_a_listing_share_one_deadline(
    ops: QuiltOps, registry: Any, slow: Callable[[Any], Any]
) -> None:
    registry.series("listPackages", page(1), slow(page(2)))
    with pytest.raises(TransportError, match=r"0\.3 seconds \(the deadline\)") as caught:
        ops.with_options(deadline=SHORT).list_all_packages()
    assert caught.value.operation == "list_all_packages"
    assert caught.value.context["deadline"] == SHORT


def test_the_timeout_of_a_view_applies_to_each_request(
    ops: QuiltOps, registry: Any, slow: Callable[[Any], Any]
) -> None:
    registry.answer("listBuckets", slow({"buckets": []}))
    with pytest.raises(TransportError, match=r"0\.3 seconds \(the timeout\)"):
        ops.with_options(timeout=SHORT).list_buckets()


def test_the_renewal_of_a_token_counts_towards_the_deadline(
    registry: Any, slow: Callable[[Any], Any]
) -> None:
    registry.answer("/api/token", slow({"access_token": "late"}))
    ops = quilt_core.connect("platform", registry_url=registry.url, refresh_token="refresh")
    with pytest.raises(TransportError, match=r"not renewed within the deadline of 0\.3 seconds"):
        ops.with_options(deadline=SHORT).list_buckets()


def test_a_push_that_runs_out_of_time_says_that_its_outcome_is_unknown(
    ops: QuiltOps, registry: Any, reset: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = [0.0]
    monkeypatch.setattr(deadline, "clock", lambda: time.monotonic() + ahead[0])

    def lose(_: Any) -> object:
        ahead[0] = 100.0
        return reset

    registry.answer("packageState", {"registry": {"name": "bucket"}, "package": None})
    registry.answer("packageConstruct", lose)
    with pytest.raises(BackendError, match="not known whether a/b was published") as caught:
        ops.with_options(deadline=60).create_package_revision("a/b", ["s3://x-y/1"])
    assert caught.value.context["outcome"] == "unknown"
    # There was no time left to look it up.
    assert registry.operations() == ["packageState", "packageConstruct"]


class TestNoProgress:
    def test_an_absurd_total(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("listPackages", page(1, total=10**12))
        with pytest.raises(ProtocolError, match="1000000000000 items"):
            ops.list_all_packages()
        assert len(registry.requests) == 1

    def test_numbered_pages_that_repeat(self, ops: QuiltOps, registry: Any) -> None:
        registry.answer("listPackages", page(1, total=10_000))
        with pytest.raises(ProtocolError, match="contain 10"):
            ops.list_all_packages()
        assert len(registry.requests) < 200

    def test_numbered_pages_that_are_empty(self, ops: QuiltOps, registry: Any) -> None:
        empty = {"packages": {"total": 10_000, "page": []}}
        registry.series("listPackages", page(1, total=10_000), empty)
        with pytest.raises(ProtocolError, match="contain"):
            ops.list_all_packages()
        assert len(registry.requests) < 200


def test_no_deadline_remains_afterwards(ops: QuiltOps, registry: Any) -> None:
    registry.answer("listBuckets", {"buckets": []})
    ops.with_options(deadline=5).list_buckets()
    assert deadline.current() is None
