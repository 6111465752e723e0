"""What became of a write that ended in an error: `context["outcome"]` of the error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from quilt_core.errors import QuiltOpsError

ErrorT = TypeVar("ErrorT", bound=QuiltOpsError)


class Outcome(Enum):
    """Whether the revision that a write was to publish, or delete, was.

    It says nothing about objects: copies that a write made before it failed stay where they are,
    and no revision refers to them.
    """

    NOT_WRITTEN = "not_written"
    """For certain: nothing was published or deleted."""
    WRITTEN = "written"
    """For certain: the revision is there."""
    UNKNOWN = "unknown"
    """It could not be learnt, or it may still come."""


def outcome_of(error: QuiltOpsError) -> Outcome | None:
    """The outcome that an error carries; None where it carries none."""
    value = error.context.get("outcome")
    return next((one for one in Outcome if one.value == value), None)


def with_outcome(error: ErrorT, outcome: Outcome) -> ErrorT:
    """The same error, with that outcome in its context in place of any other."""
    error.context = MappingProxyType({**error.context, "outcome": outcome.value})
    return error


@contextmanager
def outcome_unless_told(outcome: Outcome) -> Iterator[None]:
    """Give errors that pass by, and carry no outcome yet, this one.

    A backend puts the part of a write that changes nothing below
    `outcome_unless_told(Outcome.NOT_WRITTEN)`; the facade gives what is left `UNKNOWN`.
    """
    try:
        yield
    except QuiltOpsError as error:
        if outcome_of(error) is None:
            with_outcome(error, outcome)
        raise
