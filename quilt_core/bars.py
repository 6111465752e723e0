"""Progress bars for notebooks and terminals, by tqdm if it is installed, otherwise by rich."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

import attrs

from quilt_core.printable import printable

if TYPE_CHECKING:
    from quilt_core.domain.entries import Progress

__all__ = ["ProgressBars", "progress_bars"]


def progress_bars() -> ProgressBars:
    """A callback for the parameter `progress` that shows one bar per phase of the work.

        with quilt_core.progress_bars() as progress:
            ops.push_package("team/data", "folder", progress=progress)

    The bars are tqdm's if it is installed, otherwise rich's. They are drawn in a notebook, and on
    standard error if that is a terminal; elsewhere nothing is shown.

    Returns
    -------
    ProgressBars
        A `ProgressCallback`, which may be called from any thread. A bar is closed when its phase is
        complete; leaving the `with` block, even by an error, closes the remaining ones.
    """
    return ProgressBars(_display() if _is_watched() else None)


class ProgressBars:
    """A `ProgressCallback` that draws bars; made by `progress_bars()`."""

    def __init__(self, display: Display | None) -> None:
        self._display = display
        self._open: dict[tuple[str, str], _Running] = {}
        self._lock = threading.Lock()

    def __call__(self, step: Progress) -> None:
        """Show how far a phase has come."""
        if self._display is None:
            return
        key = (step.operation, step.phase)
        with self._lock:
            running = self._open.get(key)
            if running is not None and step.done < running.done:  # another call of the same kind
                self._open.pop(key).bar.close()
                running = None
            if running is None:
                running = self._open[key] = _Running(self._display.start(step))
            running.done = step.done
            running.bar.show(step)
            if step.total is not None and step.done >= step.total:
                self._open.pop(key).bar.close()

    def close(self) -> None:
        """Close the bars that are open. The object can be used again."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].bar.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Bar(Protocol):
    """One bar of a library."""

    def show(self, step: Progress) -> None:
        """Draw how far the phase has come."""

    def close(self) -> None:
        """Leave the bar as it is, and free its resources."""


class Display(Protocol):
    """A factory of bars."""

    def start(self, step: Progress) -> Bar:
        """Open the bar of a phase."""


@attrs.define
class _Running:
    """A bar, and the progress that it has shown."""

    bar: Bar
    done: int = 0


class TqdmDisplay:
    """Bars by `tqdm.auto`, which draws widgets in a notebook that has them."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm

    def start(self, step: Progress) -> Bar:
        """Open the bar of a phase."""
        in_bytes = step.unit == "bytes"
        return _TqdmBar(
            self._tqdm(
                desc=printable(step.phase),
                total=step.total,
                unit="B" if in_bytes else f" {printable(step.unit)}",
                unit_scale=in_bytes,
            )
        )


class _TqdmBar:
    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def show(self, step: Progress) -> None:
        self._bar.total = step.total
        self._bar.update(step.done - self._bar.n)  # draws at most ten times per second

    def close(self) -> None:
        self._bar.close()


class RichDisplay:
    """Bars by rich; those that are open at the same time share one live display."""

    def __init__(self) -> None:
        self.live: Any = None
        """The `rich.progress.Progress` that draws the open bars; None if there are none."""

    def start(self, step: Progress) -> Bar:
        """Open the bar of a phase."""
        if self.live is None:
            self.live = _live()
            self.live.start()
        return _RichBar(self, self.live.add_task(printable(step.phase), total=None, amount=""))

    def close(self, task: Any) -> None:
        """Leave a bar as it is, and stop drawing if it was the last one."""
        self.live.stop_task(task)
        if all(one.stop_time is not None for one in self.live.tasks):
            self.live.stop()
            self.live = None


class _RichBar:
    def __init__(self, display: RichDisplay, task: Any) -> None:
        self._display = display
        self._task = task

    def show(self, step: Progress) -> None:
        self._display.live.update(
            self._task, completed=step.done, total=step.total, amount=amount(step)
        )

    def close(self) -> None:
        self._display.close(self._task)


def _live() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Live

    return Live(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[amount]}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        # The program's own output is not redirected.
        redirect_stdout=False,
        redirect_stderr=False,
    )


def amount(step: Progress) -> str:
    """How far a phase has come, such as `1.2 MB of 3.4 MB` or `12 of 2,000 files`."""
    from rich.filesize import decimal

    if step.unit == "bytes":
        return decimal(step.done) + ("" if step.total is None else f" of {decimal(step.total)}")
    total = "" if step.total is None else f" of {step.total:,}"
    return f"{step.done:,}{total} {printable(step.unit)}"


def _display() -> Display:
    """The library that this environment has."""
    try:
        from tqdm.auto import tqdm
    except ModuleNotFoundError:
        return RichDisplay()
    return TqdmDisplay(tqdm)


def _is_watched() -> bool:
    """Whether this is a notebook, or standard error is a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        return True
    from rich.console import Console

    return Console().is_jupyter
