"""Many at once, bounded, in order."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from quilt_core.parallel import bounded_map


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("number", [0, 1, 2, 50])
def test_results_come_in_order(number: int, workers: int) -> None:
    assert list(bounded_map(lambda n: n * n, range(number), workers)) == [
        n * n for n in range(number)
    ]


def test_no_more_than_the_workers_are_under_way_at_once() -> None:
    lock, at_once, most = threading.Lock(), 0, 0
    gate = threading.Barrier(3)

    def work(_: int) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        gate.wait(timeout=10)  # all three workers meet here
        with lock:
            at_once -= 1

    list(bounded_map(work, range(30), 3))
    assert most == 3


def test_an_endless_iterable_is_taken_only_a_little_ahead() -> None:
    taken = itertools.count()
    results = bounded_map(lambda n: n, taken, 2)

    assert [next(results) for _ in range(3)] == [0, 1, 2]
    results.close()  # type: ignore[attr-defined]
    assert next(taken) < 20


def test_the_first_error_in_order_is_raised() -> None:
    def work(number: int) -> int:
        if number >= 3:
            raise ValueError(number)
        return number

    results = bounded_map(work, range(10), 4)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="3"):
        next(results)


def test_threads_see_the_callers_context() -> None:
    who: ContextVar[str] = ContextVar("who", default="nobody")
    who.set("ada")

    assert set(bounded_map(lambda _: who.get(), range(10), 4)) == {"ada"}


def test_only_items_that_are_under_way_are_kept() -> None:
    """They may be parts of a large file."""
    import gc
    import weakref

    class Item:
        pass

    known: list[weakref.ref[Item]] = []
    most = 0

    def items() -> Iterator[Item]:
        nonlocal most
        for _ in range(20):
            gc.collect()
            most = max(most, sum(one() is not None for one in known))
            item = Item()
            known.append(weakref.ref(item))
            yield item
            del item

    gc.freeze()  # what other tests left would be looked through each time
    try:
        assert len(list(bounded_map(lambda item: 1, items(), 2, ahead=0))) == 20
    finally:
        gc.unfreeze()
    assert most <= 3
