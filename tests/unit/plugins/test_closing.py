"""What is left of a connection that was closed."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

import quilt_core
from quilt_core.composition.query import QueryComposition
from quilt_core.testing.memory import MemoryCatalog, connect


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collector")
def test_a_closed_connection_does_not_wait_for_the_garbage_collector() -> None:
    ops = connect(MemoryCatalog())
    ops.list_buckets()
    view = ops.with_options(timeout=5)
    view.list_buckets()
    view._dispatch._compose(QueryComposition)
    left = weakref.ref(ops), weakref.ref(ops._backend)
    ops.close()
    del ops, view
    assert [reference() for reference in left] == [None, None]


def test_a_composition_belongs_to_the_connection_and_to_all_of_its_views() -> None:
    with connect(MemoryCatalog()) as ops:
        view = ops.with_options(deadline=60)
        with pytest.raises(quilt_core.NotFoundError):
            view.get_query("none", registry="s3://bucket")
        with pytest.raises(quilt_core.NotFoundError):
            ops.get_query("none", registry="s3://bucket")
        assert view._dispatch._compositions is ops._dispatch._compositions
        assert len(ops._dispatch._compositions) == 1


def test_a_closed_connection_accepts_no_further_calls() -> None:
    catalog = MemoryCatalog()
    registry = catalog.add_bucket("my-bucket")
    ops = connect(catalog, registry=registry)
    ops.push_package("a/b", {"x": b"1"})
    begun = ops.iter_all_packages()
    view = ops.with_options(timeout=5)
    admin = ops.admin
    view.close()
    calls: list[Callable[[], object]] = [
        ops.list_buckets,
        view.list_buckets,
        admin.list_users,
        lambda: ops.get_package_info("a/b"),
        lambda: ops.push_package("a/b", {"x": b"2"}),
        lambda: ops.query("SELECT 1"),
        lambda: list(ops.iter_all_packages()),
    ]
    for call in calls:
        with pytest.raises(RuntimeError, match=r"^The connection is closed and accepts no further"):
            call()
    assert list(begun) == ["a/b"], "a listing that was begun may be read on"
    assert "memory" in repr(ops)
    assert ops.supports("list_buckets")
    ops.close()


def test_a_call_under_way_may_end_after_the_connection_is_closed() -> None:
    catalog = MemoryCatalog()
    registry = catalog.add_bucket("my-bucket")
    ops = connect(catalog, registry=registry)
    pushed = ops.push_package("a/b", {"x": b"1"}, progress=lambda *_: ops.close())
    assert pushed.written
