"""The log of operations: each operation, its outcome and its duration."""

from __future__ import annotations

import logging
import time
from typing import Any

from quilt_core.errors import QuiltOpsError, kind_name
from quilt_core.hookspecs.around import Ending, OperationCall, Outcome
from quilt_core.outcome import outcome_of

logger = logging.getLogger("quilt_core.operations")


def is_wanted() -> bool:
    """Whether the logger is enabled; if not, operations bypass the log."""
    return logger.isEnabledFor(logging.INFO)


def log_operation(call: OperationCall) -> Any:
    """Wrap an operation, outside of all extensions, and log its end at INFO.

    The duration of a lazy listing is measured from the call to the end of the reading. Arguments
    are not logged; for exceptions that do not belong to quiltops only the type is.
    """
    began = time.perf_counter()

    def tell(ending: Ending) -> None:
        logger.info(
            "%s on %s %s in %.3f s",
            call.operation,
            call.backend,
            _words(ending, lazy=call.lazy),
            time.perf_counter() - began,
        )

    call.on_end(tell)
    return call.proceed()


def _words(ending: Ending, *, lazy: bool) -> str:
    if ending.outcome is Outcome.RAISED:
        error = ending.error
        if not isinstance(error, QuiltOpsError):
            return f"raised {type(error).__name__}"
        written = outcome_of(error)
        told = "" if written is None else f" (outcome: {written.value})"
        return f"raised {kind_name(error)}{told}: {error.message}"
    items = f" with {ending.items} items" if lazy else ""
    return ("was abandoned" if ending.outcome is Outcome.ABANDONED else "was done") + items
