"""When to send a request again: a query after a temporary failure, a mutation almost never."""

from __future__ import annotations

import random
import time
from functools import lru_cache

from urllib3.exceptions import ConnectTimeoutError, HTTPError, ProtocolError
from urllib3.util.retry import Retry

from quilt_core import deadline, observing
from quilt_registry.clock import read_date
from quilt_registry.http.limits import LONGEST_RETRY_AFTER

_FIRST_PAUSE = 0.2
_LONGEST_BACKOFF = 2.0
_LONGEST_PAUSE = 30.0


class RetryPolicy(Retry):
    """urllib3's `Retry` decides how often; the waiting time is our own.

    Its parser of `Retry-After` raises `ValueError` for some values and waits hours for others, and
    its pauses ignore time limits.
    """

    @classmethod
    @lru_cache(maxsize=2)
    def of_request(cls, *, repeatable: bool) -> RetryPolicy:
        """The policy of a request; made once, because each attempt makes another one of it.

        Parameters
        ----------
        repeatable:
            True for a query: six attempts, four when no connection can be made. False for a
            mutation, which is sent again only if the connection could not be made. Both are POST,
            so the method does not show the difference.
        """
        if repeatable:
            return cls(total=5, connect=3, allowed_methods=None)
        return cls(total=3, connect=3, read=False, allowed_methods=None)

    def parse_retry_after(self, retry_after: str) -> float:
        """Seconds in a `Retry-After` header; raises `ValueError` if it has neither form."""
        text = retry_after.strip()
        if text.isascii() and text.isdecimal():
            return min(float(text), LONGEST_RETRY_AFTER)
        moment = read_date(text)
        if moment is None:
            raise ValueError("neither seconds nor a date")
        return min(max(0.0, moment - time.time()), LONGEST_RETRY_AFTER)

    def get_backoff_time(self) -> float:
        """Seconds to wait after an attempt: doubling, with jitter so that clients spread out."""
        ceiling = min(_LONGEST_BACKOFF, _FIRST_PAUSE * 2.0 ** len(self.history))
        return ceiling * (0.5 + random.random() / 2)  # noqa: S311 - spreads load, keeps no secret

    def after_fault(self, *, may_have_arrived: bool) -> RetryPolicy | None:
        """The policy of the next attempt after one without an answer; None for no further
        attempt.
        """
        kind: type[HTTPError] = ProtocolError if may_have_arrived else ConnectTimeoutError
        return self._next(error=kind("no answer"))

    def after_answer(self, status: int) -> RetryPolicy | None:
        """The policy of the next attempt after a temporary failure; None for no further attempt."""
        if self.read is False:
            return None
        return self._next(error=ProtocolError(f"status {status}"))

    def pause(self, reason: str, retry_after: float | None = None) -> bool:
        """Wait before the next attempt; returns False immediately if that would take too long.

        It also returns False if `quilt_core.deadline` allows only one attempt.

        Parameters
        ----------
        reason:
            The reason for another attempt, in a sentence for the log.
        retry_after:
            The number of seconds that the server asked for; None leaves it to the policy.
        """
        if not deadline.is_repeated():
            return False
        seconds = self.get_backoff_time() if retry_after is None else retry_after
        if seconds > _LONGEST_PAUSE or seconds >= deadline.remaining():
            return False
        observing.request_repeated(reason, seconds)
        deadline.sleep(seconds)
        return True

    def _next(self, error: Exception) -> RetryPolicy | None:
        try:
            return self.increment("POST", error=error)
        except HTTPError:  # the attempts are used up, or no further one is allowed
            return None


def read_retry_after(text: str | None) -> float | None:
    """Seconds in a `Retry-After` header; None if there is none or it cannot be parsed."""
    if not text:
        return None
    try:
        return RetryPolicy().parse_retry_after(text)
    except ValueError:
        return None
