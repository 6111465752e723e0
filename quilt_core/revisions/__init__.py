"""The rules of revisions that every backend shares: pure functions, no I/O.

What a write does to the entries that are there, which revision a prefix means, how two revisions
differ, what a copy mode copies, and how long to wait so that no revision hides another.
"""

from quilt_core.revisions.compare import EntryDifference, compare_entries
from quilt_core.revisions.copies import CopyTask, plan_copies
from quilt_core.revisions.order import WriteOrder
from quilt_core.revisions.plan import RevisionPlan, merge_metadata, plan_create, plan_update
from quilt_core.revisions.prefix import resolve_prefix
from quilt_core.revisions.timing import seconds_to_wait

__all__ = [
    "CopyTask",
    "EntryDifference",
    "RevisionPlan",
    "WriteOrder",
    "compare_entries",
    "merge_metadata",
    "plan_copies",
    "plan_create",
    "plan_update",
    "resolve_prefix",
    "seconds_to_wait",
]
