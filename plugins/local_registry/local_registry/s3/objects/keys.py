"""The keys of a bucket in order, so that a listing reads only what it answers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from local_registry.s3.objects.model import NULL, Version

_AFTER_ALL = "\U0010ffff"


class Keys:
    """Keys in the order of their UTF-8 bytes, each with its versions, oldest first."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._versions: dict[str, list[Version]] = {}

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Version]:
        """All versions and delete markers, those of a key oldest first."""
        for versions in self._versions.values():
            yield from versions

    def newest(self, key: str) -> Version | None:
        """The newest version of a key, or its delete marker."""
        versions = self._versions.get(key)
        return versions[-1] if versions else None

    def live(self, key: str) -> Version | None:
        """The newest version of a key, unless that is a delete marker."""
        newest = self.newest(key)
        return None if newest is None or newest.marker else newest

    def find(self, key: str, version_id: str) -> Version | None:
        """A version or delete marker by its id."""
        return next((v for v in self._versions.get(key, ()) if v.id == version_id), None)

    def uploaded(self, key: str, upload: str) -> Version | None:
        """The version that an upload in parts became."""
        return next((v for v in self._versions.get(key, ()) if v.upload == upload), None)

    def put(self, version: Version) -> Version | None:
        """Make a version the newest of its key; returns the one with the same id that goes."""
        old = self.remove(version.key, NULL) if version.id == NULL else None
        if version.key not in self._versions:
            insort(self._names, version.key)
        self._versions.setdefault(version.key, []).append(version)
        return old

    def replace(self, old: Version, new: Version) -> None:
        """Put a version in the place of one with the same key and id."""
        versions = self._versions[old.key]
        versions[versions.index(old)] = new

    def remove(self, key: str, version_id: str) -> Version | None:
        """Remove a version or delete marker; returns it, or `None` when it is not there."""
        found = self.find(key, version_id)
        if found is not None:
            versions = self._versions[key]
            versions.remove(found)
            if not versions:
                del self._versions[key]
                del self._names[bisect_left(self._names, key)]
        return found

    def objects(
        self, prefix: str, after: str | None, delimiter: str | None
    ) -> Iterator[tuple[str, Version | None]]:
        """Keys with their live versions below `prefix`, in order, and common prefixes as (prefix,
        `None`); those after `after` only.

        A common prefix ends in the delimiter and is given once, if a key below it is not deleted.
        """
        position = bisect_left(self._names, prefix)
        if after is not None and after >= prefix:
            inside = delimiter is not None and after.endswith(delimiter) and after != prefix
            position = bisect_right(self._names, after + _AFTER_ALL if inside else after)
        while position < len(self._names) and self._names[position].startswith(prefix):
            name = self._names[position]
            common = _common(name, prefix, delimiter)
            if common is None:
                version = self.live(name)
                if version is not None:
                    yield name, version
                position += 1
                continue
            beyond = bisect_right(self._names, common + _AFTER_ALL, lo=position)
            if any(self.live(self._names[at]) for at in range(position, beyond)):
                yield common, None
            position = beyond

    def versions(
        self, prefix: str, key_marker: str | None, version_marker: str | None, delimiter: str | None
    ) -> Iterator[tuple[str, Version | None]]:
        """Versions and delete markers below `prefix`, by key, newest first, each as (key,
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
            common = _common(name, prefix, delimiter)
            if common is not None:
                yield common, None
                position = bisect_right(self._names, common + _AFTER_ALL, lo=position)
                continue
            skip = version_marker if name == key_marker else None
            for version in reversed(self._versions[name]):
                if skip is None:
                    yield name, version
                elif version.id == skip:
                    skip = None
            position += 1


def _common(name: str, prefix: str, delimiter: str | None) -> str | None:
    end = name.find(delimiter, len(prefix)) if delimiter else -1
    return None if end < 0 or delimiter is None else name[: end + len(delimiter)]
