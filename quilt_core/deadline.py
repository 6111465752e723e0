"""The remaining time of the current work.

Two limits are kept in context variables, so that they reach everything that a call does, also in
the threads that `quilt_core.parallel` starts:

- the *timeout* bounds one request to a server, to the last byte of its answer, with its attempts
  and the pauses between them;
- the *deadline* bounds a whole operation: all its requests, its waits, its transfers.

Limits nest, and the one that ends first counts. A cancelled call has no time left, so that
everything that checks the time stops. The facade sets the limits around every call of a hook and
around every step of a lazy listing; code that waits (a transport, a pause) reads them here.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import TypeVar
from weakref import WeakSet

import attrs

from quilt_core.errors import TransportError

T = TypeVar("T")

clock: Callable[[], float] = time.monotonic
"""Seconds on a clock that never goes back; tests replace it."""

_LOOK_SECONDS = 0.1
"""How often a wait that no cancellation ends looks whether there was one."""


@attrs.frozen
class Limit:
    """A moment by which something must have ended."""

    ends: float
    """On `clock`."""
    seconds: float
    """Its original length in seconds."""
    kind: str
    """`timeout` or `deadline`."""

    @property
    def words(self) -> str:
        """The limit in words, for messages."""
        return f"the {self.kind} of {self.seconds:g} seconds"


_limit: ContextVar[Limit | None] = ContextVar("quilt_core_limit", default=None)
_timeout: ContextVar[float | None] = ContextVar("quilt_core_timeout", default=None)
_is_repeated: ContextVar[bool] = ContextVar("quilt_core_is_repeated", default=True)


class Cancellation:
    """Tells a call in another thread that its result is no longer needed.

    Parameters
    ----------
    whole:
        The cancellation of the call of which this is a part; `part` makes these.
    """

    __slots__ = ("__weakref__", "_event", "_lock", "_parts", "_whole")

    def __init__(self, whole: Cancellation | None = None) -> None:
        self._whole = whole
        self._event = threading.Event()
        self._parts: WeakSet[Cancellation] = WeakSet()
        self._lock = threading.Lock()  # a set that grows while it is read is an error

    def cancel(self) -> None:
        """Keep the call from starting anything new; its current step is not interrupted."""
        self._event.set()
        with self._lock:
            parts = list(self._parts)
        for part in parts:
            part.cancel()

    def part(self) -> Cancellation:
        """The cancellation of a part of the call, which ends with the whole call or earlier."""
        part = Cancellation(self)
        with self._lock:
            self._parts.add(part)
        if self._event.is_set():
            part.cancel()
        return part

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called, here or for the whole call."""
        return self._event.is_set() or (self._whole is not None and self._whole.is_cancelled)

    def wait(self, seconds: float) -> None:
        """Sleep for this time, or until the call is cancelled."""
        self._event.wait(seconds)


_cancellation: ContextVar[Cancellation | None] = ContextVar("quilt_core_cancellation", default=None)


def current() -> Limit | None:
    """The limit that ends first; None if there is none."""
    return _limit.get()


def is_cancelled() -> bool:
    """Whether the current call was cancelled."""
    flag = _cancellation.get()
    return flag is not None and flag.is_cancelled


def remaining() -> float:
    """Seconds until the limit that ends first; infinite without one.

    0 if it is over or the call was cancelled.
    """
    if is_cancelled():
        return 0.0
    limit = _limit.get()
    return math.inf if limit is None else max(0.0, limit.ends - clock())


def check() -> None:
    """Raise `TransportError` if a limit is over, before something new is started.

    Also if the call was cancelled.
    """
    if is_cancelled():
        raise _cancelled()
    limit = _limit.get()
    if limit is not None and limit.ends <= clock():
        raise _no_time(limit)


def _no_time(limit: Limit) -> TransportError:
    return TransportError(
        f"There is no time left: {limit.words} was not enough.",
        hint="Allow more time: ops.with_options(timeout=…, deadline=…).",
        context={limit.kind: limit.seconds},
    )


def _cancelled() -> TransportError:
    return TransportError("The call was cancelled.")


def pause(seconds: float) -> None:
    """Sleep; raise `TransportError` immediately if a limit ends before the pause.

    Also if the call is or was cancelled.
    """
    limit = _limit.get()
    if limit is not None and seconds >= limit.ends - clock():
        raise _no_time(limit)
    sleep(seconds)
    if is_cancelled():
        raise _cancelled()


def sleep(seconds: float) -> None:
    """Sleep for this time, ignoring the limits, or until the call is cancelled."""
    flag = _cancellation.get()
    if flag is None:
        time.sleep(seconds)
    else:
        flag.wait(seconds)


