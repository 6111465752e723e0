"""Run the calls of one connection in threads of its own, for coroutines to wait for."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar

from quilt_core import deadline
from quilt_core.deadline import Cancellation
from quilt_core.errors import QuiltOpsError, TransportError, ValidationError, kind_name
from quilt_core.outcome import outcome_of

logger = logging.getLogger("quilt_core.aio")

P = ParamSpec("P")
T = TypeVar("T")


class AsyncGroup(Protocol):
    """A part of the asynchronous facade; `AsyncQuiltOps` supplies the threads of its calls."""

    _calls: CallThreads


THREADS = 32
"""Threads of a connection, and so its calls under way at once, unless it is told otherwise."""
_LARGEST_BATCH = 256
_BATCH_SECONDS = 0.01


class CallThreads:
    """The threads of one connection.

    Parameters
    ----------
    threads:
        How many there are; a call beyond them waits for one to be free.
    """

    def __init__(self, threads: int = THREADS) -> None:
        if not isinstance(threads, int) or isinstance(threads, bool) or threads < 1:
            raise ValidationError(f"threads={threads!r} is not a number of at least 1.")
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="quiltops-aio")
        self._under_way: set[Cancellation] = set()
        self._lock = threading.Lock()

    async def run(self, method: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method of the facade in a thread, with this task's context variables.

        When the task is cancelled, this ends at once. A call that waits for a thread never begins;
        one that is under way begins no further request, and the log says how it ended.
        """
        call = partial(method, *args, **kwargs)
        return await self.hop(method.__name__, contextvars.copy_context(), call)

    async def hop(self, name: str, context: contextvars.Context, call: Callable[[], T]) -> T:
        """Run `call` in a thread and in `context`; `name` is what the log calls it."""
        flag = Cancellation()

        def cancellable() -> T:
            with self._lock:
                self._under_way.add(flag)
            try:
                with deadline.cancellable(flag):
                    return call()
            finally:
                with self._lock:
                    self._under_way.discard(flag)

        try:
            future = self._pool.submit(context.run, cancellable)
        except RuntimeError as error:
            raise RuntimeError("The connection is closed and accepts no further calls.") from error
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and not task.cancelling():
                raise TransportError("The connection was closed before the call started.") from None
            flag.cancel()
            if future.cancel() or future.cancelled():
                logger.info("%s was cancelled before it started.", name)
            else:
                logger.warning(
                    "%s was cancelled while it was running; it does nothing further.", name
                )
                future.add_done_callback(partial(_tell, name))
            raise

    def stream(
        self, method: Callable[P, Iterator[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncListing[T]:
        """The items of a listing; its method is called when the first one is wanted."""
        return AsyncListing(self, method.__name__, partial(method, *args, **kwargs))

    def overloaded(
        self, lazy: bool, method: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Any:
        """`stream` or `run`, for a method with several signatures, which no `ParamSpec` takes."""
        return (self.stream if lazy else self.run)(method, *args, **kwargs)

    def begin(self, task: Callable[[], object]) -> None:
        """Run something in a thread that nobody waits for, unless the connection is closed."""
        try:
            self._pool.submit(task)
        except RuntimeError:  # closed, which also released what the task would have
            logger.debug("The connection was closed before a listing of it.")

    async def close(self, last: Callable[[], None]) -> None:
        """Cancel what waits and what is under way, and do `last`; no further call is taken."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for flag in self._under_way:
                flag.cancel()
        closing = ThreadPoolExecutor(1, thread_name_prefix="quiltops-aio-closing")
        ended = closing.submit(last)
        closing.shutdown(wait=False)
        await asyncio.shield(asyncio.wrap_future(ended))


def _tell(name: str, ended: Future[Any]) -> None:
    """Say how a call ended after it was cancelled, which no caller learns."""
    error = ended.exception()
    if error is None:
        logger.warning("%s was cancelled, and was carried out all the same.", name)
        return
    outcome = outcome_of(error) if isinstance(error, QuiltOpsError) else None
    told = "" if outcome is None else f" (outcome: {outcome.value})"
    logger.warning("%s was cancelled, and ended with %s%s.", name, kind_name(error), told)


class AsyncListing(AsyncIterator[T]):
    """A listing for `async for`: fetched in a thread, in batches that grow while it is quick.

    It acts with the context variables of the moment that it was asked for: the identity of a
    request, for one. `aclose`, or `async with contextlib.aclosing(listing)`, closes it at
    once; one that is merely dropped is closed in a thread of the connection.
    """

    def __init__(self, calls: CallThreads, name: str, begin: Callable[[], Iterator[T]]) -> None:
        self._calls = calls
        self._name = name
        self._begin = begin
        self._context = contextvars.copy_context()
        self._items: Iterator[T] | None = None
        self._ready: list[T] = []
        self._error: BaseException | None = None
        self._size = 1
        self._ended = False
        self._busy = False
        self._closed = False
        self._reading = threading.Lock()

    def __aiter__(self) -> AsyncListing[T]:
        return self

    async def __anext__(self) -> T:
        """The next item; raises what the listing raises, after all items before it."""
        if not self._ready and not self._ended:
            await self._fetch()
        if self._ready:
            return self._ready.pop()
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        raise StopAsyncIteration

    async def _fetch(self) -> None:
        if self._busy:
            raise RuntimeError("This listing is being read by another task.")
        self._busy = True
        try:
            batch = await self._calls.hop(self._name, self._context, self._batch)
        except BaseException:
            self._ended = True
            self._calls.begin(self._close)  # once the thread that reads it, if any, has left it
            raise
        finally:
            self._busy = False
        if self._closed:  # by another task, meanwhile
            self._calls.begin(self._close)
        else:
            self._ready = batch[::-1]

    def _batch(self) -> list[T]:
        """One item at least, up to so many; fewer when they take long to come, or at the end."""
        batch: list[T] = []
        began = time.monotonic()
        with self._reading:
            try:
                if self._items is None:
                    self._items = self._begin()
                # One comes however late it is: a batch without any would read as the end.
                while not batch or (
                    len(batch) < self._size and time.monotonic() - began < _BATCH_SECONDS
                ):
                    deadline.check()
                    batch.append(next(self._items))
            except StopIteration:
                self._ended = True
            except Exception as error:  # noqa: BLE001 - for the reader, after the items before it
                self._ended, self._error = True, error
        if deadline.is_cancelled():
            deadline.check()  # nobody reads on, and the log says so
        self._size = min(2 * self._size, _LARGEST_BATCH) if len(batch) == self._size else 1
        return batch

    async def aclose(self) -> None:
        """Read no further; a second call does nothing."""
        read_to_its_end = self._ended
        self._closed = self._ended = True
        self._ready, self._error = [], None
        if self._items is not None and not (self._busy or read_to_its_end):
            await self._calls.hop(self._name, self._context.copy(), self._close)

    def _close(self) -> None:
        """Close the listing, in a thread: that may wait for threads of the backend."""
        with self._reading:
            items, self._items = self._items, None
        close = getattr(items, "close", None)
        if close is not None:
            close()

    def __del__(self) -> None:
        if getattr(self, "_items", None) is not None and not self._ended:
            close = getattr(self._items, "close", None)
            if close is not None:
                self._calls.begin(partial(self._context.copy().run, close))
