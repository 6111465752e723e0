"""Passwords for signing in at a catalog, which are kept in memory only and set again at every
start.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque
from threading import Lock

from local_registry.clock import Clock
from local_registry.identity.errors import TooManyAttemptsError, UnauthorizedError

_ATTEMPTS = 10
_WINDOW = 60.0


class Passwords:
    """The users' passwords, by user id. They come from the seed, or are made by `issue`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._digests: dict[str, bytes] = {}
        self._failures: deque[float] = deque(maxlen=_ATTEMPTS)
        self._lock = Lock()

    def set(self, user_id: str, password: str) -> None:
        """Set the user's password."""
        self._digests[user_id] = self._digest(password)

    def issue(self, user_id: str) -> str | None:
        """A new password for a user who has none; `None` for one who has."""
        if user_id in self._digests:
            return None
        password = secrets.token_urlsafe(12)
        self.set(user_id, password)
        return password

    def check(self, user_id: str | None, password: str) -> None:
        """Raise `UnauthorizedError` unless this is the user's password.

        After ten failures within a minute, for whichever users, nothing is checked until the
        minute is over: `TooManyAttemptsError`. `None` stands for an unknown user, who fails as a
        wrong password does.
        """
        with self._lock:
            now = self._clock()
            if len(self._failures) == _ATTEMPTS and now - self._failures[0] < _WINDOW:
                raise TooManyAttemptsError(int(_WINDOW - (now - self._failures[0])) + 1)
            expected = self._digests.get(user_id or "", b"")
            if hmac.compare_digest(self._digest(password), expected):
                return
            self._failures.append(now)
        raise UnauthorizedError("Login attempt failed")

    def _digest(self, password: str) -> bytes:
        return hmac.new(
            self._key, password.encode("utf-8", "surrogatepass"), hashlib.sha256
        ).digest()
