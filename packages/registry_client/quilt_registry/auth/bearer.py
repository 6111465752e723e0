"""A token that is valid now: refreshed before it expires, and once after a 401."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import attrs

from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret

_EARLY = timedelta(seconds=60)
"""How long before its end a token is replaced, as quilt3 does."""
_SKEW = timedelta(seconds=30)
"""How far clocks may differ before an expired token is not even tried."""


@attrs.frozen(kw_only=True)
class Token:
    """A bearer token and its end; `expires_at` is None where that is not known."""

    secret: Secret
    expires_at: datetime | None = None

    def ends_within(self, span: timedelta) -> bool:
        """Whether the token expires before `span` has passed."""
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC) + span


class Bearer:
    """The token of one identity, and how to get a new one; safe for threads.

    Parameters
    ----------
    token:
        The first token; None to get one from `renew` at the first use.
    renew:
        Gets a new token; None when there is no way to.
    """

    def __init__(self, token: Token | None, renew: Callable[[], Token] | None) -> None:
        self._token = token
        self._renew = renew
        self._lock = threading.Lock()

    @property
    def expires_at(self) -> datetime | None:
        """When the token in use expires, where that is known."""
        return None if self._token is None else self._token.expires_at

    def value(self) -> str:
        """The token to send now.

        Raises
        ------
        AuthenticationError
            When it has expired and cannot be renewed, or is nothing that a header can carry.
        """
        with self._lock:
            if self._renew is not None and (self._token is None or self._token.ends_within(_EARLY)):
                self._token = self._renew()
            if self._token is None or self._token.ends_within(-_SKEW):
                raise expired(self._token)
            return check_header_value(self._token.secret.reveal())

    def renewed_after(self, refused: str) -> bool:
        """After a 401: whether there is now another token than the one that was refused.

        Renews it once, unless another thread has done so already.
        """
        with self._lock:
            if self._token is not None and self._token.secret.reveal() != refused:
                return True
            if self._renew is None:
                return False
            self._token = self._renew()
            return self._token.secret.reveal() != refused

    def __repr__(self) -> str:
        return f"<Bearer expires_at={self.expires_at}>"


def check_header_value(token: str) -> str:
    """The token, when a header can carry it; `AuthenticationError` for one that would break out."""
    # What is refused by the libraries below is shown in their errors.
    if not token.isascii() or not token.isprintable() or " " in token:
        raise AuthenticationError(
            "The token holds a character that no token has: a space, a line break, or one beyond "
            "ASCII.",
            hint="Was it copied whole, and nothing else with it?",
        )
    return token


def expired(token: Token | None) -> AuthenticationError:
    """The error for a token that is no longer accepted; it says when it expired."""
    when = None if token is None else token.expires_at
    return AuthenticationError(
        f"The token expired at {when.isoformat()}, and there is no way to renew it."
        if when
        else "There is no token.",
        hint="Get a new one, or configure a way to renew it: QUILT_REFRESH_TOKEN, QUILT_API_KEY, "
        "connect(token_provider=…).",
        context={"expires_at": when.isoformat() if when else None},
    )
