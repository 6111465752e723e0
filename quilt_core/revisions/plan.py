"""The plan of a write: how it combines existing and new entries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import attrs

from quilt_core.domain.entries import NewEntry
from quilt_core.domain.names import PackageName, Registry
from quilt_core.errors import NotFoundError
from quilt_core.manifest import ManifestEntry, sort_key, spooled


@attrs.frozen(kw_only=True)
class RevisionPlan:
    """The content of a revision to be written; everything in path-component order."""

    kept: Collection[ManifestEntry]
    """Existing entries that stay as they are; in a temporary file if there are many."""
    new: Collection[NewEntry]
    """New entries, which a push reads from a file."""
    added: tuple[str, ...]
    """Logical keys that are added."""
    replaced: tuple[str, ...]
    """Logical keys that are replaced."""
    removed: tuple[str, ...]
    """Logical keys that are removed."""
    user_meta: Mapping[str, Any] | None
    """The package's user metadata; None writes none at all, an empty one stays empty."""

    @property
    def total_entries(self) -> int:
        """Number of files in the new revision."""
        return len(self.kept) + len(self.new)


def plan_create(entries: Collection[NewEntry], metadata: Mapping[str, Any] | None) -> RevisionPlan:
    """A revision that holds exactly `entries`, whatever was there before."""
    new, keys = _ordered(entries)
    return RevisionPlan(
        kept=(),
        new=new,
        added=keys,
        replaced=(),
        removed=(),
        user_meta=None if metadata is None else dict(metadata),
    )


def plan_update(
    existing: Iterable[ManifestEntry],
    user_meta: Mapping[str, Any] | None,
    *,
    entries: Collection[NewEntry],
    metadata: Mapping[str, Any] | None,
    remove: Iterable[str],
    package_name: PackageName,
    registry: Registry,
) -> RevisionPlan:
    """A revision based on existing entries.

    A new entry replaces the entry with its key, everything below its key, and a file whose key is a
    directory in its path. All other entries stay unless `remove` names them or a directory above
    them.

    Parameters
    ----------
    existing, user_meta:
        The base revision, which is read once, and not held in memory if it is in path-component
        order; `user_meta` is None if it has none.
    entries:
        What to add or replace.
    metadata:
        Metadata that is merged into `user_meta` at the top level; None leaves it unchanged.
    remove:
        Logical keys or directories to remove.
    package_name, registry:
        For messages.

    Raises
    ------
    NotFoundError
        When something in `remove` is neither an entry nor a directory; it names all of them.
    BackendError
        When many entries are kept, and there is no space on the disk for them.
    """
    new, keys = _ordered(entries)
    new_keys = set(keys)
    above_new = {parent for key in new_keys for parent in parents(key)}
    wanted_gone = frozenset(remove)
    named: set[str] = set()
    replaced, removed = [], []

    def survivors() -> Iterator[ManifestEntry]:
        directory, is_gone = "", False
        for entry in existing:
            key = entry.logical_key
            above = key.rpartition("/")[0]
            if above != directory:  # which is true for one entry of many
                directory, path = above, (above, *parents(above)) if above else ()
                naming = wanted_gone.intersection(path)
                is_gone = bool(naming or new_keys.intersection(path))
                named.update(naming)
            if key in wanted_gone:
                named.add(key)
            if key in new_keys:
                replaced.append(key)
            elif is_gone or key in wanted_gone or key in above_new:
                removed.append(key)
            else:
                yield entry

    kept = spooled(survivors())
    unmatched = wanted_gone - named
    if unmatched:
        raise _nothing_to_remove(sorted(unmatched, key=sort_key), package_name, registry)
    return RevisionPlan(
        kept=kept,
        new=new,
        added=tuple(sorted(new_keys.difference(replaced), key=sort_key)),
        replaced=tuple(sorted(replaced, key=sort_key)),
        removed=tuple(sorted(removed, key=sort_key)),
        user_meta=merge_metadata(user_meta, metadata),
    )


def plan_promotion(
    entries: Iterable[ManifestEntry], user_meta: Mapping[str, Any] | None
) -> RevisionPlan:
    """A revision with the same content as another one; all entries count as added."""
    kept = spooled(entries)
    return RevisionPlan(
        kept=kept,
        new=(),
        added=tuple(entry.logical_key for entry in kept),
        replaced=(),
        removed=(),
        user_meta=None if user_meta is None else dict(user_meta),
    )


def merge_metadata(
    present: Mapping[str, Any] | None, changes: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The metadata after a merge at the top level; None if there is none before and after."""
    if not changes:
        return None if present is None else dict(present)
    return {**(present or {}), **changes}


def _ordered(entries: Collection[NewEntry]) -> tuple[Collection[NewEntry], tuple[str, ...]]:
    """The entries in path-component order, and their keys; if they already are in this order, the
    entries need not fit in memory.
    """
    keys = tuple(entry.logical_key for entry in entries)
    if all(first <= second for first, second in pairwise(map(sort_key, keys))):
        return entries, keys
    ordered = tuple(sorted(entries, key=lambda entry: sort_key(entry.logical_key)))
    return ordered, tuple(entry.logical_key for entry in ordered)


def parents(logical_key: str) -> tuple[str, ...]:
    """The directories that contain a logical key, the nearest first."""
    found = []
    parent = logical_key.rpartition("/")[0]
    while parent:
        found.append(parent)
        parent = parent.rpartition("/")[0]
    return tuple(found)


def _nothing_to_remove(
    keys: list[str], package_name: PackageName, registry: Registry
) -> NotFoundError:
    return NotFoundError(
        f"{package_name} in {registry} holds no {', '.join(map(repr, keys))} to remove.",
        hint="Pass logical keys or directories as shown by browse_content.",
        context={"package": str(package_name), "registry": registry.url, "remove": keys},
    )
