"""Remember the hashes of files that have not been written to since."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain, islice
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
_Row = tuple[int, int, int, int, str]
"""The size, times and inode of a file, and its hash."""
_Rows = dict[str, dict[str, _Row]]
"""What is known about files, by path and type."""
_BATCH = 1000
_TOGETHER = 140
"""The number of rows that one statement saves: it has seven values for each, and SQLite may allow
only 999. A statement for each row would take much longer while other threads run, because each
releases the interpreter and has to wait for it again.
"""
MOST_AHEAD = 200
"""The maximum number of files of `HashRecords.read_ahead`; SQLite may allow only 999 values."""
_TABLE = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT, type TEXT, size INTEGER, modified INTEGER, changed INTEGER, inode INTEGER,
    value TEXT, PRIMARY KEY (path, type)
) WITHOUT ROWID
"""


class HashRecords(Closing):
    """Hashes by path, size, times and inode, in a file that all processes share. It is thread-safe.

    A context manager. If a record cannot be read or written, the file is hashed again.

    Parameters
    ----------
    enabled:
        False neither reads nor writes records.
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self._lock = threading.Lock()
        self._connection = _connect() if enabled else None
        self._new: dict[tuple[str, str], _Row] = {}
        """By path and type, until they are saved together."""
        self._ahead: tuple[_Rows, _Rows] = ({}, {})
        """What the last two calls of `read_ahead` have read."""

    def close(self) -> None:
        """Save what is new, and close the database."""
        with self._lock:
            self._save()
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def find(self, path: Path | str, state: FileState, kind: str) -> EntryHash | None:
        """The hash, of a type, that the file had in exactly this state; None if it is not known."""
        where = _absolute(path)
        row = self._new.get((where, kind))
        if row is None:
            before, last = self._ahead
            rows = last.get(where, before.get(where))
            row = (self._read([where])[where] if rows is None else rows).get(kind)
        if row is None or row[:-1] != _signed(state):
            return None
        return EntryHash(kind, row[-1])

    def read_ahead(self, paths: Sequence[str]) -> None:
        """Read what is known about files for which `find` will be called, at most `MOST_AHEAD`; one
        at a time takes five times as long.

        What the previous call has read is also kept, because other threads may not have processed
        all of its files yet.

        Parameters
        ----------
        paths:
            Absolute paths.
        """
        self._ahead = (self._ahead[1], self._read(paths))

    def _read(self, paths: Sequence[str]) -> _Rows:
        """What is saved about each of the files."""
        found: _Rows = {path: {} for path in paths}
        places = ", ".join("?" * len(paths))
        query = f"SELECT * FROM files WHERE path IN ({places})"  # noqa: S608
        with self._lock:
            if self._connection is None:
                return found
            try:
                rows = self._connection.execute(query, paths)
                for path, kind, *row in rows:
                    found[path][kind] = tuple(row)
            except UnicodeEncodeError:
                pass  # nothing is recorded about files in a folder whose name is not Unicode
            except sqlite3.Error as error:
                self._give_up(error)
        return found

    def remember(self, path: Path | str, state: FileState, found: EntryHash) -> None:
        """Remember a file's hash, unless it was changed so recently that its time cannot reveal a
        further change.
        """
        if time.time_ns() - state.modified < _SETTLED:
            return
        where = (_absolute(path), found.type)
        row = (*_signed(state), found.value)
        with self._lock:
            if self._connection is not None:
                self._new[where] = row
            if len(self._new) >= _BATCH:
                self._save()

    def _save(self) -> None:
        rows, self._new = iter([(*where, *row) for where, row in self._new.items()]), {}
        if self._connection is None:
            return
        try:
            while batch := list(islice(rows, _TOGETHER)):
                places = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(batch))
                self._connection.execute(
                    f"INSERT OR REPLACE INTO files VALUES {places}",  # noqa: S608
                    list(chain.from_iterable(batch)),
                )
            self._connection.commit()
        except UnicodeEncodeError as error:
            logger.debug("Hashes of files in a folder whose name is not Unicode: %s", error)
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


def _signed(state: FileState) -> tuple[int, int, int, int]:
    """A state as SQLite can store it: the inode as a signed integer of 64 bits."""
    inode = state.inode - (1 << 64) if state.inode >= 1 << 63 else state.inode
    return state.size, state.modified, state.changed, inode


def _connect() -> sqlite3.Connection | None:
    folder = cache_folder()
    path = folder / "hashes.sqlite"
    for attempt in range(2):
        connection = None
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=5, check_same_thread=False)
            # A crash of the system may damage the file, which only saves work. A killed process
            # does not.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_TABLE)
            connection.commit()
        except (sqlite3.DatabaseError, OSError) as error:
            logger.debug("The records of hashes in %s cannot be used: %s", path, error)
            if connection is not None:
                connection.close()
            if attempt or isinstance(error, (sqlite3.OperationalError, OSError)):
                return None
            with suppress(OSError):  # the record is damaged, but it only saves work
                path.unlink(missing_ok=True)
        else:
            return connection
    return None
