"""Which directories are still there after an update."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.revisions.plan import RevisionPlan, parents


def surviving_directories(
    directories: Iterable[str], plan: RevisionPlan, remove: Iterable[str]
) -> tuple[str, ...]:
    """The directories that an update leaves, of those that have metadata.

    A directory goes with its last file, and when it, or one above it, is removed or becomes a file.
    One that never had a file stays until then.

    Parameters
    ----------
    directories:
        Paths, with a slash at the end or not; they come back as they are given, in their order.
    plan:
        The update.
    remove:
        What it was asked to drop.
    """
    paths = [(given, given.rstrip("/")) for given in directories]
    if not paths:
        return ()
    after = {entry.logical_key for entry in plan.kept} | {entry.logical_key for entry in plan.new}
    with_files = {parent for key in after for parent in parents(key)}
    had_files = {parent for key in (*plan.removed, *plan.replaced) for parent in parents(key)}
    gone = had_files | after | set(remove)
    return tuple(
        given
        for given, path in paths
        if path in with_files or gone.isdisjoint((path, *parents(path)))
    )
