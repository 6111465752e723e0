"""When to send a request again: a query after a passing fault, a mutation almost never."""

from __future__ import annotations

import random
import time

from urllib3.exceptions import ConnectTimeoutError, HTTPError, ProtocolError
from urllib3.util.retry import Retry

from quilt_core import deadline, observing
from quilt_registry.clock import read_date
from quilt_registry.http.limits import LONGEST_RETRY_AFTER

_FIRST_PAUSE = 0.2
_LONGEST_BACKOFF = 2.0
_LONGEST_PAUSE = 30.0


class RetryPolicy(Retry):
    """urllib3's `Retry`: how often is its business, how long to wait is ours.

    Its parser of `Retry-After` raises `ValueError` for some values and waits hours for others,
    and its pauses know of no limit of time.
    """

    @classmethod
    def of_request(cls, *, repeatable: bool) -> RetryPolicy:
        """The policy of a request.

        Parameters
        ----------
        repeatable:
            True for a query: six attempts, four when no connection can be made. False for a
            mutation: again only when the connection could not even be made. Both are POST, so
            that the method tells nothing.
        """
        if repeatable:
            return cls(total=5, connect=3, allowed_methods=None)
        return cls(total=3, connect=3, read=False, allowed_methods=None)

    def parse_retry_after(self, retry_after: str) -> float:
        """Seconds in a `Retry-After` header; raises `ValueError` for what is neither form."""
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
        """The policy of the next attempt after one without an answer; None for no further one."""
        kind: type[HTTPError] = ProtocolError if may_have_arrived else ConnectTimeoutError
        return self._next(error=kind("no answer"))

    def after_answer(self, status: int) -> RetryPolicy | None:
        """The policy of the next attempt after an answer that will pass; None for none."""
        if self.read is False:
            return None
        return self._next(error=ProtocolError(f"status {status}"))

    def pause(self, reason: str, retry_after: float | None = None) -> bool:
        """Wait before the next attempt; False at once when that would take too long.

        False as well where `quilt_core.deadline` says that there is one attempt only.

        Parameters
        ----------
        reason:
            Why there is to be another one, in a sentence for the log.
        retry_after:
            Seconds that the server asked for; None leaves it to the policy.
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
        except HTTPError:  # the number of attempts is used up, or there is to be no other one
            return None


def read_retry_after(text: str | None) -> float | None:
    """Seconds in a `Retry-After` header; None when there is none that can be read."""
    if not text:
        return None
    try:
        return RetryPolicy().parse_retry_after(text)
    except ValueError:
        return None
