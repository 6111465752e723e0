"""The directories that still exist after an update."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from quilt_core.revisions.plan import RevisionPlan, parents


def surviving_directories(
    directories: Iterable[str], plan: RevisionPlan, remove: Iterable[str]
) -> tuple[str, ...]:
    """The directories with metadata that still exist after an update.

    A directory disappears with its last file, and when it or a directory above it is removed or
    becomes a file. One that never had a file stays until then.

    Parameters
    ----------
    directories:
        Paths, with or without a slash at the end; they are returned unchanged and in the given
        order.
    plan:
        The update.
    remove:
        The keys that it was asked to remove.
    """
    paths = [(given, given.rstrip("/")) for given in directories]
    if not paths:
        return ()
    # Of a million keys, only those related to these paths are kept.
    asked = {part for _, path in paths for part in (path, *parents(path))}
    became_files, with_files = set(), set()
    directory = ""
    keys = chain((one.logical_key for one in plan.kept), (one.logical_key for one in plan.new))
    for key in keys:
        if key in asked:
            became_files.add(key)
        above = key.rpartition("/")[0]
        if above and above != directory:
            directory = above
            with_files.update(asked.intersection((above, *parents(above))))
    had_files = {parent for key in (*plan.removed, *plan.replaced) for parent in parents(key)}
    gone = had_files | became_files | set(remove)
    return tuple(
        given
        for given, path in paths
        if path in with_files or gone.isdisjoint((path, *parents(path)))
    )
