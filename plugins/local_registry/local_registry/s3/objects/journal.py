"""The journal: a file with successive records, each with its length and checksums."""

from __future__ import annotations

import logging
import os
import struct
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_LOGGER = logging.getLogger("local_registry")
_MAGIC = b"QLRj"
_HEAD = struct.Struct("<4sII")  # magic, length and CRC-32 of the payload; then their own CRC-32
_CRC = struct.Struct("<I")
_HEAD_SIZE = _HEAD.size + _CRC.size


class DamagedError(OSError):
    """Something in the data folder is damaged."""


class Journal:
    """An append-only file; `append` and `sync` may be called from many threads.

    `sync` is a group commit: a waiting caller is done when another caller's later `sync` has
    covered its records.
    """

    def __init__(self, path: Path) -> None:
        """Open the journal, or make an empty one; raises `OSError`."""
        self.path = path
        new = not path.exists()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        path.chmod(0o600)
        self.end = os.fstat(self._file).st_size
        self._synced = self.end
        self._syncing = threading.Lock()
        self._broken: OSError | None = None
        if new:
            sync_folder(path.parent)

    def read(self) -> Iterator[bytes]:
        """All payloads, in their order. A last record that was cut short is cut off: nobody was
        told that it had been kept.

        Raises `DamagedError` when there are whole records behind one that is not whole.
        """
        data = self.path.read_bytes()
        position = 0
        while position < len(data):
            payload = _record(data, position)
            if payload is None:
                self._cut(data, position)
                break
            yield payload
            position += _HEAD_SIZE + len(payload)

    def append(self, payloads: Iterable[bytes]) -> int:
        """Write records behind the last one, all or none; returns where the file ends then.

        The caller sees to it that appends follow one another. Raises `OSError`.
        """
        self._refuse_if_broken()
        data = b"".join(_framed(payload) for payload in payloads)
        try:
            os.lseek(self._file, self.end, os.SEEK_SET)
            written = 0
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError:
            os.ftruncate(self._file, self.end)
            raise
        self.end += len(data)
        return self.end

    def sync(self, end: int) -> None:
        """Return when everything up to `end` is on the disk.

        Raises `OSError` if writing to the disk fails. It is then not known what is on it, so every
        later append is refused.
        """
        if self._synced >= end:
            return
        with self._syncing:
            self._refuse_if_broken()
            if self._synced >= end:
                return
            reached = self.end
            try:
                os.fsync(self._file)
            except OSError as error:
                self._broken = error
                raise
            self._synced = reached

    def rewrite(self, payloads: Iterable[bytes]) -> None:
        """Replace the whole journal, at once; raises `OSError` and leaves the old one then."""
        fresh = self.path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        journal = Journal(fresh)
        for payload in payloads:
            journal.append([payload])
        journal.sync(journal.end)
        fresh.replace(self.path)
        sync_folder(self.path.parent)
        os.close(self._file)
        self._file, self.end, self._synced = journal._file, journal.end, journal._synced

    def close(self) -> None:
        """Sync and close."""
        try:
            self.sync(self.end)
        finally:
            os.close(self._file)

    def _refuse_if_broken(self) -> None:
        if self._broken is not None:
            raise OSError(
                f"{self.path} takes nothing more: an earlier write could not be brought to the "
                f"disk ({self._broken}). Start the registry again."
            )

    def _cut(self, data: bytes, position: int) -> None:
        at = data.find(_MAGIC, position + 1)
        while at >= 0:
            if _record(data, at) is not None:
                raise DamagedError(
                    f"{self.path} is damaged at byte {position}: there are whole records behind "
                    "one that is not whole. Restore the folder from a copy, or start with an "
                    "empty one."
                )
            at = data.find(_MAGIC, at + 1)
        _LOGGER.warning(
            "%s: the last record was cut short when the registry was ended; its %d bytes are left "
            "out",
            self.path,
            len(data) - position,
        )
        os.ftruncate(self._file, position)
        os.fsync(self._file)
        self.end = self._synced = position


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk."""
    if os.name != "posix":  # Windows has no handles of folders to sync
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _framed(payload: bytes) -> bytes:
    head = _HEAD.pack(_MAGIC, len(payload), zlib.crc32(payload))
    return head + _CRC.pack(zlib.crc32(head)) + payload


def _record(data: bytes, position: int) -> bytes | None:
    start = position + _HEAD_SIZE
    if start > len(data):
        return None
    head = data[position : position + _HEAD.size]
    magic, length, crc = _HEAD.unpack(head)
    if magic != _MAGIC or _CRC.unpack_from(data, position + _HEAD.size)[0] != zlib.crc32(head):
        return None
    payload = data[start : start + length]
    return payload if len(payload) == length and zlib.crc32(payload) == crc else None
