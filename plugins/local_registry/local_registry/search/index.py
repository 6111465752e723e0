"""The index of revisions, which is updated before each search."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from local_registry.s3.client import S3Client
from local_registry.search.objects import ObjectIndex
from local_registry.search.query import parse, syntax_errors
from local_registry.storage import PackageStore
from quilt_core.errors import QuiltOpsError
from quilt_core.manifest import ManifestEntry
from quilt_core.manifest.layout import NAMED_PACKAGES, is_timestamp
from quilt_core.search import Field, Query, SearchText, words_of
from quilt_core.search.text import COUNT, ENTRIES, MODIFIED, SIZE, TOP_HASH

_SCHEMA = """
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY, bucket TEXT, name TEXT, hash TEXT, modified INTEGER, size INTEGER,
    entries INTEGER, comment TEXT, meta TEXT, workflow TEXT,
    UNIQUE (bucket, name, hash));
CREATE TABLE pointers (
    bucket TEXT, name TEXT, pointer TEXT, hash TEXT, etag TEXT,
    PRIMARY KEY (bucket, name, pointer));
"""
_PLACES = ("name", "comment", "meta", "workflow", "entries")
"""The fields whose matches are told apart, by names of `quilt_core.search`."""
_MOST_ENTRIES = 10


@attrs.frozen(kw_only=True)
class Hit:
    """A pointer of a revision that matches."""

    bucket: str
    name: str
    pointer: str
    top_hash: str
    modified: datetime
    size: int
    entries: int
    comment: str | None
    meta: dict[str, Any] | None
    workflow: dict[str, Any] | None
    score: float


@attrs.frozen
class Match:
    """Why a hit matches: `where` names fields, `entries` are the best of those that match."""

    where: frozenset[str] = frozenset()
    entries: tuple[ManifestEntry, ...] = ()


class SearchIndex:
    """What can be searched; one database in memory, one thread at a time."""

    def __init__(self, *, packages: PackageStore, s3: S3Client) -> None:
        self.objects = ObjectIndex(s3)
        self._packages = packages
        self._s3 = s3
        self._lock = threading.RLock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        self._database.executescript(_SCHEMA)
        self._texts: dict[int, SearchText] = {}

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._database.close()

    def search(
        self,
        buckets: Iterable[str],
        text: str | None,
        *,
        latest_only: bool,
        column: str | None = None,
    ) -> list[Hit]:
        """All matching pointers, best first (score, then time, name and hash).

        A `column` is the one field that the text is searched in. Raises `QuerySyntaxError`.
        """
        query = parse(text)
        found = []
        with self._lock, syntax_errors():
            for bucket in buckets:
                self._refresh(bucket)
                found += self._find(bucket, query, latest_only, column)
        return sorted(
            found,
            key=lambda hit: (-hit.score, -hit.modified.timestamp(), hit.bucket, hit.name,
                             hit.top_hash, hit.pointer),
        )  # fmt: skip

    def explain(self, hit: Hit, text: str | None) -> Match:
        """Where a hit matches: the fields, and the entries by their logical keys."""
        query = parse(text)
        if query is None:
            return Match()
        with self._lock, syntax_errors():
            row = self._database.execute(
                "SELECT id FROM revisions WHERE bucket = ? AND name = ? AND hash = ?",
                (hit.bucket, hit.name, hit.top_hash),
            ).fetchone()
            known = self._texts[row["id"]]
            where = frozenset(place for place in _PLACES if query.score(known.only(place)))
            return Match(where, self._entries(hit, query) if "entries" in where else ())

    def _entries(self, hit: Hit, query: Query) -> tuple[ManifestEntry, ...]:
        scored = [
            (query.score(SearchText((Field(ENTRIES, words_of(key), weight=0.5),))), entry)
            for key, entry in self._packages.revision(hit.bucket, hit.top_hash).entries.items()
        ]
        best = sorted((one for one in scored if one[0]), key=lambda one: -one[0])
        return tuple(entry for _, entry in best[:_MOST_ENTRIES])

    def _find(
        self, bucket: str, query: Query | None, latest_only: bool, column: str | None
    ) -> list[Hit]:
        only = "AND p.pointer = 'latest'" if latest_only else "AND p.pointer <> 'latest'"
        sql = f"""SELECT r.*, p.pointer FROM revisions r
            JOIN pointers p ON p.bucket = r.bucket AND p.name = r.name AND p.hash = r.hash
            WHERE r.bucket = ? {only}"""  # noqa: S608 - constants only
        found = []
        for row in self._database.execute(sql, [bucket]):
            score = 1.0 if query is None else query.score(self._text(row, column))
            if score:
                found.append(self._hit(row, score))
        return found

    def _text(self, row: sqlite3.Row, column: str | None) -> SearchText:
        known = self._texts[row["id"]]
        if column is not None:
            return known.only(column)
        modified = datetime.fromtimestamp(row["modified"], UTC)
        pointer = (
            Field(("pointer", "ptr_tag"), (), (row["pointer"],)),
            Field(MODIFIED, (), (modified,)),
        )
        return SearchText((*known.fields, *pointer))

    def _hit(self, row: sqlite3.Row, score: float) -> Hit:
        return Hit(
            bucket=row["bucket"],
            name=row["name"],
            pointer=row["pointer"],
            top_hash=row["hash"],
            modified=datetime.fromtimestamp(row["modified"], UTC),
            size=row["size"],
            entries=row["entries"],
            comment=row["comment"],
            meta=json.loads(row["meta"]),
            workflow=json.loads(row["workflow"]),
            score=round(score, 9),
        )

    def _refresh(self, bucket: str) -> None:
        """Index everything that was written since the last look."""
        present = self._list_pointers(bucket)
        rows = self._database.execute(
            "SELECT name, pointer, etag, hash FROM pointers WHERE bucket = ?", (bucket,)
        )
        known = {(row["name"], row["pointer"]): (row["etag"], row["hash"]) for row in rows}
        gone = [key for key in known if key not in present]
        self._database.executemany(
            "DELETE FROM pointers WHERE bucket = ? AND name = ? AND pointer = ?",
            [(bucket, *key) for key in gone],
        )
        changed = {key[0] for key in gone}
        for (name, pointer), etag in present.items():
            if (name, pointer) in known and known[name, pointer][0] == etag:
                continue
            try:
                top_hash = self._packages.read_pointer(bucket, name, pointer)
            except QuiltOpsError:
                continue  # it was deleted or is not a pointer
            self._database.execute(
                "INSERT OR REPLACE INTO pointers VALUES (?, ?, ?, ?, ?)",
                (bucket, name, pointer, top_hash, etag),
            )
            changed.add(name)
        for name in changed:
            self._index_package(bucket, name)

    def _index_package(self, bucket: str, name: str) -> None:
        rows = self._database.execute(
            "SELECT pointer, hash FROM pointers WHERE bucket = ? AND name = ?", (bucket, name)
        ).fetchall()
        times: dict[str, int] = {}
        for row in rows:
            seconds = int(row["pointer"]) if is_timestamp(row["pointer"]) else 0
            times[row["hash"]] = max(seconds, times.get(row["hash"], 0))
        for top_hash, seconds in times.items():
            self._index_revision(bucket, name, top_hash, seconds)

    def _index_revision(self, bucket: str, name: str, top_hash: str, seconds: int) -> None:
        key = (bucket, name, top_hash)
        row = self._database.execute(
            "SELECT id FROM revisions WHERE bucket = ? AND name = ? AND hash = ?", key
        ).fetchone()
        if row is not None:
            self._database.execute(
                "UPDATE revisions SET modified = ? WHERE id = ?", (seconds, row["id"])
            )
            return
        try:
            revision = self._packages.revision(bucket, top_hash)
        except QuiltOpsError:
            return  # a revision with a damaged or missing manifest is not found
        header = revision.header
        comment = header.message_if_any
        meta = header.metadata or None
        workflow = header.workflow if isinstance(header.workflow, dict) else None
        cursor = self._database.execute(
            """INSERT INTO revisions (bucket, name, hash, modified, size, entries, comment, meta,
               workflow) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (*key, seconds, revision.total_bytes, len(revision.entries), comment,
             json.dumps(meta), json.dumps(workflow)),
        )  # fmt: skip
        self._texts[int(cursor.lastrowid or 0)] = SearchText.of_package(
            name=name,
            message=comment,
            metadata=meta,
            workflow=header.workflow_id,
            logical_keys=revision.entries,
            facts={
                TOP_HASH: top_hash,
                SIZE: revision.total_bytes,
                COUNT: len(revision.entries),
            },
        )

    def _list_pointers(self, bucket: str) -> Mapping[tuple[str, str], str]:
        found = {}
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=NAMED_PACKAGES
        )
        for page in pages:
            for item in page.get("Contents", ()):
                name, _, pointer = item["Key"].removeprefix(NAMED_PACKAGES).rpartition("/")
                if pointer == "latest" or is_timestamp(pointer):
                    found[name, pointer] = item["ETag"]
        return found
