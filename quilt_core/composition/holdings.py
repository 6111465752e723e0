"""What a push knows about the content that the registry already holds."""

from __future__ import annotations

import heapq
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Protocol, TypeVar

import msgspec

from quilt_core.domain.base import to_plain
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.stored_keys import is_plainly_versioned
from quilt_core.domain.uris import ObjectUri, is_unicode, parse_object_uri
from quilt_core.errors import BackendError, ValidationError
from quilt_core.manifest import EntryHash, sort_key
from quilt_core.revisions import is_versioned
from quilt_core.transfer.closing import Closing

_TABLES = """
CREATE TABLE entries (
    number INTEGER PRIMARY KEY, key BLOB, path BLOB, size INTEGER, type BLOB, value BLOB,
    physical_key BLOB, metadata BLOB
);
CREATE TABLE held (
    size INTEGER, type BLOB, value BLOB, url BLOB, published INTEGER,
    PRIMARY KEY (size, type, value)
) WITHOUT ROWID;
BEGIN
"""
_BATCH = 1000
"""The number of rows that are written and read together."""
_FEW = 20_000
"""The number of different hashes up to which they are also kept in memory, 65 bytes for each."""
_LARGEST = (1 << 63) - 1
"""The largest number in SQLite; no object has as many bytes."""


class Held(msgspec.Struct, frozen=True, gc=False):
    """Content that the registry holds in an object that is never overwritten."""

    hash: EntryHash
    uri: ObjectUri
    published: bool
    """Whether a revision refers to it; otherwise a push that ended early wrote it."""


class Former(msgspec.Struct, frozen=True, gc=False):
    """The entry of a logical key in the latest revision."""

    size: int
    hash: EntryHash | None
    physical_key: str
    metadata_json: bytes | None
    """The entry's user metadata as JSON; None if it has none."""


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=_Keyed)


