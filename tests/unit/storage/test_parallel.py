"""Parallel work: bounded, and in order."""

from __future__ import annotations

import itertools
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import pytest

from quilt_core import TransportError, deadline
from quilt_core.parallel import ahead, bounded_map, for_each


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("number", [0, 1, 2, 50])
def test_results_come_in_order(number: int, workers: int) -> None:
    assert list(bounded_map(lambda n: n * n, range(number), workers)) == [
        n * n for n in range(number)
    ]


def test_no_more_tasks_run_at_once_than_there_are_workers() -> None:
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


def test_an_endless_iterable_is_read_only_a_little_ahead() -> None:
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


def test_only_items_being_processed_are_kept() -> None:
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
            gc.collect(1)  # what the test has made is young
            most = max(most, sum(one() is not None for one in known))
            item = Item()
            known.append(weakref.ref(item))
            yield item
            del item

    assert len(list(bounded_map(lambda item: 1, items(), 2, ahead=0))) == 20
    assert most <= 3


@pytest.mark.parametrize("ahead", [0, 1, 20])
@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("number", [0, 1, 2, 50])
def test_each_item_is_processed_once(number: int, workers: int, ahead: int) -> None:
    seen: list[int] = []
    for_each(seen.append, range(number), workers, ahead=ahead)
    assert sorted(seen) == list(range(number))


def test_only_a_bounded_number_of_items_is_taken_ahead() -> None:
    taken = itertools.count()
    stop = threading.Barrier(2)

    def work(number: int) -> None:
        stop.wait(timeout=10)  # both workers meet here, and end
        raise ValueError(number)

    with pytest.raises(ValueError, match=r"[01]"):
        for_each(work, taken, 2, ahead=5)
    assert next(taken) <= 2 + 5


def test_no_item_is_taken_before_a_worker_is_free() -> None:
    lock, taken, done, most = threading.Lock(), 0, 0, 0
    gate = threading.Barrier(3)

    def items() -> Iterator[int]:
        nonlocal taken, most
        for number in range(30):
            with lock:
                taken += 1
                most = max(most, taken - done)
            yield number

    def work(_: int) -> None:
        nonlocal done
        gate.wait(timeout=10)  # all three workers meet here
        with lock:
            done += 1

    for_each(work, items(), 3)
    assert (taken, most) == (30, 3)


def test_an_error_stops_the_rest_and_is_raised() -> None:
    seen: list[int] = []

    def work(number: int) -> None:
        if number == 3:
            raise ValueError(number)
        seen.append(number)

    with pytest.raises(ValueError, match="3"):
        for_each(work, itertools.count(), 1)
    assert seen == [0, 1, 2]
    seen.clear()
    with pytest.raises(ValueError, match="3"):
        for_each(work, itertools.count(), 4)  # which would never end


def test_an_error_of_the_iterable_is_raised() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise OSError("the disk")

    seen: list[int] = []
    with pytest.raises(OSError, match="the disk"):
        for_each(seen.append, items(), 4)
    assert seen == [1]


def test_items_are_processed_in_the_context_of_the_caller() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="nobody")
    seen: list[str] = []
    variable.set("caller")
    for_each(lambda _: seen.append(variable.get()), range(20), 4)
    assert seen == ["caller"] * 20


def test_if_no_more_threads_can_be_started_the_others_continue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    submit, submitted = ThreadPoolExecutor.submit, 0

    def refuse(self: ThreadPoolExecutor, *arguments: Any) -> Any:
        nonlocal submitted
        submitted += 1
        if submitted > 2:
            raise RuntimeError("can't start new thread")
        return submit(self, *arguments)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", refuse)
    seen: list[int] = []
    for_each(seen.append, range(20), 8)
    assert sorted(seen) == list(range(20))


def test_if_no_thread_can_be_started_that_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: ThreadPoolExecutor, *arguments: Any) -> Any:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(ThreadPoolExecutor, "submit", refuse)
    with pytest.raises(RuntimeError, match="can't start"):
        for_each(print, range(20), 8)


def test_a_call_ahead_runs_beside_the_block_and_is_repeated_only_if_it_failed() -> None:
    both, calls = threading.Barrier(2), 0

    def look() -> str:
        nonlocal calls
        calls += 1
        if calls == 1:
            both.wait(timeout=20)
        if variable.get() != "the caller's":
            raise AssertionError("another context")
        return "found"

    variable: ContextVar[str] = ContextVar("variable", default="")
    variable.set("the caller's")
    with ahead(look) as result:
        both.wait(timeout=20)
    assert (result(), result(), calls) == ("found", "found", 1)

    answers = iter([ValueError("early"), ValueError("late")])

    def fail() -> str:
        raise next(answers)

    with ahead(fail):
        pass  # nobody needs the result
    answers = iter([ValueError("early"), ValueError("late")])
    with ahead(fail) as result:
        pass
    with pytest.raises(ValueError, match="late"):
        result()


def each(function: Any, items: Any, workers: int) -> None:
    for_each(function, items, workers)


def mapped(function: Any, items: Any, workers: int) -> None:
    list(bounded_map(function, items, workers))


@pytest.mark.skipif(sys.platform == "win32", reason="a signal for one thread needs POSIX")
@pytest.mark.parametrize("inner", [each, mapped])
@pytest.mark.parametrize("outer", [each, mapped])
def test_an_interrupt_cancels_the_calls_that_have_started(outer: Any, inner: Any) -> None:
    """Also those that one of the calls has started itself: the parts of a large file."""
    meet = threading.Barrier(4)
    ended: list[str] = []

    def part(_: int) -> None:
        if meet.wait(timeout=20) == 0:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        with pytest.raises(TransportError, match="cancelled"):
            deadline.pause(20)
        ended.append("cancelled")

    with pytest.raises(KeyboardInterrupt):
        outer(lambda _: inner(part, range(2), 2), range(2), 2)
    assert ended == ["cancelled"] * 4


def test_a_cancelled_call_cancels_its_parts() -> None:
    flag = deadline.Cancellation()

    def work(_: int) -> None:
        flag.cancel()
        with pytest.raises(TransportError, match="cancelled"):
            deadline.check()

    with deadline.cancellable(flag):
        for_each(work, range(2), 2)
        assert deadline.part().is_cancelled
