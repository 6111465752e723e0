"""A token that is valid now: refreshed before it expires, and once after a 401."""

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
from quilt_core.errors import AuthenticationError, QuiltOpsError, TransportError
from quilt_core.secret import Secret

if TYPE_CHECKING:
    from quilt_registry.http.transport import HttpAnswer

logger = logging.getLogger("quilt_core.auth")

_EARLY = timedelta(seconds=60)
"""How long before its end a token is replaced, as quilt3 does."""
_SKEW = timedelta(seconds=30)
"""How far clocks may differ before an expired token is not even tried."""
_FAILURE_STANDS = 1.0
"""Seconds for which a failed renewal is the answer, to threads that come just after it."""


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

    One renewal runs for all threads that wait for it, in a thread of its own, so that a caller
    whose time is up may leave while the others go on waiting. Its failure is everybody's, and for
    a second nobody asks again: a token endpoint that is down is asked as often for 16 threads as
    for one.

    Parameters
    ----------
    token:
        The first token; None to get one from `renew` at the first use.
    renew:
        Gets a new token; None when there is no way to.
    """

    def __init__(self, token: Token | None, renew: Callable[[], Token] | None) -> None:
        self._token = token
        self._replaced: Token | None = None  # so that its value is still known, and masked
        self._renew = renew
        self._lock = threading.Lock()
        self._renewal: Future[Token] | None = None
        self._failed_at = 0.0

    @property
    def expires_at(self) -> datetime | None:
        """When the token in use expires, where that is known."""
        return None if self._token is None else self._token.expires_at

    def value(self) -> str:
        """The token to send now; a renewal is waited for as long as the call has time.

        Raises
        ------
        AuthenticationError
            When it has expired and cannot be renewed, or is nothing that a header can carry.
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
        """After a 401: whether there is now another token than the one that was refused.

        Renews it once, unless another thread has done so already. Raises as `value`.
        """
        with self._lock:
            if self._token is not None and self._token.secret.reveal() != refused:
                return True
            if self._renew is None:
                return False
            renewal = self._started()
        return _outcome(renewal).secret.reveal() != refused

    def _started(self) -> Future[Token]:
        """The renewal that is under way, or has just failed, else a new one; holds the lock."""
        known = self._renewal
        if known is not None:
            recent = time.monotonic() - self._failed_at < _FAILURE_STANDS
            if not known.done() or (known.exception() is not None and recent):
                return known
        renewal = self._renewal = Future()
        # The context of the caller goes along: a provider of tokens may look into it.
        run = contextvars.copy_context().run
        threading.Thread(
            target=run, args=(self._run, renewal), name="quilt-token-renewal", daemon=True
        ).start()
        return renewal

    def _run(self, renewal: Future[Token]) -> None:
        renew = self._renew
        assert renew is not None  # noqa: S101 - for the type checker
        try:
            with deadline.unlimited():  # it is for all who wait, not for the one who began it
                token = renew()
        except BaseException as error:  # noqa: BLE001 - handed to every thread that waits
            # Of what an application's own provider raises, the text may hold anything.
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
    """Ask a server with the token that is valid now; once more after a 401 when it was renewed.

    Parameters
    ----------
    bearer:
        Who asks; None for nobody.
    ask:
        Sends the request with a token, or with none. It is sent again whatever it is: a 401 means
        that nothing was done.

    Raises as `Bearer.value`, and as `ask`.
    """
    if bearer is None:
        return ask(None)
    token = bearer.value()
    answer = ask(token)
    if answer.status == 401 and bearer.renewed_after(token):
        answer = ask(bearer.value())
    return answer


def _outcome(renewal: Future[Token]) -> Token:
    """What came of a renewal; its failure as an exception of the caller's own."""
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
        # Each thread's own: the facade names operation and backend in it.
        raise copy.copy(error) from None


def check_header_value(token: str) -> str:
    """The token, when a header can carry it; `AuthenticationError` for one that would break out."""
    # What is refused by the libraries below is shown in their errors.
    if not token.isascii() or not token.isprintable() or " " in token:
        raise AuthenticationError(
            "The token contains a character that tokens cannot have: a space, a line break, or "
            "one beyond "
            "ASCII.",
            hint="Was the whole token copied, and nothing else?",
        )
    return token


def expired(token: Token | None) -> AuthenticationError:
    """The error for a token that is no longer accepted; it says when it expired."""
    when = None if token is None else token.expires_at
    return AuthenticationError(
        f"The token expired at {when.isoformat()}, and there is no way to renew it."
        if when
        else "There is no token.",
        hint="Log in again (`quiltops login`), or configure a way to renew it: "
        "QUILT_REFRESH_TOKEN, QUILT_API_KEY, connect(token_provider=…).",
        context={"expires_at": when.isoformat() if when else None},
    )
