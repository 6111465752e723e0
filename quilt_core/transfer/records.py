"""Records of one transfer, one JSON object per line, from which the next run continues if this one
is killed.

A line is written after something has happened; a line that was cut short is ignored.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from quilt_core.manifest import EntryHash
from quilt_core.transfer.cache_folder import private_draft, private_file
from quilt_core.transfer.closing import Closing
from quilt_core.transfer.folders import FileState
from quilt_core.transfer.safe_paths import real_path

logger = logging.getLogger("quilt_core.transfer")
T = TypeVar("T")
_encode = msgspec.json.Encoder().encode
_A_WEEK = 7 * 24 * 3600


class Upload(msgspec.Struct, frozen=True):
    """An object that was written for a revision that is not published yet."""

    uri: str
    size: int
    hash: EntryHash
    at: float
    """Seconds since 1970."""


class Written(msgspec.Struct, frozen=True):
    """A file that a download wrote: its key, and the state in which it left the file."""

    key: str
    state: FileState


class _Lines:
    """A file of records; without a path (None), nothing is kept.

    The threads of a transfer append at the same time. One of them writes for all: a lock that each
    would hold while it writes its own line would let only one of the threads go on at a time.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._waiting: deque[bytes] = deque()
        self._writing = threading.Lock()
        self._file: IO[bytes] | None = None

    def append(self, record: msgspec.Struct) -> None:
        if self._path is None:
            return
        # The line break comes first, so that a line that a crash cut short stays separate.
        self._waiting.append(b"\n" + _encode(record))
        # The writing thread looks once more after releasing the lock, so that no line stays behind.
        while self._waiting and self._writing.acquire(blocking=False):
            try:
                self._write(self._path)
            finally:
                self._writing.release()

    def _write(self, path: Path) -> None:
        lines = b""
        while self._waiting:
            lines += self._waiting.popleft()
        try:
            if self._file is None or os.fstat(self._file.fileno()).st_nlink == 0:
                self._open(path)  # for the first time, or another process removed it
            assert self._file is not None  # noqa: S101 - it has just been opened
            self._file.write(lines)
        except OSError as error:
            logger.debug("The record %s cannot be written: %s", path, error)

    def _open(self, path: Path) -> None:
        if self._file is not None:
            self._file.close()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._file = os.fdopen(os.open(path, flags, 0o600), "ab", buffering=0)

    def close(self) -> None:
        with self._writing, contextlib.suppress(OSError):
            if self._file is not None:
                self._file.close()
            self._file = None

    def read(self, kind: type[T]) -> Iterator[T]:
        if self._path is None:
            return
        decode = msgspec.json.Decoder(kind).decode
        with contextlib.suppress(OSError), self._path.open("rb") as lines:
            for line in lines:
                with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
                    yield decode(line)

    def replace(self, records: list[Written]) -> None:
        if self._path is None:
            return
        self.close()
        lines = (b"\n" + msgspec.json.encode(record) for record in records)
        try:
            with private_draft(self._path, lines) as draft:
                draft.replace(self._path)
        except OSError as error:
            logger.debug("The record %s cannot be written: %s", self._path, error)

    def remove(self) -> None:
        self.close()
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)


class _Record(Closing):
    """A record of one transfer; a context manager that closes its file at the end."""

    def __init__(self, path: Path | None) -> None:
        self._lines = _Lines(path)

    def close(self) -> None:
        """Close the file."""
        self._lines.close()


def _file(kind: str, *name: str) -> Path | None:
    try:
        return private_file(kind, *name)
    except OSError as error:
        logger.debug("There are no records of transfers: %s", error)
        return None


class UploadRecord(_Record):
    """The objects that pushes to a package have written and not published yet; thread-safe.

    A context manager that closes the file.

    Parameters
    ----------
    registry, package_name:
        The destination of the push.
    enabled:
        False neither reads nor writes records.
    """

    def __init__(self, registry: str, package_name: str, *, enabled: bool = True) -> None:
        super().__init__(_file("uploads", registry, package_name) if enabled else None)

    def uploads(self) -> Iterator[Upload]:
        """The objects that earlier runs wrote in the last week."""
        oldest = time.time() - _A_WEEK
        return (one for one in self._lines.read(Upload) if one.at >= oldest)

    def add(self, uri: str, size: int, found: EntryHash) -> None:
        """Record that an object was written."""
        self._lines.append(Upload(uri, size, found, time.time()))

    def published(self) -> None:
        """Forget everything, because a revision now refers to it."""
        self._lines.remove()


class DownloadRecord(_Record):
    """The files that downloads of a package have written into a folder; thread-safe.

    A context manager that closes the file.

    Parameters
    ----------
    registry, package_name, folder:
        The package, and the folder to which it is downloaded.
    """

    def __init__(self, registry: str, package_name: str, folder: Path) -> None:
        super().__init__(_file("downloads", registry, package_name, str(real_path(folder))))

    def files(self, among: Collection[str] | None = None) -> dict[str, Written]:
        """The files that are known to have been written, each as it was last written; only those
        with these keys, if they are given.
        """
        if among is not None and not among:
            return {}
        lines = self._lines.read(Written)
        return {one.key: one for one in lines if among is None or one.key in among}

    def add(self, written: Written) -> None:
        """Record that a file was written."""
        self._lines.append(written)

    def replace(self, files: list[Written]) -> None:
        """Forget everything except these files."""
        self._lines.replace(files)
