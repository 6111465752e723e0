"""Temporary AWS credentials that the S3 gateway accepts."""

from __future__ import annotations

import secrets
from datetime import datetime

import attrs

from local_registry.clock import to_datetime
from local_registry.state.store import State


@attrs.frozen(kw_only=True)
class AwsCredentials:
    """Keys for S3 that expire at `expiration`."""

    access_key: str
    secret_key: str = attrs.field(repr=False)
    session_token: str = attrs.field(repr=False)
    expiration: datetime


@attrs.frozen(kw_only=True)
class KeyHolder:
    """The owner of an access key: the user's id and the id of the role for which it was issued."""

    credentials: AwsCredentials
    user_id: str
    role_id: str


class CredentialStore:
    """The issued credentials, each for the role that was active then."""

    def __init__(self, state: State, *, lifetime: float) -> None:
        self._state = state
        self._lifetime = lifetime

    def issue(self, user_id: str, role_id: str) -> AwsCredentials:
        """New credentials for a user in a role."""
        now = self._state.clock()
        credentials = AwsCredentials(
            access_key="ASIA" + secrets.token_hex(8).upper(),
            secret_key=secrets.token_urlsafe(30),
            session_token=secrets.token_urlsafe(96),
            expiration=to_datetime(now + self._lifetime),
        )
        database = self._state.database
        with database.transaction():
            database.run("DELETE FROM aws_credentials WHERE expires <= ?", now - self._lifetime)
            database.run(
                "INSERT INTO aws_credentials VALUES (?, ?, ?, ?, ?, ?)",
                *(credentials.access_key, credentials.secret_key, credentials.session_token),
                *(user_id, role_id, now + self._lifetime),
            )
        return credentials

    def find(self, access_key: str) -> KeyHolder | None:
        """The owner of this access key, even if it has expired; `None` for a key that was never
        issued.
        """
        row = self._state.database.one(
            "SELECT * FROM aws_credentials WHERE access_key = ?", access_key
        )
        if row is None:
            return None
        credentials = AwsCredentials(
            access_key=row["access_key"],
            secret_key=row["secret_key"],
            session_token=row["session_token"],
            expiration=to_datetime(row["expires"]),
        )
        return KeyHolder(credentials=credentials, user_id=row["user_id"], role_id=row["role_id"])
