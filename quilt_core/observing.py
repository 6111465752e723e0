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
    """The address: scheme, host, port and path, without the query."""
    operation: str | None
    """The name of the GraphQL operation; None for other requests."""
    attempt: int
    """1 for the first attempt; higher for retries."""
    began_ns: int
    """When it began, nanoseconds since 1970."""
    seconds: float
    """Its duration, up to the last byte of the answer."""
    sent_bytes: int
    """Length of the request's body."""
    status: int | None = None
    """The answer's status; None if no complete answer was received."""
    received_bytes: int | None = None
    """Length of the answer's body, decompressed."""
    request_id: str | None = None
    """The id that the server gave to it."""
    error: str | None = None
    """The type of the exception; None if an answer was received."""


Listener = Callable[[RequestRecord], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Callable[[], None]:
    """Report each request of this process to `listener`, in the thread that made it.

    Parameters
    ----------
    listener:
        Called with each `RequestRecord`; its exceptions are logged and otherwise ignored.

    Returns
    -------
    Callable
        A function that ends the reports.
    """
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def is_wanted() -> bool:
    """Whether requests have to be reported to anybody."""
    return bool(_listeners) or logger.isEnabledFor(logging.DEBUG)


def request_ended(record: RequestRecord) -> None:
    """Report a request to the log, at DEBUG, and to the listeners."""
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
    """Log at WARNING that a request is sent again.

    Parameters
    ----------
    reason:
        The reason, in a sentence without secrets.
    seconds:
        The delay before the retry.
    """
    logger.warning("%s Sending it again in %.1f seconds.", reason, seconds)
