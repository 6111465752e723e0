"""Do the same thing for many items at once, bounded, in order."""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

from quilt_core import deadline

S = TypeVar("S")
T = TypeVar("T")
_END = object()


def bounded_map(
    function: Callable[[S], T], items: Iterable[S], workers: int, *, ahead: int | None = None
) -> Iterator[T]:
    """Yield `function(item)` for each item, in order, with at most `workers` calls at the same
    time.

    The first exception in order is raised, and calls that have not started by then are not made.
    The threads see the context variables of the caller (such as the identity of a request). Items
    are taken only a little ahead, so an endless iterable is fine: at most `ahead` more than
    `workers`, by default as many again. One item, or one worker, needs no thread. If the caller is
    interrupted (Ctrl-C), the calls that have started are cancelled (`quilt_core.deadline`).
    """
    iterator = iter(items)
    head = list(islice(iterator, 2))
    alone = workers <= 1 or len(head) < 2
    iterator = chain(head, iterator)
    del head  # they may be large and should not be kept until the end
    if alone:
        for item in iterator:
            yield function(item)
        return
    most = workers + (workers if ahead is None else ahead)
    flag = deadline.part()

    def call(item: S) -> T:
        with deadline.cancellable(flag):
            return function(item)

    pool = ThreadPoolExecutor(max_workers=workers)
    under_way: deque[Future[T]] = deque()
    try:
        for item in iterator:
            under_way.append(pool.submit(contextvars.copy_context().run, call, item))
            if len(under_way) >= most:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    except KeyboardInterrupt:
        flag.cancel()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def ahead(function: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Call a function in another thread while the block runs, because its result will probably be
    needed; the block does not end before the call.

    Yields a function that returns the result. If the call fails, its error is dropped, and the
    function is called again where its result is needed, so that only a needed call raises.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        begun = pool.submit(contextvars.copy_context().run, function)
        yield lambda: function() if begun.exception() else begun.result()


def for_each(
    function: Callable[[S], object], items: Iterable[S], workers: int, *, ahead: int = 0
) -> None:
    """Call `function(item)` for each item, in no order, at most `workers` at once.

    The results are dropped, so that a small item costs a fraction of its cost in `bounded_map`: the
    threads take items from the iterable themselves, one thread at a time. The first exception is
    raised; calls that have not started by then are not made. The threads see the context variables
    of the caller. If the caller is interrupted (Ctrl-C), the calls that have started are cancelled
    (`quilt_core.deadline`).

    At most `ahead` items are taken before a thread can process them. Small items that come quickly
    should be: threads that wait for each other before each item get on slowly.
    """
    remaining = iter(items)
    context = contextvars.copy_context()
    taking, beginning = threading.Lock(), threading.Lock()
    taken: deque[S] = deque()
    under_way: list[Future[None]] = []
    failed: list[BaseException] = []
    stopped = threading.Event()
    flag = deadline.part()

    def take() -> S | object:
        """The next item; `_END` if there is none."""
        with contextlib.suppress(IndexError):
            return taken.popleft()
        with taking:
            with contextlib.suppress(IndexError):
                return taken.popleft()  # another thread took it meanwhile
            if stopped.is_set():
                return _END
            item = next(remaining, _END)
            taken.extend(islice(remaining, ahead))
            return item

    def work() -> None:
        try:
            with deadline.cancellable(flag):
                while (item := take()) is not _END and not stopped.is_set():
                    if len(under_way) < workers:
                        begin()
                    function(item)  # type: ignore[arg-type]
                    del item  # it may be large, and the next one may take long to arrive
        except BaseException as error:  # noqa: BLE001 - it is raised below
            failed.append(error)
            stopped.set()

    def begin() -> None:
        """Start one more thread, if the system allows it."""
        with beginning, contextlib.suppress(RuntimeError):
            if len(under_way) < workers:
                under_way.append(pool.submit(context.copy().run, work))

    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        under_way.append(pool.submit(context.copy().run, work))
        for future in under_way:  # which grows while it is read
            future.result()
    except KeyboardInterrupt:
        flag.cancel()
        raise
    finally:
        stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)
    if failed:
        raise failed[0]
