"""Browsing sessions: a revision of a package, opened to its owner's browser for a while."""

from __future__ import annotations

import re
import secrets
import sqlite3
from datetime import datetime
from urllib.parse import unquote, urlsplit

import attrs

from local_registry.clock import Clock, to_datetime
from local_registry.identity.errors import InvalidInputError, OperationFailedError
from local_registry.identity.model import Identity
from local_registry.state.buckets import BucketStore
from local_registry.state.database import Database

_PACKAGE = re.compile(r"(?P<name>[\w-]+/[\w-]+)(?:@(?P<hash>[0-9a-f]{64})|:(?P<tag>[\w-]+))?")
_FIELDS = frozenset({"package", "path", "catalog"})
MAX_TTL = 24 * 60 * 60


@attrs.frozen(kw_only=True)
class BrowsingSession:
    """A session: its id, its owner, the revision that it opens and its end."""

    id: str
    user_id: str
    bucket: str
    package: str
    revision: str
    expires: datetime


@attrs.frozen(kw_only=True)
class Scope:
    """What a PackageUri names; `revision` is a top hash, or a tag such as `latest`."""

    bucket: str
    package: str
    revision: str


def parse_scope(text: str) -> Scope:
    """Parse `quilt+s3://bucket#package=ns/name[@hash|:tag]`.

    Raises `InvalidInputError` (path `scope`) for anything else (docs/protocol.md, G).
    """
    parts = urlsplit(text)
    fields = _fragment(parts.fragment)
    found = _PACKAGE.fullmatch(fields.get("package", ""))
    at_root = parts.path in ("", "/") and not parts.query
    if parts.scheme != "quilt+s3" or not parts.netloc or not at_root or found is None:
        raise InvalidInputError.at(
            "scope", "InvalidScope", "The scope is quilt+s3://bucket#package=namespace/name@hash"
        )
    revision = found["hash"] or found["tag"] or "latest"
    return Scope(bucket=parts.netloc, package=found["name"], revision=revision)


def _fragment(text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in text.split("&")]
    if not {name for name, _, _ in pairs} <= _FIELDS:
        return {}
    return {name: unquote(value) for name, _, value in pairs}


def _session(row: sqlite3.Row) -> BrowsingSession:
    return BrowsingSession(
        id=row["id"],
        user_id=row["user_id"],
        bucket=row["bucket"],
        package=row["package"],
        revision=row["revision"],
        expires=to_datetime(row["expires"]),
    )


class BrowsingStore:
    """The open browsing sessions, a bounded number per user."""

    def __init__(
        self, database: Database, buckets: BucketStore, clock: Clock, *, max_per_user: int
    ) -> None:
        self._db = database
        self._buckets = buckets
        self._clock = clock
        self._max_per_user = max_per_user

    def create(self, identity: Identity, scope: str, ttl: int) -> BrowsingSession:
        """Open a session of `ttl` seconds; the caller's oldest ends when there are too many.

        Raises `InvalidInputError` (`scope`, `ttl`), `OperationFailedError` (BucketNotFound: not
        there or not readable; BucketNotBrowsable).
        """
        wanted = parse_scope(scope)
        self._check_ttl(ttl)
        bucket = self._buckets.get(wanted.bucket)
        if bucket is None or not identity.can_read(wanted.bucket):
            raise OperationFailedError("BucketNotFound", f"No bucket {wanted.bucket!r}")
        if not bucket.browsable:
            raise OperationFailedError(
                "BucketNotBrowsable", f"Bucket {wanted.bucket!r} is not browsable"
            )
        session_id = secrets.token_urlsafe(24)
        with self._db.transaction():
            self._make_room(identity.user_id)
            self._db.run(
                "INSERT INTO browsing_sessions VALUES (?, ?, ?, ?, ?, ?)",
                *(session_id, identity.user_id, wanted.bucket, wanted.package),
                *(wanted.revision, self._clock() + ttl),
            )
        return self.get(session_id)

    def get(self, session_id: str) -> BrowsingSession:
        """The session with this id; raises `OperationFailedError` (SessionNotFound)."""
        row = self._db.one(
            "SELECT * FROM browsing_sessions WHERE id = ? AND expires > ?",
            *(session_id, self._clock()),
        )
        if row is None:
            raise OperationFailedError("SessionNotFound", "The session is unknown or over")
        return _session(row)

    def get_owned(self, identity: Identity, session_id: str) -> BrowsingSession:
        """The caller's own session; raises as `get`, and OwnerMismatch for somebody else's."""
        session = self.get(session_id)
        if session.user_id != identity.user_id:
            raise OperationFailedError("OwnerMismatch", "The session is somebody else's")
        return session

    def refresh(self, identity: Identity, session_id: str, ttl: int) -> BrowsingSession:
        """Let the session end `ttl` seconds from now.

        Raises `InvalidInputError` (`ttl`), otherwise as `get_owned`.
        """
        self._check_ttl(ttl)
        self.get_owned(identity, session_id)
        self._db.run(
            "UPDATE browsing_sessions SET expires = ? WHERE id = ?", self._clock() + ttl, session_id
        )
        return self.get(session_id)

    def dispose(self, identity: Identity, session_id: str) -> None:
        """End the session; raises as `get_owned`."""
        self.get_owned(identity, session_id)
        self._db.run("DELETE FROM browsing_sessions WHERE id = ?", session_id)

    def _make_room(self, user_id: str) -> None:
        self._db.run("DELETE FROM browsing_sessions WHERE expires <= ?", self._clock())
        self._db.run(
            """DELETE FROM browsing_sessions WHERE user_id = ? AND id NOT IN (
                 SELECT id FROM browsing_sessions WHERE user_id = ?
                 ORDER BY rowid DESC LIMIT ?)""",
            *(user_id, user_id, self._max_per_user - 1),
        )

    @staticmethod
    def _check_ttl(ttl: int) -> None:
        if not 1 <= ttl <= MAX_TTL:
            raise InvalidInputError.at("ttl", "InvalidTtl", f"From 1 to {MAX_TTL} seconds")
