"""The rules of revisions that every backend shares: pure functions, no I/O.

They cover a write's request and its effect on existing entries, conflicts and outcomes, kept
entries, abbreviated hashes, the comparison of revisions, copy modes, writes to stores without
versions, and the waiting time that prevents one revision from hiding another.
"""

from quilt_core.outcome import Outcome, outcome_of, outcome_unless_told, with_outcome
from quilt_core.revisions.compare import EntryDifference, compare_entries
from quilt_core.revisions.conflicts import (
    LONGEST_UNDER_WAY,
    PublishedRevision,
    find_overwritten,
    is_under_way,
    moved_on,
    newest_of,
    overwrote,
    written_all_the_time,
)
from quilt_core.revisions.copies import CopyTask, plan_copies
from quilt_core.revisions.directories import surviving_directories
from quilt_core.revisions.kept import (
    FoundObject,
    KeptEntries,
    cannot_keep,
    keep_entries,
    object_to_look_up,
    settle_entry,
)
from quilt_core.revisions.plan import (
    RevisionPlan,
    merge_metadata,
    plan_create,
    plan_promotion,
    plan_update,
)
from quilt_core.revisions.prefix import resolve_prefix, resolve_time
from quilt_core.revisions.request import RevisionRequest
from quilt_core.revisions.timing import STATE_HOLDS, seconds_to_wait
from quilt_core.revisions.versions import VersionCheck, is_versioned, shows_versions

__all__ = [
    "LONGEST_UNDER_WAY",
    "STATE_HOLDS",
    "CopyTask",
    "EntryDifference",
    "FoundObject",
    "KeptEntries",
    "Outcome",
    "PublishedRevision",
    "RevisionPlan",
    "RevisionRequest",
    "VersionCheck",
    "cannot_keep",
    "compare_entries",
    "find_overwritten",
    "is_under_way",
    "is_versioned",
    "keep_entries",
    "merge_metadata",
    "moved_on",
    "newest_of",
    "object_to_look_up",
    "outcome_of",
    "outcome_unless_told",
    "overwrote",
    "plan_copies",
    "plan_create",
    "plan_promotion",
    "plan_update",
    "resolve_prefix",
    "resolve_time",
    "seconds_to_wait",
    "settle_entry",
    "shows_versions",
    "surviving_directories",
    "with_outcome",
    "written_all_the_time",
]
