"""What is left of a connection that was closed."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

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
