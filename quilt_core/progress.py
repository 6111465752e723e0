"""Tell the application how far long work has come, when it wants to know."""

from __future__ import annotations

import threading

from quilt_core.domain.entries import Progress, ProgressCallback


class ProgressReporter:
    """Counts one phase of an operation and reports it; `advance` may be called from any thread.

    Steps are reported one at a time and in order, so that a callback needs no lock of its own.

    Parameters
    ----------
    callback:
        The application's; None when it does not want to know.
    operation, phase:
        What is being done.
    total:
        How much there is to do; None when that is not known.
    unit:
        Of what: `objects`, `bytes`, `revisions`.
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
        """Report that `amount` more is done."""
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
