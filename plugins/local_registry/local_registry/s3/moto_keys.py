"""The keys of a bucket in order, so that a listing reads only what it answers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import Any

from moto.s3.utils import _VersionedKeyStore

_AFTER_ALL = "\U0010ffff"


class SortedKeys(_VersionedKeyStore):
    """moto's key store (name to versions, oldest first) with its names in order.

    moto sorts, and for versions copies, all keys of a bucket for each page of a listing.
    """

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []

    def __setitem__(self, key: str, value: Any) -> None:
        self._note(key)
        super().__setitem__(key, value)

    def setlist(self, key: Any, list_: Any) -> None:
        """Replace the versions of a key; those that go are disposed of."""
        self._note(key)
        kept = {id(version) for version in list_}
        for version in self.getlist(key, []):
            if id(version) not in kept and hasattr(version, "dispose"):
                version.dispose()
        dict.__setitem__(self, key, list(list_))

    def pop(self, key: str) -> None:  # type: ignore[override]  # as moto has it
        """Remove a key with all its versions; raises `KeyError`."""
        super().pop(key)
        del self._names[bisect_left(self._names, key)]

    def names(self, prefix: str, after: str | None, delimiter: str | None) -> Iterator[str]:
        """Names and common prefixes below `prefix`, in order, those after `after` only.

        A common prefix ends in the delimiter and is given once, if a key below it is not deleted.
        """
        position = bisect_left(self._names, prefix)
        if after is not None and after >= prefix:
            inside = delimiter is not None and after.endswith(delimiter) and after != prefix
            position = bisect_right(self._names, after + _AFTER_ALL if inside else after)
        while position < len(self._names) and self._names[position].startswith(prefix):
            name = self._names[position]
            end = name.find(delimiter, len(prefix)) if delimiter else -1
            if end < 0 or delimiter is None:
                if self.is_live(name):
                    yield name
                position += 1
                continue
            common = name[: end + len(delimiter)]
            beyond = bisect_right(self._names, common + _AFTER_ALL, lo=position)
            if any(self.is_live(each) for each in self._names[position:beyond]):
                yield common
            position = beyond

    def versions(
        self, prefix: str, key_marker: str | None, version_marker: str | None, delimiter: str | None
    ) -> Iterator[tuple[str, Any]]:
        """Versions and delete markers below `prefix`, by name, newest first, each as (name,
        version), and common prefixes as (prefix, `None`).

        Only what comes after `key_marker`: after its version `version_marker`, when that is given.
        """
        position = bisect_left(self._names, prefix)
        if key_marker is not None and key_marker >= prefix:
            inside = delimiter is not None and key_marker.endswith(delimiter)
            if version_marker is not None:
                position = bisect_left(self._names, key_marker)
            else:
                after = key_marker + _AFTER_ALL if inside else key_marker
                position = bisect_right(self._names, after)
        while position < len(self._names) and self._names[position].startswith(prefix):
            name = self._names[position]
            end = name.find(delimiter, len(prefix)) if delimiter else -1
            if end >= 0 and delimiter is not None:
                common = name[: end + len(delimiter)]
                yield common, None
                position = bisect_right(self._names, common + _AFTER_ALL, lo=position)
                continue
            skip = version_marker if name == key_marker else None
            for version in reversed(self.getlist(name)):
                if skip is None:
                    yield name, version
                elif str(version.version_id) == skip:
                    skip = None
            position += 1

    def is_live(self, name: str) -> bool:
        """Whether the newest version of a key is an object, not a delete marker."""
        return hasattr(self[name], "etag")

    def _note(self, key: str) -> None:
        if key not in self:
            insort(self._names, key)
