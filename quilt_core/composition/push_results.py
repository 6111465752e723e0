"""What a push has done with its files: which are new or changed, and the entries to publish."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator

import attrs

from quilt_core.composition.push_plan import PushPlan
from quilt_core.composition.uploads import FileChange, Prepared
from quilt_core.domain.entries import NewEntry


@attrs.frozen(kw_only=True)
class PushedFiles:
    """The files of a push by logical key, as they compare with the latest revision."""

    keys: dict[FileChange, tuple[str, ...]]
    """The keys of each kind, in path-component order."""
    total_bytes: int
    uploads: int
    """The number of objects that were written or, in a dry run, would be."""
    uploaded_bytes: int

    @classmethod
    def of(cls, plan: PushPlan, prepared: Iterable[Prepared]) -> PushedFiles:
        """The files of a plan, all of which are prepared."""
        keys: dict[FileChange, list[str]] = {kind: [] for kind in FileChange}
        total = uploads = uploaded = 0
        for key, one in zip(plan.keys(), prepared, strict=True):
            keys[one.change].append(key)
            total += one.size
            if one.uploaded:
                uploads += 1
                uploaded += one.size
        return cls(
            keys={kind: tuple(some) for kind, some in keys.items()},
            total_bytes=total,
            uploads=uploads,
            uploaded_bytes=uploaded,
        )

    def numbered(self, prepared: Iterable[Prepared]) -> Iterator[tuple[str, Prepared]]:
        """The prepared files with their keys, of which there is only one copy in memory."""
        remaining = {kind: iter(some) for kind, some in self.keys.items()}
        return ((next(remaining[one.change]), one) for one in prepared)


class PushedEntries(Collection[NewEntry]):
    """The entries of a push in path-component order, made from its results by each iteration.

    Parameters
    ----------
    plan:
        The push.
    files, prepared:
        Its results.
    only_changes:
        Whether files are left out that an update keeps unchanged, with their metadata.
    """

    def __init__(
        self,
        plan: PushPlan,
        files: PushedFiles,
        prepared: Iterable[Prepared],
        *,
        only_changes: bool,
    ) -> None:
        self._metadata = plan.request.entry_metadata
        self._files = files
        self._prepared = prepared
        self._only_changes = only_changes
        self._count = len(plan.items)
        if only_changes:
            self._count = sum(1 for _ in self._entries())

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[NewEntry]:
        for key, one, metadata in self._entries():
            yield NewEntry(key, one.uri, metadata or None, one.size, one.hash)

    def __contains__(self, entry: object) -> bool:
        return any(entry == one for one in self)

    def __repr__(self) -> str:
        return f"<{self._count} entries of a push>"

    def _entries(self) -> Iterator[tuple[str, Prepared, dict[str, object]]]:
        for key, one in self._files.numbered(self._prepared):
            present = json.loads(one.former_metadata) if one.former_metadata else {}
            given = self._metadata.get(key)
            metadata = present if given is None else dict(given)
            is_kept = one.change is FileChange.UNCHANGED and metadata == present
            if not (self._only_changes and is_kept):
                yield key, one, metadata
