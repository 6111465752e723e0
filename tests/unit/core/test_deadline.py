"""Time limits: nested, inherited by threads, and counted only while an operation is working."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Iterator

import attrs
import pytest

from quilt_core import QuiltOps, TransportError, ValidationError, connect, deadline
from quilt_core.deadline import CallOptions
from quilt_core.parallel import bounded_map
from quilt_core.plugins import BackendPlugin
from quilt_core.settings import load_settings


@attrs.define
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(deadline, "clock", made)
    return made


def test_without_a_limit_time_is_unlimited() -> None:
    assert deadline.remaining() == math.inf
    deadline.check()


def test_the_smaller_of_nested_limits_counts(clock: Clock) -> None:
    with deadline.within(10, "deadline"):
        with deadline.within(3):
            assert deadline.remaining() == 3
        clock.now += 4
        with deadline.within(60):
            assert deadline.remaining() == 6
            limit = deadline.current()
            assert limit is not None
            assert limit.kind == "deadline"
    assert deadline.current() is None


def test_a_limit_that_has_passed(clock: Clock) -> None:
    with deadline.within(10, "deadline"):
        clock.now += 11
        assert deadline.remaining() == 0
        with pytest.raises(TransportError, match="deadline of 10 seconds"):
            deadline.check()


def test_a_pause_that_would_exceed_the_limit_is_not_started(clock: Clock) -> None:
    with deadline.within(10), pytest.raises(TransportError, match="timeout of 10 seconds"):
        deadline.pause(11)


def test_threads_inherit_the_limit(clock: Clock) -> None:
    barrier = threading.Barrier(3)

    def left(_: int) -> float:
        barrier.wait(timeout=10)
        return deadline.remaining()

    with deadline.within(5):
        assert list(bounded_map(left, range(3), 3)) == [5, 5, 5]


def test_only_time_spent_in_the_operation_counts(clock: Clock) -> None:
    time = CallOptions(deadline=10).begin(None)

    def listing() -> Iterator[float]:
        while True:
            clock.now += 3
            yield deadline.remaining()

    steps = time.steps(listing())
    assert next(steps) == 7
    clock.now += 1000  # the caller's own time
    assert deadline.remaining() == math.inf
    assert next(steps) == 4
    assert next(steps) == 1
    assert next(steps) == 0
    with pytest.raises(TransportError, match="deadline of 10 seconds"):
        next(steps)


def test_a_nested_operation_has_the_smaller_deadline(clock: Clock) -> None:
    with CallOptions(deadline=5).begin(None):
        with CallOptions(deadline=60).begin(None):
            assert deadline.remaining() == 5
        with CallOptions(deadline=2).begin(None):
            assert deadline.remaining() == 2
        assert deadline.remaining() == 5


def test_a_view_of_a_view() -> None:
    view = CallOptions().narrowed(5, 100).narrowed(7, 200)
    assert (view.timeout, view.deadline) == (7, 100)
    assert view.narrowed(None, 50) == CallOptions(timeout=7, deadline=50)


@attrs.define
class Recorder:
    """A backend that records how much time is left."""

    seen: list[tuple[float, float]] = attrs.field(factory=list)
    closed: int = 0

    def list_buckets(self) -> list[object]:
        self.seen.append((deadline.timeout_or(60.0), deadline.remaining()))
        return []


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def ops(recorder: Recorder, clock: Clock) -> QuiltOps:
    from quilt_core import hookimpl
    from quilt_core.hookspecs import HOOK_VERSION

    class Operations:
        @hookimpl
        def list_buckets(self) -> list[object]:
            return recorder.list_buckets()

    def close() -> None:
        recorder.closed += 1

    plugin = BackendPlugin(
        name="recorder", hook_version=HOOK_VERSION, implementers=[Operations()], close=close
    )
    return connect(plugin, settings=load_settings(environ={}, deadline=20))


def test_the_facade_sets_the_limits_of_a_call(ops: QuiltOps, recorder: Recorder) -> None:
    ops.list_buckets()
    ops.with_options(timeout=5).list_buckets()
    ops.with_options(deadline=300).list_buckets()
    ops.with_options(timeout=5, deadline=3).with_options(deadline=9).list_buckets()
    ops.list_buckets()
    assert recorder.seen == [(60, 20), (5, 20), (60, 300), (5, 3), (60, 20)]
    assert deadline.remaining() == math.inf


def test_a_view_shares_the_connection(ops: QuiltOps, recorder: Recorder) -> None:
    view = ops.with_options(timeout=5)
    assert (view.backend_name, view.settings) == (ops.backend_name, ops.settings)
    assert view.capabilities() == ops.capabilities()
    view.close()
    assert recorder.closed == 1


@pytest.mark.parametrize("value", [0, -1, "abc", True, math.inf, math.nan])
@pytest.mark.parametrize("name", ["timeout", "deadline"])
def test_an_invalid_number_of_seconds_is_refused(ops: QuiltOps, name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        ops.with_options(**{name: value})  # type: ignore[arg-type]


def test_the_setting() -> None:
    assert load_settings(environ={}).deadline is None
    assert load_settings(environ={"QUILT_DEADLINE": "12.5"}).deadline == 12.5
    with pytest.raises(ValidationError, match="QUILT_DEADLINE"):
        load_settings(environ={"QUILT_DEADLINE": "soon"})


def begin_parts(
    whole: deadline.Cancellation, ended: threading.Event, parts: list[deadline.Cancellation]
) -> None:
    while not ended.is_set() and len(parts) < 5_000:
        parts.append(whole.part())


def test_a_call_is_cancelled_while_it_begins_parts() -> None:
    """With threads that change at nearly every step, as a busy process has them."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(30):
            whole, ended = deadline.Cancellation(), threading.Event()
            parts = [whole.part() for _ in range(300)]
            thread = threading.Thread(target=begin_parts, args=(whole, ended, parts))
            thread.start()
            try:
                whole.cancel()
            finally:
                ended.set()
                thread.join()
            assert all(part.is_cancelled for part in parts)
    finally:
        sys.setswitchinterval(interval)
