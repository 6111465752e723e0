"""The contents of revisions, kept in memory: a revision never changes, so one listing is enough."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from quilt_core.domain.content import ContentInfo

MOST_ENTRIES = 200_000
"""The maximum number of entries of all revisions that a cache keeps, about 600 bytes each; the last
revision is kept whatever its size.
"""

ListingKey = tuple[str | None, str, str, str]
"""The identity, the registry, the package, and the top hash."""


class Listing:
    """All files of a revision, by logical key.

    Parameters
    ----------
    items:
        The files, in any order.
    """

    def __init__(self, items: Iterable[ContentInfo]) -> None:
        self.files = {item.path: item for item in items}
        self.keys = sorted(self.files)

    def is_directory(self, path: str) -> bool:
        """Whether there are files below a path; the root of an empty package is also a
        directory.
        """
        return not path or next(self.below(path), None) is not None

    def below(self, path: str) -> Iterator[str]:
        """The keys below a directory, by code points."""
        prefix = f"{path}/" if path else ""
        for position in range(bisect_left(self.keys, prefix), len(self.keys)):
            key = self.keys[position]
            if not key.startswith(prefix):
                return
            yield key

    def level(self, path: str) -> tuple[list[str], list[str]]:
        """The directories and the files of one level, with their whole paths.

        It takes one step per item that it finds, not per file of the package. A key with an empty
        part (`a//b`), which file systems cannot reach by directories, is a file of the level above.
        """
        prefix = f"{path}/" if path else ""
        directories: list[str] = []
        files: list[str] = []
        position = bisect_left(self.keys, prefix)
        while position < len(self.keys) and self.keys[position].startswith(prefix):
            key = self.keys[position]
            name, slash, _ = key[len(prefix) :].partition("/")
            if slash and name:
                directories.append(prefix + name)
                position = bisect_left(self.keys, f"{prefix}{name}0")  # "0" follows "/"
            else:
                files.append(key)
                position += 1
        return directories, files


@attrs.define
class Known:
    """What is known about a revision: its listing, or single files."""

    listing: Listing | None = None
    single: dict[str, ContentInfo | None] = attrs.field(factory=dict)
    """Files that were looked up one by one; None for a directory."""
    modified: datetime | None = None
    lock: threading.Lock = attrs.field(factory=threading.Lock, eq=False, repr=False)
    """Held while the listing is requested, so that several threads request it only once."""


class ListingCache:
    """What is known about the most recently used revisions; thread-safe.

    Parameters
    ----------
    most_entries:
        See `MOST_ENTRIES`.
    """

    def __init__(self, most_entries: int = MOST_ENTRIES) -> None:
        self._most = most_entries
        self._known: OrderedDict[ListingKey, Known] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: ListingKey) -> Known:
        """What is known about a revision, which the caller may extend."""
        with self._lock:
            known = self._known.setdefault(key, Known())
            self._known.move_to_end(key)
            return known

    def trim(self) -> None:
        """Forget the least recently used revisions until the rest is small enough."""
        with self._lock:
            sizes = {
                key: 1 + len(known.single) + (len(known.listing.keys) if known.listing else 0)
                for key, known in self._known.items()
            }
            total = sum(sizes.values())
            for key in list(self._known)[:-1]:
                if total <= self._most:
                    return
                total -= sizes[key]
                del self._known[key]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()

    def __len__(self) -> int:
        return len(self._known)
