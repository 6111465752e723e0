"""Bars on standard error for work that takes longer than a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, TypeVar

from quilt_core import Progress, ProgressCallback, QuiltOps
from quilt_core.bars import amount
from quilt_core.cli.options import value
from quilt_core.cli.terminal import can_write, console
from quilt_core.printable import printable

T = TypeVar("T")
SECONDS = 1.0


@contextmanager
def progress_bar(what: str) -> Iterator[ProgressCallback | None]:
    """A bar, once the work has taken a second; None if standard error is not a terminal, or with
    `--quiet`.

    `what` is shown until the first progress is reported, or all the time if no progress is
    reported.
    """
    if value("quiet") or not sys.stderr.isatty():
        yield None
        return
    bars = _Bars(what)
    try:
        yield bars.report
    finally:
        bars.stop()


@contextmanager
def reported(ops: QuiltOps, operation: str, what: str) -> Iterator[ProgressCallback | None]:
    """Like `progress_bar`; the callback to which a backend reports, or None for a backend that
    reports no progress.
    """
    with progress_bar(what) as report:
        takes = report is not None and ops.supports(operation, "progress")
        yield report if takes else None


Items = Iterable[T] | Callable[[], Iterable[T]]
"""Items, or a function that fetches them: backends may work for a long time before the first item
arrives.
"""


def counted(items: Items[T], what: str, *, printed: bool = False) -> Iterator[T]:
    """The items, which are counted on standard error as they arrive.

    If they are `printed` on the terminal as they arrive, the bar is removed at the first one.
    """
    if printed and sys.stdout.isatty():
        with progress_bar(what):
            coming = iter(_get(items))
            first = list(islice(coming, 1))
        yield from chain(first, coming)
        return
    with progress_bar(what) as report:
        for done, item in enumerate(_get(items), 1):
            if report is not None:
                step = Progress(operation=what, phase=what, done=done, total=None, unit="items")
                report(step)
            yield item


def _get(items: Items[T]) -> Iterable[T]:
    return items() if callable(items) else items


class _Bars:
    """One bar per phase; the work may report from any thread."""

    def __init__(self, what: str) -> None:
        from rich.progress import (
            BarColumn,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
        )
        from rich.progress import Progress as Live

        self._live = Live(
            SpinnerColumn("dots" if can_write("⠋", sys.stderr) else "line"),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[amount]}", markup=False),
            TimeElapsedColumn(),
            console=console(stderr=True),
            transient=True,
            # Standard output contains data and is not touched.
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._tasks: dict[str, Any] = {
            what: self._live.add_task(printable(what), total=None, amount="")
        }
        self._lock = threading.Lock()
        self._timer = threading.Timer(SECONDS, self._live.start)
        self._timer.daemon = True
        self._timer.start()

    def report(self, step: Progress) -> None:
        """Show the progress of a phase."""
        with self._lock:
            task = self._tasks.get(step.phase)
            if task is None:
                task = self._live.add_task(printable(step.phase), total=step.total, amount="")
                self._tasks[step.phase] = task
        self._live.update(task, completed=step.done, total=step.total, amount=amount(step))

    def stop(self) -> None:
        """Remove the bars."""
        self._timer.cancel()
        self._timer.join()
        self._live.stop()
