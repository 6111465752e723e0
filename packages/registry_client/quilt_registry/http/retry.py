"""When to send a request again: a query after a passing fault, a mutation almost never."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from quilt_registry.http.transport import DeliveryError, HttpAnswer

PASSING = frozenset({429, 502, 503, 504})
"""Statuses that say "later", not "no"."""

_ATTEMPTS = 6
_ATTEMPTS_TO_CONNECT = 4
_FIRST_PAUSE = 0.2
_LONGEST_BACKOFF = 2.0
_LONGEST_PAUSE = 30.0


def send_with_retries(
    send: Callable[[], HttpAnswer], *, repeatable: bool, pages_pass: bool = True
) -> HttpAnswer:
    """Call `send` until an answer comes that is not a passing fault, six times at the most.

    Parameters
    ----------
    send:
        Sends the request once.
    repeatable:
        True for a query: repeated after connection faults, the statuses of `PASSING` and HTML
        pages. False for a mutation: repeated only when the connection could not even be made,
        and then four times at the most, as for a query.
    pages_pass:
        Whether an HTML page is a proxy's, which passes; False where it is the answer itself, as a
        catalog's is to every address that it does not know.

    Returns
    -------
    HttpAnswer
        The first good one, or the last one.

    Raises
    ------
    DeliveryError
        When the last attempt got no answer.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            answer = send()
        except DeliveryError as error:
            most = _ATTEMPTS if error.may_have_arrived else _ATTEMPTS_TO_CONNECT
            if attempt >= most or (error.may_have_arrived and not repeatable):
                raise
            pause = _backoff(attempt)
        else:
            will_pass = answer.status in PASSING or (pages_pass and _is_page(answer))
            if not will_pass or not repeatable or attempt == _ATTEMPTS:
                return answer
            pause = _backoff(attempt) if answer.retry_after is None else answer.retry_after
            if pause > _LONGEST_PAUSE:
                return answer
        time.sleep(pause)
    raise AssertionError("the loop above returns or raises")  # pragma: no cover


def _is_page(answer: HttpAnswer) -> bool:
    return answer.status == 200 and answer.content_type.startswith("text/html")


def _backoff(attempt: int) -> float:
    """Seconds to wait after an attempt: doubling, with jitter so that clients spread out."""
    ceiling = min(_LONGEST_BACKOFF, _FIRST_PAUSE * 2.0**attempt)
    return ceiling * (0.5 + random.random() / 2)  # noqa: S311 - spreads load, keeps no secret
