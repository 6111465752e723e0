"""Whether a write that ended in an error happened: `context["outcome"]` of the error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from quilt_core.errors import QuiltOpsError

ErrorT = TypeVar("ErrorT", bound=QuiltOpsError)


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


@contextmanager
def outcome_unless_told(outcome: Outcome) -> Iterator[None]:
    """Add this outcome to errors that pass through and have none yet.

    A backend puts the part of a write that changes nothing inside
    `outcome_unless_told(Outcome.NOT_WRITTEN)`; the facade adds `UNKNOWN` to errors that still have
    no outcome.
    """
    try:
        yield
    except QuiltOpsError as error:
        if outcome_of(error) is None:
            with_outcome(error, outcome)
        raise
