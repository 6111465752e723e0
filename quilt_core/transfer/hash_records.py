"""Remember the hashes of files that have not been written to since."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from pathlib import Path

from quilt_core.manifest import EntryHash
from quilt_core.transfer.cache_folder import cache_folder
from quilt_core.transfer.closing import Closing
from quilt_core.transfer.folders import FileState

logger = logging.getLogger("quilt_core.transfer")

_SETTLED = 2_000_000_000
"""The number of nanoseconds after which a file's time shows that it was changed again: the coarsest
file systems use steps of two seconds.
"""
_BATCH = 1000
_TABLE = """
CREATE TABLE IF NOT EXISTS hashes (
    path TEXT, type TEXT, size INTEGER, modified INTEGER, inode INTEGER, value TEXT,
    PRIMARY KEY (path, type)
) WITHOUT ROWID
"""


class HashRecords(Closing):
    """Hashes by path, size, time and inode, in a file that all processes share. It is thread-safe.

    A context manager. If a record cannot be read or written, the file is hashed again.

    Parameters
    ----------
    enabled:
        False neither reads nor writes records.
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self._lock = threading.Lock()
        self._connection = _connect() if enabled else None
        self._new: dict[tuple[str, str], tuple[int, int, int, str]] = {}
        """Size, time, inode and hash by path and type, until they are saved together."""

    def close(self) -> None:
        """Save what is new, and close the database."""
        with self._lock:
            self._save()
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def find(self, path: Path | str, state: FileState, kind: str) -> EntryHash | None:
        """The hash, of a type, that the file had in exactly this state; None if it is not known."""
        where, signed = _absolute(path), _signed(state.inode)
        wanted = (state.size, state.modified, signed)
        with self._lock:
            new = self._new.get((where, kind))
            if new is not None:
                return EntryHash(kind, new[3]) if new[:3] == wanted else None
            if self._connection is None:
                return None
            try:
                row = self._connection.execute(
                    "SELECT value FROM hashes WHERE path = ? AND type = ? AND size = ? "
                    "AND modified = ? AND inode = ?",
                    (where, kind, *wanted),
                ).fetchone()
            except sqlite3.Error as error:
                self._give_up(error)
                return None
        return None if row is None else EntryHash(kind, row[0])

    def remember(self, path: Path | str, state: FileState, found: EntryHash) -> None:
        """Remember a file's hash, unless it was changed so recently that its time cannot reveal a
        further change.
        """
        if time.time_ns() - state.modified < _SETTLED:
            return
        where = (_absolute(path), found.type)
        row = (state.size, state.modified, _signed(state.inode), found.value)
        with self._lock:
            if self._connection is not None:
                self._new[where] = row
            if len(self._new) >= _BATCH:
                self._save()

    def _save(self) -> None:
        rows, self._new = [(*where, *row) for where, row in self._new.items()], {}
        if self._connection is None:
            return
        try:
            self._connection.executemany(
                "INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?, ?, ?)", rows
            )
            self._connection.commit()
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: sqlite3.Error) -> None:
        logger.debug("The records of hashes are no longer used: %s", error)
        assert self._connection is not None  # noqa: S101 - the callers have looked
        self._connection.close()
        self._connection = None


def _absolute(path: Path | str) -> str:
    """The absolute path as text; an absolute path that is text already is not parsed."""
    if isinstance(path, str) and os.path.isabs(path):  # noqa: PTH117
        return path
    return str(Path(path).absolute())


def _signed(inode: int) -> int:
    """An inode as SQLite can store it: as a signed integer of 64 bits."""
    inode &= (1 << 64) - 1
    return inode - (1 << 64) if inode >= 1 << 63 else inode


def _connect() -> sqlite3.Connection | None:
    folder = cache_folder()
    path = folder / "hashes.sqlite"
    for attempt in range(2):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=5, check_same_thread=False)
            # A crash of the system may damage the file, which only saves work. A killed process
            # does not.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_TABLE)
            connection.commit()
        except sqlite3.DatabaseError as error:
            logger.debug("The records of hashes in %s cannot be read: %s", path, error)
            if attempt or isinstance(error, sqlite3.OperationalError):
                return None
            path.unlink(missing_ok=True)  # the record is damaged, but it only saves work
        except OSError as error:
            logger.debug("There are no records of hashes: %s", error)
            return None
        else:
            return connection
    return None
