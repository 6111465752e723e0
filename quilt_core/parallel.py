"""Do the same thing for many items at once, bounded, in order."""

from __future__ import annotations

import contextvars
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


def bounded_map(function: Callable[[S], T], items: Iterable[S], workers: int) -> Iterator[T]:
    """Yield `function(item)` for each item, in order, with at most `workers` under way at once.

    The first exception in order is raised, and what has not begun by then does not begin. The
    threads see the context variables of the caller (the identity of a request, for one). Items
    are taken only a little ahead, so that an endless iterable is fine. One item, or one worker,
    needs no thread.
    """
    iterator = iter(items)
    head = list(islice(iterator, 2))
    if workers <= 1 or len(head) < 2:
        for item in chain(head, iterator):
            yield function(item)
        return
    pool = ThreadPoolExecutor(max_workers=workers)
    under_way: deque[Future[T]] = deque()
    try:
        for item in chain(head, iterator):
            under_way.append(pool.submit(contextvars.copy_context().run, function, item))
            if len(under_way) > 2 * workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
