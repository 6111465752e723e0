"""Report the progress of long work to the application."""

from __future__ import annotations

import threading

from quilt_core.domain.entries import Progress, ProgressCallback


class ProgressReporter:
    """Counts one phase of an operation and reports it; `advance` may be called from any thread.

    Steps are reported one at a time and in order, so that a callback needs no lock of its own.

    Parameters
    ----------
    callback:
        The application's callback; None if there is none.
    operation, phase:
        The operation, and its current phase.
    total:
        The total amount; None if it is not known.
    unit:
        The unit: `objects`, `bytes`, `revisions`.
    """

    def __init__(
        self,
        callback: ProgressCallback | None,
        operation: str,
        phase: str,
        total: int | None,
        unit: str,
    ) -> None:
        self._callback = callback
        self._operation = operation
        self._phase = phase
        self._total = total
        self._unit = unit
        self._done = 0
        self._lock = threading.Lock()

    def advance(self, amount: int = 1) -> None:
        """Report that `amount` more units are done."""
        if self._callback is None:
            return
        with self._lock:
            self._done += amount
            self._callback(
                Progress(
                    operation=self._operation,
                    phase=self._phase,
                    done=self._done,
                    total=self._total,
                    unit=self._unit,
                )
            )
