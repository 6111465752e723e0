"""A quilt3 package whose entries are streamed. Importing this imports quilt3.

quilt3 holds a package as a tree of objects, which takes a gigabyte for a million entries. To
validate and serialise it, quilt3 only walks over it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from quilt3 import Package
from quilt3.packages import PackageEntry
from quilt3.util import QuiltException, validate_key

from quilt3_backend.packages.quilt3_registry import ConnectionRegistry, StoredKey
from quilt3_backend.quilt3_import import untracked
from quilt_core.disk_errors import disk_errors
from quilt_core.manifest import (
    DirectoryRecord,
    ManifestEntry,
    ManifestHeader,
    compute_top_hash,
    sort_key,
)
from quilt_core.manifest.order import temporary_file
from quilt_core.manifest.write import entry_record
from quilt_core.revisions.plan import parents


class StreamedPackage(Package):  # type: ignore[misc]
    """A package of which quilt3 holds only the metadata.

    Parameters
    ----------
    entries:
        Sorted by path component, each with its hash and size; read from the beginning for each
        walk.
    directories:
        The directories that have metadata.
    """

    def __init__(
        self, entries: Collection[ManifestEntry], directories: Iterable[DirectoryRecord]
    ) -> None:
        super().__init__()
        self._stream = entries
        self._directory_metas = {
            record.logical_key.rstrip("/"): record.meta for record in directories
        }
        self._directory_paths = {
            part for path in self._directory_metas for part in (path, *parents(path))
        }

    def walk(self) -> Iterator[tuple[str, PackageEntry]]:
        """All entries with their keys, as quilt3 needs them to apply a schema."""
        for entry in self.checked():
            found = entry.hash and {"type": entry.hash.type, "value": entry.hash.value}
            place = StoredKey(entry.physical_key)
            yield entry.logical_key, PackageEntry(place, entry.size, found, entry.meta)

    @property
    def manifest(self) -> Iterator[dict[str, Any]]:
        """The records of the manifest, which quilt3 writes."""
        yield self._meta
        for path in sorted(self._directory_metas, key=sort_key):
            if self._directory_metas[path]:
                yield {"logical_key": f"{path}/", "meta": self._directory_metas[path]}
        yield from map(entry_record, self.checked())

    @property
    def top_hash(self) -> str:
        """The same as quilt3 computes, in a tenth of the time."""
        return compute_top_hash(ManifestHeader.from_dict(self._meta), self._stream)

    def checked(self) -> Iterator[ManifestEntry]:
        """All entries; raises `QuiltException` for a key that quilt3 does not allow."""
        last = "/"
        for entry in self._stream:
            key = entry.logical_key
            validate_key(key)
            # Keys below a file would follow it immediately.
            if key.startswith(last) or key in self._directory_paths:
                file = key if key in self._directory_paths else last[:-1]
                raise QuiltException(f"{file!r} is a file and a directory")
            last = f"{key}/"
            yield entry

    def _calculate_missing_hashes(self) -> None:
        """Nothing: all are known."""

    def _push_manifest(self, name: str, registry: ConnectionRegistry, top_hash: str) -> None:
        with temporary_file() as file:
            with disk_errors():
                untracked(type(self).dump)(self, file)
            registry.push_file(top_hash, file)
