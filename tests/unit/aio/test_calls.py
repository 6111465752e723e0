"""Many calls at once: the identity of each, and what happens to those that are cancelled."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

import pytest

from quilt_core import TransportError, auth_context, deadline
from quilt_core.aio import AsyncQuiltOps
from quilt_core.testing.memory import MemoryCatalog, connect

from .conftest import Gate

Make = Callable[..., AsyncQuiltOps]
THREADS, CALLS = 20, 200


def test_there_are_as_many_calls_at_once_as_threads_and_the_loop_keeps_running(
    make_ops: Make, gate: Gate
) -> None:
    # A round ends only when all threads are in it at once: 200 calls in ten rounds.
    barrier = threading.Barrier(THREADS)
    opened = threading.Event()
    rounds: list[int] = []

    def enter(operation: str) -> None:
        assert opened.wait(30)
        if barrier.wait(30) == 0:
            rounds.append(1)

    gate.enter = enter

    async def main() -> None:
        async with make_ops(THREADS) as ops:
            calls = [asyncio.ensure_future(ops.list_buckets()) for _ in range(CALLS)]
            turns = 0
            while len(gate.operations) < THREADS or turns < 1000:  # all threads are waiting
                await asyncio.sleep(0)
                turns += 1
            assert not any(call.done() for call in calls)
            opened.set()
            assert len(await asyncio.gather(*calls)) == CALLS

    asyncio.run(main())
    assert len(rounds) == CALLS / THREADS


def test_each_call_has_the_identity_of_its_task(make_ops: Make, gate: Gate) -> None:
    seen: dict[str, str] = {}

    def enter(operation: str) -> None:
        identity = auth_context.current()
        assert identity is not None
        seen[operation] = identity.token.reveal()

    gate.enter = enter

    async def main() -> None:
        async with make_ops() as ops:

            async def one(token: str, call: Callable[[], object]) -> None:
                with auth_context.request_identity(token=token):
                    await call()  # type: ignore[misc]

            await asyncio.gather(
                one("token-of-ada", ops.list_buckets), one("token-of-bob", ops.health)
            )
            with auth_context.request_identity(token="token-of-eve"):
                listing = ops.iter_all_packages()
            assert len([name async for name in listing]) == 300

    asyncio.run(main())
    assert seen == {"list_buckets": "token-of-ada", "health": "token-of-bob",
                    "list_all_packages": "token-of-eve"}  # fmt: skip


def test_a_call_that_waits_for_a_thread_is_cancelled_before_it_starts(
    make_ops: Make, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "quilt_core.aio")
    opened = threading.Event()
    gate.enter = lambda operation: assert_true(opened.wait(30))

    async def main() -> None:
        async with make_ops(threads=1) as ops:
            first = asyncio.ensure_future(ops.list_buckets())
            second = asyncio.ensure_future(ops.get_auth_status())
            await asyncio.to_thread(gate.entered.wait, 30)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            opened.set()
            await first

    asyncio.run(main())
    assert gate.operations == ["list_buckets"]
    assert "get_auth_status was cancelled before it started." in caplog.text


def assert_true(value: bool) -> None:
    assert value


def test_a_write_that_is_cancelled_before_it_is_sent_is_never_sent(
    make_ops: Make, gate: Gate, catalog: MemoryCatalog, caplog: pytest.LogCaptureFixture
) -> None:
    opened = threading.Event()
    gate.enter = lambda operation: assert_true(opened.wait(30))

    async def main() -> None:
        async with make_ops() as ops:
            write = asyncio.ensure_future(
                ops.create_package_revision("team/new", ["s3://bucket/a.csv"])
            )
            await asyncio.to_thread(gate.entered.wait, 30)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await write
            assert "create_package_revision was cancelled while it was running" in caplog.text
            opened.set()
            while "ended with TransportError" not in caplog.text:
                await asyncio.sleep(0)

    asyncio.run(main())
    with connect(catalog, registry="s3://bucket") as ops:
        assert "team/new" not in ops.list_all_packages()


def test_a_cancelled_write_that_happened_anyway_is_logged(
    make_ops: Make, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    done, opened = threading.Event(), threading.Event()

    def report(progress: object) -> None:
        done.set()
        assert opened.wait(30)

    async def main() -> None:
        async with make_ops() as ops:
            write = asyncio.ensure_future(
                ops.delete_package("team/p000", "s3://bucket", progress=report)
            )
            await asyncio.to_thread(done.wait, 30)
            write.cancel()
            with pytest.raises(asyncio.CancelledError):
                await write
            opened.set()
            while "carried out all the same" not in caplog.text:
                await asyncio.sleep(0)

    asyncio.run(main())


def test_closing_ends_waiting_calls_with_a_specific_error(make_ops: Make, gate: Gate) -> None:
    opened = threading.Event()
    gate.enter = lambda operation: assert_true(opened.wait(30))

    async def main() -> None:
        ops = make_ops(threads=1)
        first = asyncio.ensure_future(ops.list_buckets())
        second = asyncio.ensure_future(ops.list_buckets())
        await asyncio.to_thread(gate.entered.wait, 30)
        await ops.close()
        with pytest.raises(TransportError, match="closed before the call started"):
            await second
        opened.set()
        with pytest.raises(TransportError, match="cancelled"):
            await first
        with pytest.raises(RuntimeError, match="The connection is closed"):
            await ops.list_buckets()

    asyncio.run(main())


def test_a_cancelled_call_has_no_time_left_and_its_pauses_end() -> None:
    flag = deadline.Cancellation()
    with deadline.cancellable(flag):
        deadline.check()
        threading.Timer(0.01, flag.cancel).start()
        with pytest.raises(TransportError, match="cancelled"):
            deadline.pause(3600)
        assert deadline.remaining() == 0
        with deadline.unlimited():
            deadline.check()
        with pytest.raises(TransportError, match="cancelled"):
            deadline.check()
    deadline.check()
