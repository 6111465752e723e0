"""Whether a write that ended in an error happened: `context["outcome"]` of the error."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType, TracebackType
from typing import TypeVar

from quilt_core.errors import QuiltOpsError

ErrorT = TypeVar("ErrorT", bound=QuiltOpsError)

TELLING = frozenset(
    {
        "create_package_revision",
        "delete_package",
        "promote_package",
        "push_package",
        "put_object",
        "rollback_package",
        "update_package_revision",
    }
)
"""The operations whose errors tell it."""


class Outcome(Enum):
    """Whether the revision that a write was to publish or delete was published or deleted.

    It does not cover objects: copies that a write made before it failed stay where they are, and no
    revision refers to them.
    """

    NOT_WRITTEN = "not_written"
    """Certainly nothing was published or deleted."""
    WRITTEN = "written"
    """Certainly the write happened."""
    UNKNOWN = "unknown"
    """It is not known, or the write may still happen."""


def outcome_of(error: QuiltOpsError) -> Outcome | None:
    """The outcome in an error; None if it has none."""
    value = error.context.get("outcome")
    return next((one for one in Outcome if one.value == value), None)


def with_outcome(error: ErrorT, outcome: Outcome) -> ErrorT:
    """The same error with this outcome in its context, replacing any other."""
    error.context = MappingProxyType({**error.context, "outcome": outcome.value})
    return error


class outcome_unless_told:  # noqa: N801 - used like a function
    """Add this outcome to errors that pass through and have none yet.

    A backend puts the part of a write that changes nothing inside
    `outcome_unless_told(Outcome.NOT_WRITTEN)`; the facade adds `UNKNOWN` to errors that still have
    no outcome. A context manager; a class, because pushes use several of them per file.
    """

    __slots__ = ("_outcome",)

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, QuiltOpsError) and outcome_of(error) is None:
            with_outcome(error, self._outcome)
