"""A token that is always valid: it is refreshed before it expires, and once after a 401."""

from __future__ import annotations

import contextvars
import copy
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import attrs

from quilt_core import deadline
from quilt_core.auth_context import login_hint
from quilt_core.errors import AuthenticationError, QuiltOpsError, TransportError
from quilt_core.secret import Secret

if TYPE_CHECKING:
    from quilt_registry.http.transport import HttpAnswer

logger = logging.getLogger("quilt_core.auth")

_EARLY = timedelta(seconds=60)
"""How long before its expiry a token is replaced, as in quilt3."""
_SKEW = timedelta(seconds=30)
"""The difference between clocks up to which an expired token is still tried."""
_FAILURE_STANDS = 1.0
"""The number of seconds for which a failed renewal is also reported to threads that ask just after
it.
"""


@attrs.frozen(kw_only=True)
class Token:
    """A bearer token and its expiry; `expires_at` is None if that is not known."""

    secret: Secret
    expires_at: datetime | None = None

    def ends_within(self, span: timedelta) -> bool:
        """Whether the token expires before `span` has passed."""
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC) + span


class Bearer:
    """The token of one identity, and how to get a new one; thread-safe.

    One renewal runs for all threads that wait for it, in its own thread, so that a caller whose
    time is up can leave while the others continue to wait. A failure is reported to all of them and
    not retried for a second, so that a token endpoint that is down gets as many requests from 16
    threads as from one.

    Parameters
    ----------
    token:
        The first token; None to get one from `renew` at the first use.
    renew:
        Gets a new token; None if that is not possible.
    """

    def __init__(self, token: Token | None, renew: Callable[[], Token] | None) -> None:
        self._token = token
        self._replaced: Token | None = None  # so that its value is still masked
        self._renew = renew
        self._lock = threading.Lock()
        self._renewal: Future[Token] | None = None
        self._failed_at = 0.0

    @property
    def expires_at(self) -> datetime | None:
        """When the current token expires, if that is known."""
        return None if self._token is None else self._token.expires_at

    def value(self) -> str:
        """The token to send now; this waits for a renewal as long as the call has time.

        Raises
        ------
        AuthenticationError
            When it has expired and cannot be renewed, or cannot be sent in a header.
        TransportError
            When a renewal failed, or took longer than the call may (`quilt_core.deadline`).
        """
        with self._lock:
            token = self._token
            stale = token is None or token.ends_within(_EARLY)
            renewal = self._started() if stale and self._renew is not None else None
        if renewal is not None:
            token = _outcome(renewal)
        if token is None or token.ends_within(-_SKEW):
            raise expired(token)
        return check_header_value(token.secret.reveal())

    def renewed_after(self, refused: str) -> bool:
        """After a 401: whether there is now a token other than the refused one.

        Renews it once, unless another thread has already done so. Raises the errors of `value`.
        """
        with self._lock:
            if self._token is not None and self._token.secret.reveal() != refused:
                return True
            if self._renew is None:
                return False
            renewal = self._started()
        return _outcome(renewal).secret.reveal() != refused

    def _started(self) -> Future[Token]:
        """The renewal that is running or has just failed, otherwise a new one; the lock must be
        held.
        """
        known = self._renewal
        if known is not None:
            recent = time.monotonic() - self._failed_at < _FAILURE_STANDS
            if not known.done() or (known.exception() is not None and recent):
                return known
        renewal = self._renewal = Future()
        # The caller's context is passed on, because a token provider may read it.
        run = contextvars.copy_context().run
        threading.Thread(
            target=run, args=(self._run, renewal), name="quilt-token-renewal", daemon=True
        ).start()
        return renewal

    def _run(self, renewal: Future[Token]) -> None:
        renew = self._renew
        assert renew is not None  # noqa: S101 - for the type checker
        try:
            with deadline.unlimited():  # it is for all waiting threads
                token = renew()
        except BaseException as error:  # noqa: BLE001 - handed to every thread that waits
            # The message of an exception from the application's own provider may contain anything.
            said = error.message if isinstance(error, QuiltOpsError) else type(error).__name__
            logger.warning("A token was not renewed: %s", said)
            with self._lock:
                self._failed_at = time.monotonic()
                renewal.set_exception(error)
        else:
            with self._lock:
                self._replaced, self._token = self._token, token
                renewal.set_result(token)

    def __repr__(self) -> str:
        return f"<Bearer expires_at={self.expires_at}>"


def ask_with(bearer: Bearer | None, ask: Callable[[str | None], HttpAnswer]) -> HttpAnswer:
    """Send a request with a valid token, and send it once more after a 401 if the token could be
    renewed.

    Parameters
    ----------
    bearer:
        The identity's token; None for an anonymous request.
    ask:
        Sends the request with or without a token. Any request can be sent again, because a 401
        means that nothing was done.

    Raises the errors of `Bearer.value` and of `ask`.
    """
    if bearer is None:
        return ask(None)
    token = bearer.value()
    answer = ask(token)
    if answer.status == 401 and bearer.renewed_after(token):
        answer = ask(bearer.value())
    return answer


def _outcome(renewal: Future[Token]) -> Token:
    """The result of a renewal.

    A `QuiltOpsError` is raised as a new exception for each caller, because the facade adds the
    operation and the backend to it. Any other exception is that of the application's own provider,
    and is the same object for all callers.
    """
    wait([renewal], min(deadline.remaining(), threading.TIMEOUT_MAX))
    if not renewal.done():
        limit = deadline.current()
        if limit is None or deadline.is_cancelled():
            raise TransportError("The call was cancelled while its token was being renewed.")
        raise TransportError(
            f"The token was not renewed within {limit.words}.",
            hint="The registry's token endpoint is slow; try again later.",
        )
    try:
        return renewal.result()
    except QuiltOpsError as error:
        raise copy.copy(error) from None


def check_header_value(token: str) -> str:
    """The token, if it can be sent in a header; raises `AuthenticationError` for one that would
    break out of it.
    """
    # The HTTP libraries show values that they refuse in their errors.
    if not token.isascii() or not token.isprintable() or " " in token:
        raise AuthenticationError(
            "The token contains a character that tokens cannot have: a space, a line break, or "
            "one beyond "
            "ASCII.",
            hint="Was the whole token copied, and nothing else?",
        )
    return token


def expired(token: Token | None) -> AuthenticationError:
    """The error for a token that is no longer accepted; the message says when it expired."""
    when = None if token is None else token.expires_at
    return AuthenticationError(
        f"The token expired at {when.isoformat()}, and there is no way to renew it."
        if when
        else "There is no token.",
        hint=login_hint(
            "Log in again (`quiltops login`), or configure a way to renew it: "
            "QUILT_REFRESH_TOKEN, QUILT_API_KEY, connect(token_provider=…)."
        ),
        context={"expires_at": when.isoformat() if when else None},
    )
