"""What the facade's writes share: every error of a write tells whether the write happened."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from quilt_core.ops.group import OperationGroup
from quilt_core.outcome import Outcome, outcome_unless_told

P = ParamSpec("P")
T = TypeVar("T")
W = TypeVar("W", bound="WritingGroup")


def tells_outcome(
    method: Callable[Concatenate[W, P], T],
) -> Callable[Concatenate[W, P], T]:
    """Gives every error of a write an outcome.

    The outcome of an error that is raised here, before the backend is called, is certain; see
    `_write` for the others.
    """

    @wraps(method)
    def told(self: W, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            return method(self, *args, **kwargs)

    return told


class WritingGroup(OperationGroup):
    """A part of the facade that writes."""

    def _write(self, operation: str, expected: type[T], /, **arguments: Any) -> T:
        """Call a hook that writes; an error of the backend without an outcome gets `UNKNOWN`."""
        self._dispatch.require(operation, arguments)
        with outcome_unless_told(Outcome.UNKNOWN):
            return self._dispatch.call(operation, expected, **arguments)
