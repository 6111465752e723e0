"""API keys: a digest of each secret, never the secret."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import uuid
from collections.abc import Sequence

from local_registry.clock import Clock, to_datetime
from local_registry.identity.errors import InvalidInputError
from local_registry.identity.model import ApiKey
from local_registry.state.database import Database

PREFIX = "qk_"
_DAY = 86_400
_SELECT = "SELECT k.*, u.email FROM api_keys k JOIN users u ON u.id = k.user_id"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: sqlite3.Row) -> ApiKey:
    used = row["last_used_at"]
    return ApiKey(
        id=row["id"],
        name=row["name"],
        fingerprint=row["fingerprint"],
        created_at=to_datetime(row["created_at"]),
        expires_at=to_datetime(row["expires_at"]),
        last_used_at=None if used is None else to_datetime(used),
        user_id=row["user_id"],
        user_email=row["email"],
    )


class ApiKeyStore:
    """The API keys of all users (docs/protocol.md, B.4)."""

    def __init__(self, database: Database, clock: Clock, *, max_per_user: int) -> None:
        self._db = database
        self._clock = clock
        self._max_per_user = max_per_user

    def create(self, user_id: str, name: str, expires_in_days: int) -> tuple[ApiKey, str]:
        """Make a key for a user; the key and its secret, which is never shown again.

        Raises `InvalidInputError`: `input.name` (Invalid, TooMany), `input.expiresInDays`
        (1 to 365).
        """
        if not name.strip() or len(name) > 128:
            raise InvalidInputError.at("input.name", "Invalid", "A key needs a name, up to 128")
        if not 1 <= expires_in_days <= 365:
            raise InvalidInputError.at(
                "input.expiresInDays", "Invalid", "A key lives from 1 to 365 days"
            )
        with self._db.transaction():
            if len(self.list(user_id=user_id)) >= self._max_per_user:
                raise InvalidInputError.at("input.name", "TooMany", "Revoke a key first")
            return self._insert(user_id, name, expires_in_days * _DAY)

    def list(
        self,
        *,
        user_id: str | None = None,
        email: str | None = None,
        name: str | None = None,
        fingerprint: str | None = None,
        expired: bool | None = None,
    ) -> list[ApiKey]:
        """The keys that match all conditions exactly, newest first."""
        conditions = {"k.user_id": user_id, "u.email": email, "k.name": name}
        conditions["k.fingerprint"] = fingerprint
        given = {column: value for column, value in conditions.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in given) or "1"
        rows = self._db.all(
            f"{_SELECT} WHERE {where} ORDER BY k.created_at DESC, k.rowid DESC", *given.values()
        )
        now = to_datetime(self._clock())
        keys = [_key(row) for row in rows]
        return [key for key in keys if expired is None or key.is_expired(now) == expired]

    def get(self, key_id: str) -> ApiKey | None:
        """The key with this id, of any user."""
        row = self._db.one(f"{_SELECT} WHERE k.id = ?", key_id)
        return _key(row) if row else None

    def find(self, secret: str) -> ApiKey | None:
        """The key with this secret; expired ones too."""
        row = self._db.one(f"{_SELECT} WHERE k.digest = ?", _digest(secret))
        return _key(row) if row else None

    def note_use(self, key_id: str) -> None:
        """Remember that the key was used now."""
        self._db.run("UPDATE api_keys SET last_used_at = ? WHERE id = ?", self._clock(), key_id)

    def revoke(
        self,
        *,
        key_id: str | None = None,
        secret: str | None = None,
        user_id: str | None = None,
    ) -> None:
        """End a key named by id or secret; with `user_id`, only one of that user's.

        Raises `InvalidInputError`: NotFound, or neither id nor secret given.
        """
        if (key_id is None) == (secret is None):
            raise InvalidInputError.at(None, "Invalid", "Give either the id or the secret")
        key = self.get(key_id) if key_id is not None else self.find(secret or "")
        if key is None or user_id not in (None, key.user_id):
            path = "id" if key_id is not None else "secret"
            raise InvalidInputError.at(path, "NotFound", "There is no such key")
        self._db.run("DELETE FROM api_keys WHERE id = ?", key.id)

    def _insert(self, user_id: str, name: str, lifetime: float) -> tuple[ApiKey, str]:
        secret = PREFIX + secrets.token_urlsafe(32)
        key_id, now = str(uuid.uuid4()), self._clock()
        fingerprint = f"{secret[:6]}...{secret[-3:]}"
        self._db.run(
            "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            *(key_id, user_id, name, fingerprint, _digest(secret), now, now + lifetime),
        )
        key = self.get(key_id)
        assert key is not None  # noqa: S101 - just written
        return key, secret

    def status_of(self, keys: Sequence[ApiKey]) -> Sequence[str]:
        """`ACTIVE` or `EXPIRED` for each key, as of now (GraphQL `APIKeyStatus`)."""
        now = to_datetime(self._clock())
        return ["EXPIRED" if key.is_expired(now) else "ACTIVE" for key in keys]
