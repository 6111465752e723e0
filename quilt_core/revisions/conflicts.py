"""Two writers of one package: how a conflict is detected, and the error that reports it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from quilt_core.domain.entries import NO_REVISION
from quilt_core.domain.names import PackageName, Registry
from quilt_core.errors import ConflictError
from quilt_core.outcome import Outcome

LONGEST_UNDER_WAY = 10.0
"""The number of seconds that a registry may take between writing a revision's timestamp pointer and
`latest`.

After that, a revision that is newer than `latest` is attributed to a rollback.
"""


@attrs.frozen
class PublishedRevision:
    """One line of a package's history: a revision and the second of its pointer."""

    top_hash: str
    modified: datetime


def expected_latest(expected_top_hash: str | None) -> str | None:
    """The top hash that a caller expects as the latest revision; None for no revision.

    Parameters
    ----------
    expected_top_hash:
        What the caller gave: a whole top hash, `NO_REVISION`, or None for that, too.
    """
    return None if expected_top_hash == NO_REVISION else expected_top_hash


def moved_on(
    package_name: PackageName,
    registry: Registry,
    expected: str | None,
    actual: str | None,
    *,
    can_force: bool = True,
) -> ConflictError:
    """The error of a write that found another latest revision, and wrote nothing.

    Parameters
    ----------
    package_name, registry:
        Where.
    expected, actual:
        The latest revision that the write or its caller expected, and the one that was found; None
        for no package, and for `expected` also `NO_REVISION`.
    can_force:
        Whether the operation takes `force`, which a rollback does not.
    """
    expected = expected_latest(expected)
    again = "Check the new revision and write again"
    return ConflictError(
        f"{package_name} in {registry} has another latest revision than this write starts from: "
        f"{_short(actual)} instead of {_short(expected)}.",
        expected=expected,
        actual=actual,
        hint=f"{again}; without an expected top hash, force=True overwrites it."
        if can_force
        else f"{again}.",
        context={
            "package": str(package_name),
            "registry": registry.url,
            "outcome": Outcome.NOT_WRITTEN.value,
        },
    )


def overwrote(
    package_name: PackageName,
    registry: Registry,
    *,
    base: str | None,
    overwritten: Sequence[str],
    ours: str,
) -> ConflictError:
    """The error of a write that was published while another one was published, too.

    Parameters
    ----------
    package_name, registry:
        Where.
    base:
        The top hash from which the write started; None for no revision.
    overwritten:
        The revisions of others that were published after `base` and on which `ours` is not built,
        newest first; at least one. Some of those newer than `ours` may be built on it.
    ours:
        The revision that was written.
    """
    return ConflictError(
        f"The revision {_short(ours)} of {package_name} in {registry} was published, but "
        f"{', '.join(map(_short, overwritten))} {'was' if len(overwritten) == 1 else 'were'} "
        f"published by somebody else since this write started from {_short(base)}: each may lack "
        "the changes of the other.",
        expected=base,
        actual=overwritten[0],
        hint="Compare the revisions with diff_packages; apply the change that is missing from the "
        "latest one again.",
        context={
            "package": str(package_name),
            "registry": registry.url,
            "outcome": Outcome.WRITTEN.value,
            "base": base,
            "overwritten": overwritten[0],
            "all_overwritten": list(overwritten),
            "ours": ours,
        },
    )


def written_all_the_time(
    package_name: PackageName, registry: Registry, latest: str | None, newest: str
) -> ConflictError:
    """The error of a write that found the package changing all the time, and wrote nothing.

    Parameters
    ----------
    package_name, registry:
        Where.
    latest:
        The latest revision at the last look; None for none.
    newest:
        The revision that is newer and not yet the latest.
    """
    return ConflictError(
        f"Others write {package_name} in {registry} all the time: {_short(newest)} is about to "
        f"become the latest revision in place of {_short(latest)}, and so were others before it.",
        expected=latest,
        actual=newest,
        hint="Write again later, or overwrite the others with force=True.",
        context={
            "package": str(package_name),
            "registry": registry.url,
            "outcome": Outcome.NOT_WRITTEN.value,
        },
    )


def newest_of(history: Sequence[PublishedRevision]) -> tuple[PublishedRevision, ...]:
    """The publications of the newest second, in the order of the history; empty for none."""
    newest = max((one.modified for one in history), default=None)
    return tuple(one for one in history if one.modified == newest)


def is_under_way(history: Sequence[PublishedRevision], latest: str | None, now: float) -> bool:
    """Whether a write may be between writing its two pointers, so that the newest revision is not
    yet `latest`.

    Parameters
    ----------
    history:
        The newest publications, in any order.
    latest:
        The latest revision; None for none.
    now:
        The registry's clock, Unix seconds.
    """
    newest = newest_of(history)
    if not newest or any(one.top_hash == latest for one in newest):
        return False
    return now - newest[0].modified.timestamp() < LONGEST_UNDER_WAY


def find_overwritten(
    before: Sequence[PublishedRevision],
    after: Sequence[PublishedRevision],
    *,
    most: int,
    ours: str,
    latest: str | None,
) -> tuple[str, ...]:
    """The revisions of others that were published during a write, from the history before and after
    it.

    Parameters
    ----------
    before, after:
        The newest publications just before the write, and in its answer; newest first.
    most:
        The maximum number of publications in `before`. If it has fewer, it is the whole history.
    ours:
        The revision that was written.
    latest:
        The latest revision when `after` was read.

    Returns
    -------
    tuple of str
        Top hashes, newest first; empty if nothing was published in between. While `latest` is ours,
        or ours has vanished from the history (docs/protocol.md, H.1), all count. Otherwise `latest`
        and newer revisions do not count if they are newer than ours, because their writers saw ours
        or are told about it. A revision between ours and `latest` does count, because `latest` may
        be built on ours, which replaced it.
    """
    known = set(before)
    oldest = min((one.modified for one in before), default=None) if len(before) >= most else None
    others = [
        one
        for one in after
        if one not in known and one.top_hash != ours and (oldest is None or one.modified >= oldest)
    ]
    own = next((one.modified for one in after if one.top_hash == ours), None)
    if own is not None and latest != ours:
        end = next((one.modified for one in after if one.top_hash == latest), None)
        others = [one for one in others if one.modified <= own or end is None or one.modified < end]
    return tuple(dict.fromkeys(one.top_hash for one in others))


def _short(top_hash: str | None) -> str:
    return "no revision" if top_hash is None else f"{top_hash[:12]}…"
