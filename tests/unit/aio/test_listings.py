"""Listings for `async for`: complete, fetched in batches, and closed when nobody reads on."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing

import attrs
import pytest

from quilt_core import NotFoundError
from quilt_core.aio import AsyncQuiltOps
from quilt_core.aio.calls import AsyncListing, CallThreads

Make = Callable[..., AsyncQuiltOps]


@attrs.define
class Source:
    """A listing that records what is done with it."""

    items: int
    fails: bool = False
    read: int = 0
    closed: threading.Event = attrs.field(factory=threading.Event)
    threads: set[str] = attrs.field(factory=set)

    def begin(self) -> Iterator[int]:
        try:
            for number in range(self.items):
                self.read += 1
                self.threads.add(threading.current_thread().name)
                yield number
            if self.fails:
                raise NotFoundError("It went away.")
        finally:
            self.threads.add(threading.current_thread().name)
            self.closed.set()


@attrs.define
class CountingCalls(CallThreads):
    hops: int = 0

    def __init__(self) -> None:
        super().__init__(2)
        self.hops = 0

    async def hop(self, *args: object) -> object:  # type: ignore[override]
        self.hops += 1
        return await super().hop(*args)  # type: ignore[arg-type]


def listing(source: Source, calls: CallThreads) -> AsyncListing[int]:
    return calls.stream(source.begin)


def test_all_packages_in_order(make_ops: Make) -> None:
    async def main() -> None:
        async with make_ops() as ops:
            names = [name async for name in ops.iter_all_packages()]
            assert names == await ops.list_all_packages()
            assert len(names) == 300

    asyncio.run(main())


@pytest.mark.parametrize("items", [0, 1, 2, 3, 1000])
def test_every_item_arrives_once_in_few_thread_hops(
    items: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quilt_core.aio.calls._BATCH_SECONDS", float("inf"))
    calls = CountingCalls()

    async def main() -> list[int]:
        return [one async for one in listing(Source(items), calls)]

    assert asyncio.run(main()) == list(range(items))
    assert calls.hops <= 12


def test_slow_items_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(10_000))
    monkeypatch.setattr("quilt_core.aio.calls.time.monotonic", lambda: next(ticks) * 0.012)
    calls = CountingCalls()

    async def main() -> list[int]:
        return [one async for one in listing(Source(20), calls)]

    assert asyncio.run(main()) == list(range(20))
    assert calls.hops >= 20


def test_a_busy_machine_loses_no_item(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch whose time is up before it started still holds one item."""
    ticks = iter(range(1_000_000))
    monkeypatch.setattr("quilt_core.aio.calls.time.monotonic", lambda: next(ticks))

    async def read() -> list[int]:
        return [number async for number in CallThreads(2).stream(Source(5).begin)]

    assert asyncio.run(read()) == [0, 1, 2, 3, 4]


def test_an_error_comes_after_the_items_that_precede_it() -> None:
    async def main() -> None:
        found = []
        items = listing(Source(5, fails=True), CallThreads(2))
        with pytest.raises(NotFoundError):
            async for one in items:
                found.append(one)
        assert found == [0, 1, 2, 3, 4]
        with pytest.raises(StopAsyncIteration):
            await anext(items)

    asyncio.run(main())


def test_reading_one_item_reads_no_further() -> None:
    source = Source(1000)

    async def main() -> None:
        items = listing(source, CallThreads(2))
        assert await anext(items) == 0
        assert source.read == 1
        await items.aclose()
        await items.aclose()
        assert source.closed.is_set()
        with pytest.raises(StopAsyncIteration):
            await anext(items)

    asyncio.run(main())


def test_a_dropped_listing_is_closed_in_a_thread() -> None:
    source = Source(1000)

    async def main() -> None:
        async for _ in listing(source, CallThreads(2)):
            break
        gc.collect()
        assert await asyncio.to_thread(source.closed.wait, 30)

    asyncio.run(main())
    assert all(name.startswith("quiltops-aio") for name in source.threads)


def test_a_reader_that_is_cancelled_within_aclosing_returns_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, opened, closed = threading.Event(), threading.Event(), threading.Event()

    def slow() -> Iterator[int]:
        try:
            begun.set()
            assert opened.wait(30)
            yield 1
            yield 2
        finally:
            closed.set()

    async def read(items: AsyncListing[int]) -> None:
        async with aclosing(items):
            async for _ in items:
                pass

    async def main() -> None:
        reader = asyncio.ensure_future(read(CallThreads(1).stream(slow)))
        await asyncio.to_thread(begun.wait, 30)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        assert not closed.is_set()  # the thread is still in its first step
        opened.set()
        assert await asyncio.to_thread(closed.wait, 30)

    asyncio.run(main())
    assert "slow was cancelled, and ended with TransportError." in caplog.text


def test_cancelling_the_reader_closes_the_listing() -> None:
    begun, opened, closed = threading.Event(), threading.Event(), threading.Event()

    def slow() -> Iterator[int]:
        try:
            begun.set()
            assert opened.wait(30)
            yield 1
            yield 2
        finally:
            closed.set()

    async def main() -> None:
        items = CallThreads(2).stream(slow)
        reader = asyncio.ensure_future(anext(items))
        await asyncio.to_thread(begun.wait, 30)
        with pytest.raises(RuntimeError, match="another task"):
            await anext(items)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        opened.set()
        assert await asyncio.to_thread(closed.wait, 30)
        with pytest.raises(StopAsyncIteration):
            await anext(items)

    asyncio.run(main())