class Holdings(Closing):
    """The contents of the latest revision, by logical key and by hash; thread-safe.

    They are kept in a temporary database, because a revision may have very many entries; for each
    of very many, only a byte is in memory. A context manager that removes the database.

    Every method raises `BackendError` if the database cannot be written or read.

    Parameters
    ----------
    entries:
        The files of the latest revision.
    """

    def __init__(self, entries: Iterable[ContentInfo] = ()) -> None:
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._types: dict[str, None] = {}
        self._kinds: dict[int, tuple[str, ...]] = {}
        self._stays = bytearray()
        self._values: set[int] | None = set()
        """The hashes of the values of all `held` hashes; None if there are too many."""
        try:
            remaining = iter(entries)
            while batch := list(islice(remaining, _BATCH)):
                self._add_entries(batch)
            if self._stays:
                self._ask("CREATE INDEX keys ON entries (key)")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the database."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def add(self, size: int, held: Held) -> None:
        """Add an object of `size` bytes, unless one with these bytes is already known."""
        self._know(held.hash)
        self._kinds.clear()
        self._ask("INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?, ?)", *_held_row(size, held))

    @property
    def are_hashed(self) -> bool:
        """Whether the registry holds any content with a hash."""
        return bool(self._types)

    def kinds(self, size: int) -> tuple[str, ...]:
        """The types of the hashes that objects of a size have."""
        known = self._kinds.get(size)
        if known is None:
            wanted = "SELECT 1 FROM held WHERE size = ? AND type = ? LIMIT 1"
            known = tuple(kind for kind in self._types if self._ask(wanted, size, _blob(kind)))
            if len(self._kinds) < _BATCH:  # many files often have the same size
                self._kinds[size] = known
        return known

    def with_formers(self, items: Iterable[K]) -> Iterator[tuple[K, Former | None]]:
        """Items with keys, each with the entry that the latest revision has for it; None if it has
        none.

        The items are in path-component order, and are read as the results are.
        """
        rows = self._rows(
            "SELECT key, number, size, type, value, physical_key, metadata FROM entries "
            "ORDER BY key"
        )
        row = next(rows, None)
        for item in items:
            key = _sort_key(item.key)
            while row is not None and row[0] < key:
                row = next(rows, None)
            if row is None or row[0] != key:
                yield item, None
                continue
            _, number, size, kind, value, physical_key, metadata = row
            self._stays[number] = 1
            known = None if kind is None else EntryHash(_text(kind), _text(value))
            yield item, Former(size, known, _text(physical_key), metadata)

    def find(self, former: Former | None, size: int, found: EntryHash) -> Held | None:
        """An object with these bytes, preferably that of the entry `former`."""
        if former is not None and former.hash == found and former.size == size:
            own = _held(former.hash, former.physical_key)
            if own is not None:
                return own
        if self._values is not None and hash(found.value) not in self._values:
            return None
        rows = self._ask(
            "SELECT url, published FROM held WHERE size = ? AND type = ? AND value = ?",
            size, _blob(found.type), _blob(found.value),
        )  # fmt: skip
        if not rows:
            return None
        url, published = rows[0]
        held = _held(found, _text(url))
        return held and msgspec.structs.replace(held, published=bool(published))

    def physical_keys(self) -> Iterator[str]:
        """The physical keys of all entries of the latest revision."""
        return (_text(key) for (key,) in self._rows("SELECT physical_key FROM entries"))

    def others(self) -> Iterator[str]:
        """The files of the latest revision that `with_formers` did not return, in path-component
        order.
        """
        for number, path in self._rows("SELECT number, path FROM entries ORDER BY key"):
            if not self._stays[number]:
                yield _text(path)

    def replaced_by(self, keys: Iterable[str]) -> Iterator[str]:
        """The files that conflict with new ones: those below a new key, or in its path.

        `keys` are in path-component order, as are the results.
        """
        # What is below a key follows it immediately, because slashes sort first.
        new = ((_sort_key(key), b"") for key in keys)
        old = self._rows("SELECT key, path FROM entries ORDER BY key")
        last_new, last_old = b"/", (b"/", b"")  # nothing is below these
        for key, path in heapq.merge(old, new, key=lambda one: one[0]):
            if not path:
                if key.startswith(last_old[0] + b"\0"):
                    yield _text(last_old[1])
                last_new, last_old = key, (b"/", b"")
            elif key.startswith(last_new + b"\0"):
                yield _text(path)
            else:
                last_old = (key, path)

    def _add_entries(self, batch: list[ContentInfo]) -> None:
        rows, held_rows = [], []
        for number, item in enumerate(batch, len(self._stays)):
            size = min(item.size, _LARGEST)
            known = (_blob(item.hash.type), _blob(item.hash.value)) if item.hash else (None, None)
            metadata = json.dumps(to_plain(item.metadata)).encode() if item.metadata else None
            physical_key = item.physical_key or ""
            rows.append(
                (number, _sort_key(item.path), _blob(item.path), size, *known,
                 _blob(physical_key), metadata)
            )  # fmt: skip
            if item.hash is None:
                continue
            if is_plainly_versioned(physical_key) and not physical_key.endswith("=null"):
                url = physical_key  # parsing it costs as much as the rest, and few are needed
            elif held := _held(item.hash, physical_key):
                url = held.uri.url
            else:
                continue
            self._know(item.hash)
            held_rows.append((size, *known, _blob(url), True))
        self._stays += bytes(len(batch))
        try:
            with self._lock:
                database = self._database()
                database.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
                database.executemany("INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?, ?)", held_rows)
        except sqlite3.Error as error:
            raise _failed(error) from error

    def _know(self, found: EntryHash) -> None:
        self._types[found.type] = None
        if self._values is not None:
            self._values.add(hash(found.value))
            if len(self._values) > _FEW:
                self._values = None

    def _ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._database().execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise _failed(error) from error

    def _rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        if not self._stays:
            return
        cursor = None
        while True:
            try:
                with self._lock:
                    cursor = cursor or self._database().execute(statement)
                    rows = cursor.fetchmany(_BATCH)
            except sqlite3.Error as error:
                raise _failed(error) from error
            if not rows:
                return
            yield from rows

    def _database(self) -> sqlite3.Connection:
        if self._connection is None:
            # A database without a name: in memory while it is small, otherwise a temporary file.
            self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = OFF")
            self._connection.executescript(_TABLES)
        return self._connection


def _held(found: EntryHash | None, physical_key: str) -> Held | None:
    """The object of an entry, if it has a hash and is never overwritten."""
    if found is None or not is_unicode(physical_key):
        return None
    try:
        uri = parse_object_uri(physical_key)
    except ValidationError:
        return None  # it names no object
    return Held(found, uri, published=True) if is_versioned(uri) else None


def _held_row(size: int, held: Held) -> tuple[Any, ...]:
    found = held.hash
    return size, _blob(found.type), _blob(found.value), _blob(held.uri.url), held.published


def _sort_key(key: str) -> bytes:
    return _blob(sort_key(key))


def _blob(text: str) -> bytes:
    """Text as bytes, which sort in the same order; manifests may hold what is not Unicode."""
    return text.encode(errors="surrogatepass")


def _text(blob: bytes) -> str:
    return blob.decode(errors="surrogatepass")


def _failed(error: sqlite3.Error) -> BackendError:
    return BackendError(
        f"The list of the latest revision's files could not be kept on disk: {error}.",
        hint="It takes as much space in the folder for temporary files as the manifest has bytes; "
        "TMPDIR names that folder.",
        context={"reason": str(error)},
    )
