"""The bytes of a file that is pushed, and their hashes."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from quilt_core import deadline
from quilt_core.composition.budget import IN_MEMORY
from quilt_core.composition.push_plan import PushItem
from quilt_core.errors import ValidationError
from quilt_core.manifest import SHA256_CHUNKED, EntryHash, chunked_sha256
from quilt_core.transfer.chunk_digests import share_digests
from quilt_core.transfer.folders import FileState
from quilt_core.transfer.hash_records import HashRecords
from quilt_core.transfer.hashing import file_blocks, hash_data, hash_path

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_PROCESSORS = threading.BoundedSemaphore(os.cpu_count() or 1)


class PushedContent:
    """The bytes of a file, which are read only once if there are few, and their hashes by type.

    Parameters
    ----------
    item:
        The file in the plan.
    source:
        Its absolute path, or its bytes.
    records:
        The hashes of files that earlier runs computed.
    """

    __slots__ = ("_data", "_hashes", "_path", "_records", "_state", "key", "size")

    def __init__(self, item: PushItem, source: str | bytes, records: HashRecords) -> None:
        self.key = item.key
        self.size = item.size
        self._state = item.state
        self._path = source if isinstance(source, str) else ""
        self._data = None if isinstance(source, str) else source
        self._records = records
        self._hashes: dict[str, EntryHash] = {}

    def hash(self, kind: str) -> EntryHash:
        """The hash of a type, from the records if they have it."""
        if kind not in self._hashes:
            self._hashes[kind] = self._find(kind)
        return self._hashes[kind]

    def known(self, kind: str) -> EntryHash | None:
        """The hash of a type, if it has already been computed."""
        return self._hashes.get(kind)

    def _find(self, kind: str) -> EntryHash:
        if self._state is not None and self._data is None:
            found = self._records.find(self._path, self._state, kind)
            if found is not None:
                self.check_unchanged()
                return found
        source = self.source()
        if isinstance(source, bytes):
            return self._remember(hash_data(kind, source))
        deadline.acquire(_PROCESSORS)  # more at once would only end later
        try:
            found = self._hash_file(kind, source)
        except ValueError:
            raise changed(self.key) from None
        finally:
            _PROCESSORS.release()
        self.check_unchanged()
        return self._remember(found)

    def _hash_file(self, kind: str, path: Path) -> EntryHash:
        if kind != SHA256_CHUNKED:
            return hash_path(kind, path, self.size)
        digests = bytearray()
        with path.open("rb") as file:
            found = chunked_sha256(file_blocks(file, self.size), self.size, digests)
        share_digests(found, bytes(digests))
        return found

    def learn(self, found: EntryHash) -> None:
        """Keep the hash that an upload has computed, also for the next push."""
        if self._hashes.get(found.type) != found:
            self._hashes[found.type] = self._remember(found)

    def _remember(self, found: EntryHash) -> EntryHash:
        if self._state is not None:
            self._records.remember(self._path, self._state, found)
        return found

    def source(self) -> Path | bytes:
        """The source of the upload: the bytes of a small file, the path of a large one."""
        if self._data is None:
            if self.size >= IN_MEMORY:
                return Path(self._path)
            file = os.open(self._path, _READ)  # a file object costs as much as reading 4 KiB
            try:
                data = os.read(file, self.size + 1)
                while len(data) < self.size and (more := os.read(file, self.size + 1 - len(data))):
                    data += more  # some file systems return less at once
                after = FileState.of(os.fstat(file))
            finally:
                os.close(file)
            if len(data) != self.size or after != self._state:
                raise changed(self.key)
            self._data = data
        return self._data

    def check_unchanged(self) -> None:
        """Raise `ValidationError` if the file was changed since the push began."""
        if self._state is not None and FileState.of(os.stat(self._path)) != self._state:  # noqa: PTH116
            raise changed(self.key)


def changed(key: str) -> ValidationError:
    """The error for a file that is changed while it is pushed."""
    return ValidationError(
        "it changed while it was read",
        hint="Push again when nothing writes to the files any more.",
        context={"logical_key": key},
    )
