"""The rules of revisions that every backend shares: pure functions, no I/O.

A write as it was asked for and what it does to the entries that are there, how conflicts and
outcomes are told, which revision a prefix means, how two revisions differ, what a copy mode copies,
and how long to wait so that no revision hides another.
"""

from quilt_core.outcome import Outcome, outcome_of, outcome_unless_told, with_outcome
from quilt_core.revisions.compare import EntryDifference, compare_entries
from quilt_core.revisions.conflicts import PublishedRevision, find_overwritten, moved_on, overwrote
from quilt_core.revisions.copies import CopyTask, plan_copies
from quilt_core.revisions.plan import (
    RevisionPlan,
    merge_metadata,
    plan_create,
    plan_promotion,
    plan_update,
)
from quilt_core.revisions.prefix import resolve_prefix
from quilt_core.revisions.request import RevisionRequest
from quilt_core.revisions.timing import seconds_to_wait

__all__ = [
    "CopyTask",
    "EntryDifference",
    "Outcome",
    "PublishedRevision",
    "RevisionPlan",
    "RevisionRequest",
    "compare_entries",
    "find_overwritten",
    "merge_metadata",
    "moved_on",
    "outcome_of",
    "outcome_unless_told",
    "overwrote",
    "plan_copies",
    "plan_create",
    "plan_promotion",
    "plan_update",
    "resolve_prefix",
    "seconds_to_wait",
    "with_outcome",
]
