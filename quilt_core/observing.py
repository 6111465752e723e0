"""Reports each request to a registry to the log and to listeners."""

from __future__ import annotations

import logging
from collections.abc import Callable

import attrs

logger = logging.getLogger("quilt_core.requests")


@attrs.frozen(kw_only=True)
class RequestRecord:
    """One request that has ended; nothing in it is secret."""

    method: str
    """`GET` or `POST`."""
    url: str
    """Where to: scheme, host, port and path, without a query."""
    operation: str | None
    """The name of the GraphQL operation; None for other requests."""
    attempt: int
    """1 for the first; a higher number when it was sent again."""
    began_ns: int
    """When it began, nanoseconds since 1970."""
    seconds: float
    """How long it took, to the last byte of the answer."""
    sent_bytes: int
    """Length of the request's body."""
    status: int | None = None
    """The answer's status; None when no whole answer came."""
    received_bytes: int | None = None
    """Length of the answer's body, decompressed."""
    request_id: str | None = None
    """The name that the server gave to it."""
    error: str | None = None
    """The type of what was raised; None when an answer came."""


Listener = Callable[[RequestRecord], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Tell `listener` of each request of this process, in the thread that made it.

    Parameters
    ----------
    listener:
        Called with each `RequestRecord`; what it raises is logged, and changes nothing.

    Returns
    -------
    Callable
        Ends it.
    """
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def is_wanted() -> bool:
    """Whether anybody wants to know of requests."""
    return bool(_listeners) or logger.isEnabledFor(logging.DEBUG)


def request_ended(record: RequestRecord) -> None:
    """Tell the log, at DEBUG, and the listeners."""
    logger.debug(
        "%s %s %s: %s, %s bytes in %.3f s, attempt %d, request id %s",
        record.method,
        record.url,
        record.operation or "-",
        record.error or record.status,
        "no" if record.received_bytes is None else record.received_bytes,
        record.seconds,
        record.attempt,
        record.request_id or "-",
    )
    for listener in tuple(_listeners):
        try:
            listener(record)
        except Exception:  # the request has happened: its true outcome goes to the caller
            logger.exception("A listener to requests failed.")


def request_repeated(reason: str, seconds: float) -> None:
    """Tell the log, at WARNING, that a request is sent again.

    Parameters
    ----------
    reason:
        Why, in a sentence without secrets.
    seconds:
        The pause before.
    """
    logger.warning("%s Sending it again in %.1f seconds.", reason, seconds)
