"""One SQLite database behind one lock: short statements, many threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

_JOURNALS = ("-wal", "-shm", "-journal")


def _keep_private(path: Path) -> None:
    """Make the file readable for its owner only, before anything is written into it.

    It holds keys, whatever the permissions of its folder. SQLite gives those of the database to
    the journals that it makes beside it; journals that a crash left are fixed, too.
    """
    path.touch(mode=0o600)
    for file in (path, *(path.with_name(path.name + end) for end in _JOURNALS)):
        if file.exists():
            file.chmod(0o600)


class Database:
    """The registry's SQLite database, in memory or in a file; safe to share between threads.

    All statements go through one connection and one re-entrant lock: each takes microseconds, and
    nothing can see half of a transaction.
    """

    def __init__(self, path: Path | None) -> None:
        """Open (and make, when new) the database at `path`; `None` keeps it in memory.

        Only its owner can read the file, because it contains the key that signs tokens. Raises
        `sqlite3.DatabaseError` for a file that is not a database of this kind or is damaged, and
        `OSError`.
        """
        if path is not None:
            _keep_private(path)
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA foreign_keys = ON")
        # What was acknowledged is on the disk, in the database itself: SQLite takes damage within a
        # write-ahead log for the log's end, and would silently leave out what came after it.
        self._connection.execute("PRAGMA journal_mode = TRUNCATE")
        self._connection.execute("PRAGMA synchronous = FULL")
        found = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(f"{path} is damaged: {found}")
        schema = resources.files("local_registry.state").joinpath("schema.sql")
        self._connection.executescript(f"BEGIN; {schema.read_text(encoding='utf-8')} COMMIT;")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner transaction is part of the outer one."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if outermost:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def all(self, sql: str, *parameters: object) -> list[sqlite3.Row]:
        """The rows of a query; none for text that is not valid Unicode, which no row has."""
        with self._lock:
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except UnicodeEncodeError:
                return []

    def one(self, sql: str, *parameters: object) -> sqlite3.Row | None:
        """The first row of a query, or `None`."""
        rows = self.all(sql, *parameters)
        return rows[0] if rows else None

    def run(self, sql: str, *parameters: object) -> int:
        """Carry out a statement; the number of rows that it changed."""
        with self._lock:
            return self._connection.execute(sql, parameters).rowcount

    def run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Execute a statement once per row, in one transaction."""
        with self.transaction():
            self._connection.executemany(sql, rows)

    def close(self) -> None:
        """Close the database; a second call does nothing."""
        with self._lock:
            self._connection.close()