def acquire(slots: threading.Semaphore) -> None:
    """Wait until one of the slots is free, and take it; raise `TransportError` if a limit ends
    first, also if the call is or was cancelled.
    """
    while not slots.acquire(timeout=min(remaining(), _LOOK_SECONDS)):
        check()


def timeout_or(default: float) -> float:
    """The timeout that `ops.with_options` set for this call; `default` if it set none."""
    chosen = _timeout.get()
    return default if chosen is None else chosen


@contextmanager
def within(seconds: float, kind: str = "timeout") -> Iterator[None]:
    """Limit the work in the block to this time, or less if another limit ends earlier.

    Parameters
    ----------
    seconds:
        Seconds from now on.
    kind:
        Its name in messages: `timeout` or `deadline`.
    """
    reset = _limit.set(_earlier(Limit(clock() + seconds, seconds, kind)))
    try:
        yield
    finally:
        _limit.reset(reset)


@contextmanager
def one_attempt() -> Iterator[None]:
    """Send requests in the block only once: a diagnosis needs the first answer quickly."""
    reset = _is_repeated.set(False)
    try:
        yield
    finally:
        _is_repeated.reset(reset)


def is_repeated() -> bool:
    """Whether a request that failed temporarily is to be sent again."""
    return _is_repeated.get()


def part() -> Cancellation:
    """The cancellation of a part of the current call, which also ends with the whole call."""
    whole = _cancellation.get()
    return Cancellation() if whole is None else whole.part()


@contextmanager
def cancellable(flag: Cancellation) -> Iterator[None]:
    """Let the work in the block, and in threads that it starts, stop when `flag` is cancelled."""
    reset = _cancellation.set(flag)
    try:
        yield
    finally:
        _cancellation.reset(reset)


@contextmanager
def unlimited() -> Iterator[None]:
    """For work that other calls wait for, too: neither limits nor a cancellation of the caller
    apply.
    """
    limit, flag = _limit.set(None), _cancellation.set(None)
    try:
        yield
    finally:
        _cancellation.reset(flag)
        _limit.reset(limit)


def _earlier(limit: Limit) -> Limit:
    outer = _limit.get()
    return limit if outer is None or limit.ends < outer.ends else outer


class OperationTime:
    """The time of one operation; it passes only while the operation is working.

    A context manager that is entered again for every step: the time between two steps of a lazy
    listing is the caller's own. Not for use in two threads at once, as generators are not.

    Parameters
    ----------
    timeout:
        The timeout of its requests, seconds; None leaves it to the backend.
    deadline:
        Seconds for all its steps together; None for no limit.
    """

    __slots__ = ("_began", "_deadline", "_left", "_resets", "_timeout")

    def __init__(self, timeout: float | None, deadline: float | None) -> None:
        self._timeout = timeout
        self._deadline = deadline
        self._left = deadline
        self._began = 0.0
        self._resets: tuple[object, object] = (None, None)

    def __enter__(self) -> None:
        if self._timeout is None and self._deadline is None:
            return
        timeout = None if self._timeout is None else _timeout.set(self._timeout)
        limit = None
        if self._left is not None and self._deadline is not None:
            self._began = clock()
            ends = self._began + self._left
            limit = _limit.set(_earlier(Limit(ends, self._deadline, "deadline")))
        self._resets = (timeout, limit)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        timeout, limit = self._resets
        self._resets = (None, None)
        if timeout is not None:
            _timeout.reset(timeout)  # type: ignore[arg-type]
        if limit is not None:
            _limit.reset(limit)  # type: ignore[arg-type]
            self._left = max(0.0, (self._left or 0.0) - (clock() - self._began))

    def steps(self, items: Iterable[T]) -> Iterator[T]:
        """The items, each fetched within the remaining time."""
        if self._timeout is None and self._deadline is None:
            yield from items
            return
        iterator = iter(items)
        while True:
            try:
                with self:
                    if self._left is not None:
                        check()
                    item = next(iterator)
            except StopIteration:
                return
            yield item


@attrs.frozen(kw_only=True)
class CallOptions:
    """The limits of a view of the facade; None means those of the connection."""

    timeout: float | None = None
    deadline: float | None = None

    def narrowed(self, timeout: float | None, deadline: float | None) -> CallOptions:
        """The limits of a view of this view: the new timeout, and the smaller deadline."""
        deadlines = [one for one in (self.deadline, deadline) if one is not None]
        return CallOptions(
            timeout=self.timeout if timeout is None else timeout,
            deadline=min(deadlines, default=None),
        )

    def begin(self, default_deadline: float | None) -> OperationTime:
        """The time of an operation that starts now."""
        deadline = default_deadline if self.deadline is None else self.deadline
        return OperationTime(self.timeout, deadline)
