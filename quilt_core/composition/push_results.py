"""What a push has done with its files: which are new or changed, and the entries to publish."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from quilt_core.composition.holdings import Holdings
from quilt_core.composition.push_plan import PushPlan
from quilt_core.composition.uploads import FileChange, Prepared
from quilt_core.domain.entries import NewEntry
from quilt_core.domain.uris import ObjectUri, S3Uri
from quilt_core.json_values import is_same_json
from quilt_core.transfer.spool import Spool


@attrs.frozen(kw_only=True)
class PushedFiles:
    """The files of a push, as they compare with the latest revision."""

    keys: Mapping[FileChange, tuple[str, ...]]
    """The logical keys of each kind, in path-component order."""
    total_bytes: int
    uploads: int
    """The number of objects that were written or, in a dry run, would be."""
    uploaded_bytes: int

    @classmethod
    def of(cls, prepared: Iterable[Prepared]) -> PushedFiles:
        """The files of a push, which are read several times, so that only their keys are in
        memory.
        """
        kinds: Counter[FileChange] = Counter()
        total = uploads = uploaded = 0
        for one in prepared:
            kinds[one.change] += 1
            total += one.size
            if one.uploaded:
                uploads += 1
                uploaded += one.size

        def keys(kind: FileChange) -> tuple[str, ...]:
            if not kinds[kind]:
                return ()
            return tuple(one.key for one in prepared if one.change is kind)

        return cls(
            keys={kind: keys(kind) for kind in FileChange},
            total_bytes=total,
            uploads=uploads,
            uploaded_bytes=uploaded,
        )


class PlannedEntries(Collection[NewEntry]):
    """The entries of a push in path-component order, before its files are uploaded: without hashes
    and versions.

    Parameters
    ----------
    plan:
        The files, which are read by each iteration.
    holdings:
        The latest revision.
    target:
        Returns the address for the object of a logical key.
    """

    def __init__(
        self, plan: PushPlan, holdings: Holdings, target: Callable[[str], ObjectUri]
    ) -> None:
        self._plan = plan
        self._holdings = holdings
        self._target = target

    def __len__(self) -> int:
        return len(self._plan.items)

    def __iter__(self) -> Iterator[NewEntry]:
        given = self._plan.request.entry_metadata
        for item, former in self._holdings.with_formers(self._plan.items):
            _, metadata = _metadata(former.metadata_json if former else None, given.get(item.key))
            source = self._plan.content(item)
            if isinstance(source, S3Uri):
                yield NewEntry(item.key, source, metadata or None)
            else:
                yield NewEntry(item.key, self._target(item.key), metadata or None, item.size)

    def __contains__(self, entry: object) -> bool:
        return any(entry == one for one in self)


class PushedEntries(Collection[NewEntry]):
    """The entries of a push in path-component order, made from its results by each iteration.

    Parameters
    ----------
    prepared:
        The files of the push, which are read by each iteration.
    metadata:
        The user metadata that the caller gives, by logical key; other files keep theirs.
    only_changes:
        Whether files are left out that an update keeps unchanged, with their metadata.
    """

    def __init__(
        self,
        prepared: Spool[Prepared],
        metadata: Mapping[str, Mapping[str, Any]],
        *,
        only_changes: bool,
    ) -> None:
        self._prepared = prepared
        self._metadata = metadata
        self._only_changes = only_changes
        self._count = sum(1 for _ in self) if only_changes else len(prepared)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[NewEntry]:
        for one in self._prepared:
            present, metadata = _metadata(one.former_metadata, self._metadata.get(one.key))
            is_same = is_same_json(metadata, present)
            is_kept = one.change is FileChange.UNCHANGED and is_same
            if not (self._only_changes and is_kept):
                yield NewEntry(one.key, one.uri, metadata or None, one.size, one.hash)

    def __contains__(self, entry: object) -> bool:
        return any(entry == one for one in self)

    def __repr__(self) -> str:
        return f"<{self._count} entries of a push>"


def _metadata(
    former: bytes | None, given: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The user metadata of an entry before the push, and after it."""
    present = json.loads(former) if former else {}
    return present, present if given is None else dict(given)
