"""A revision that was read: header, entries and totals, shared and never changed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from quilt_core.manifest import DirectoryRecord, ManifestEntry, ManifestHeader, ManifestReader


class Revision:
    """A manifest in memory, as it was when it was read."""

    def __init__(self, top_hash: str, reader: ManifestReader) -> None:
        self.top_hash = top_hash
        self.header: ManifestHeader = reader.header
        self.entries: dict[str, ManifestEntry] = {}
        self.directories: dict[str, dict[str, Any]] = {}
        for record in reader:
            if isinstance(record, DirectoryRecord):
                self.directories[record.logical_key.rstrip("/")] = record.meta
            else:
                self.entries[record.logical_key] = record

    @cached_property
    def total_bytes(self) -> int:
        """The sum of all sizes, in bytes."""
        return sum(entry.size for entry in self.entries.values())

    @cached_property
    def tree(self) -> dict[str, tuple[list[str], list[str]]]:
        """For each directory's path ("" is the root): the paths of its directories and files."""
        tree: dict[str, tuple[set[str], list[str]]] = {"": (set(), [])}
        for path in self.directories:
            self._add_directory(tree, path)
        for key in self.entries:
            parent = key.rpartition("/")[0]
            self._add_directory(tree, parent)
            tree[parent][1].append(key)
        return {path: (sorted(dirs), sorted(files)) for path, (dirs, files) in tree.items()}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """For each directory's path, the bytes below it."""
        sizes = dict.fromkeys(self.tree, 0)
        for key, entry in self.entries.items():
            parent = key
            while parent:
                parent = parent.rpartition("/")[0]
                sizes[parent] += entry.size
        return sizes

    @staticmethod
    def _add_directory(tree: dict[str, tuple[set[str], list[str]]], path: str) -> None:
        while path:
            parent = path.rpartition("/")[0]
            tree.setdefault(path, (set(), []))
            siblings = tree.setdefault(parent, (set(), []))[0]
            if path in siblings:
                return
            siblings.add(path)
            path = parent
