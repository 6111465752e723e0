"""Send one request to a server, within its time limit, and report its outcome exactly."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs

from quilt_core import __version__, deadline, observing
from quilt_core.errors import TransportError, kind_name
from quilt_core.urls import check_address, origin
from quilt_registry.clock import read_date
from quilt_registry.http import limits

if TYPE_CHECKING:
    import requests

    from quilt_registry.http.body import StreamedBody
    from quilt_registry.http.retry import RetryPolicy

    Data = bytes | StreamedBody | Mapping[str, str] | None

USER_AGENT = f"quiltops/{__version__}"
PASSING = frozenset({429, 502, 503, 504})
"""Statuses of temporary failures."""

_answered_json: set[str] = set()
"""Origins that have answered with JSON in this process: an HTML page from one of them comes from a
proxy and is temporary; from any other origin it is the answer itself.
"""


@attrs.frozen(kw_only=True)
class HttpAnswer:
    """A server's answer."""

    url: str
    """The address of the answer: scheme, host and path."""
    status: int
    body: bytes = attrs.field(repr=False)
    content_type: str = ""
    location: str | None = attrs.field(default=None, repr=False)
    retry_after: float | None = None
    """The number of seconds after which the server asks for a retry."""
    server_time: float | None = None
    """The server's clock, Unix seconds, from the `Date` header."""
    request_id: str | None = None
    cookies: Mapping[str, str] = attrs.field(factory=dict, repr=False)


class DeliveryError(TransportError):
    """No answer was received; `may_have_arrived` tells whether the request may have been
    processed.
    """

    is_internal = True

    def __init__(self, message: str, *, may_have_arrived: bool, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.may_have_arrived = may_have_arrived


def send(
    method: str,
    url: str,
    *,
    repeatable: bool,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    data: Data = None,
    timeout: float,
    operation: str | None = None,
) -> HttpAnswer:
    """Send one request, with retries after temporary failures.

    Parameters
    ----------
    method, url:
        The method and the address: https, or http on loopback.
    repeatable:
        True for a query, which is repeated after connection failures, the statuses in `PASSING` and
        a proxy's pages, with at most six attempts. False for a mutation, which is repeated only if
        the connection could not be made, with at most four attempts, as for a query.
    token:
        The bearer token; None sends no credentials, not even from a netrc file.
    headers, data:
        As in `requests`; a `StreamedBody` is read again for each attempt.
    timeout:
        The maximum number of seconds in all, from looking up the host name to the last byte of the
        answer, including retries and pauses; less if `quilt_core.deadline` leaves less.
    operation:
        The name of the request in the log: that of a GraphQL operation.

    Returns
    -------
    HttpAnswer
        The first answer that is not a temporary failure, or the last one.

    Raises
    ------
    DeliveryError
        When the last attempt got no complete answer, or the time was over.
    ProtocolError
        When the answer exceeds `quilt_registry.http.limits`.
    AuthenticationError
        When the address is neither https nor loopback.
    """
    from quilt_registry.http.retry import RetryPolicy

    check_address(url)
    policy: RetryPolicy | None = RetryPolicy.of_request(repeatable=repeatable)
    with deadline.within(timeout):
        for attempt in count(1):
            try:
                with _observed(method, url, data, operation, attempt) as answers:
                    answer = _attempt(method, url, token, headers, data)
                    answers.append(answer)
            except DeliveryError as error:
                policy = policy and policy.after_fault(may_have_arrived=error.may_have_arrived)
                if policy is None or not policy.pause(error.message):
                    raise
            else:
                if not _will_pass(answer):
                    return answer
                policy = policy and policy.after_answer(answer.status)
                said = f"status {answer.status}" if answer.status in PASSING else "a web page"
                if policy is None or not policy.pause(
                    f"{origin(url)} answered with {said}.", answer.retry_after
                ):
                    return answer

    raise AssertionError("the policy ends the attempts")


@contextmanager
def _observed(
    method: str,
    url: str,
    data: Data,
    operation: str | None,
    attempt: int,
) -> Iterator[list[HttpAnswer]]:
    """One attempt, which adds its answer to the list that the log and the listeners receive."""
    answers: list[HttpAnswer] = []
    if not observing.is_wanted():
        yield answers
        return
    began, started, error = time.time_ns(), time.perf_counter(), None
    try:
        yield answers
    except BaseException as raised:
        error = kind_name(raised)
        raise
    finally:
        answer = answers[0] if answers else None
        observing.request_ended(
            observing.RequestRecord(
                method=method,
                url=origin(url) + urlsplit(url).path,
                operation=operation,
                attempt=attempt,
                began_ns=began,
                seconds=time.perf_counter() - started,
                sent_bytes=0 if data is None or isinstance(data, Mapping) else len(data),
                status=answer.status if answer else None,
                received_bytes=len(answer.body) if answer else None,
                request_id=answer.request_id if answer else None,
                error=error,
            )
        )


def _will_pass(answer: HttpAnswer) -> bool:
    if answer.status in PASSING:
        return True
    is_page = answer.status == 200 and answer.content_type.lower().startswith("text/html")
    return is_page and origin(answer.url) in _answered_json


def _attempt(
    method: str,
    url: str,
    token: str | None,
    headers: Mapping[str, str] | None,
    data: Data,
) -> HttpAnswer:
    """Send the request once and read the whole answer."""
    from http.client import HTTPException

    import requests
    from urllib3.exceptions import HTTPError

    from quilt_registry.http.pool import environment_of, quoted_url, shared_session

    body = None if data is None or isinstance(data, (bytes, Mapping)) else data
    if body is not None:
        body.rewind()
    left, where = deadline.remaining(), origin(url)
    if left <= 0:
        raise _late(url, may_have_arrived=False)
    own = {
        "User-Agent": USER_AGENT,
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        **(headers or {}),
    }
    if token is not None:
        own["Authorization"] = f"Bearer {token}"
    try:
        # Neither cookies nor, without a token, a netrc file are looked at: `Session.request` and
        # `PreparedRequest.prepare` would. `Session.send` would follow redirects.
        request = requests.PreparedRequest()
        request.method, request.url = method, quoted_url(url)
        request.prepare_headers(own)
        request.prepare_body(data, None)
        adapter = shared_session().get_adapter(url)
        response = adapter.send(request, timeout=left, **environment_of(where))
        with response:
            answer = _answer(response, url)
    # Neither `requests` nor urllib3 wraps all errors of an address or an answer. Their exceptions
    # contain the request and its headers, so they are not chained.
    except (requests.RequestException, HTTPError, HTTPException, OSError, UnicodeError) as error:
        never = _never_connected(error)
        # A server does nothing with an incomplete body.
        unsent = len(body) if body is not None and not body.is_sent else None
        if deadline.remaining() <= 0:
            raise _late(url, may_have_arrived=not never and unsent is None) from None
        raise _delivery_error(error, url, never=never, unsent=unsent) from None
    if answer.status == 200 and answer.body[:1] == b"{" and where not in _answered_json:
        if len(_answered_json) >= limits.MOST_ORIGINS:
            _answered_json.clear()
        _answered_json.add(where)
    return answer


def _answer(response: requests.Response, url: str) -> HttpAnswer:
    from quilt_registry.http.retry import read_retry_after

    headers = response.headers
    return HttpAnswer(
        url=url.partition("?")[0],
        status=response.status_code,
        body=_body(response, url),
        content_type=headers.get("Content-Type", ""),
        location=headers.get("Location"),
        retry_after=read_retry_after(headers.get("Retry-After")),
        server_time=read_date(headers.get("Date")),
        request_id=headers.get("X-Request-Id") or headers.get("X-Amzn-RequestId"),
        cookies=_set_cookies(response),
    )


def _body(response: requests.Response, url: str) -> bytes:
    """The decompressed body, read piece by piece up to the limit."""
    pieces, size = [], 0
    for piece in response.iter_content(limits.CHUNK_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > limits.MOST_BYTES:
            raise limits.body_too_large(origin(url), response.status_code)
        if deadline.remaining() <= 0:
            raise _late(url, may_have_arrived=True)
    return b"".join(pieces)


def _set_cookies(response: requests.Response) -> dict[str, str]:
    """Cookies that this answer sets; the session keeps none of them."""
    raw = getattr(response.raw, "headers", None)
    lines = raw.getlist("Set-Cookie") if raw is not None else []
    pairs = (line.partition(";")[0].partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _late(url: str, *, may_have_arrived: bool) -> DeliveryError:
    """The error for a request whose time is over."""
    limit, where = deadline.current(), origin(url)
    if limit is None:
        raise AssertionError("a request has a limit of time")
    arrived = "" if may_have_arrived else " The request was not sent."
    if deadline.is_cancelled():
        return DeliveryError(
            f"The call was cancelled.{arrived}",
            may_have_arrived=may_have_arrived,
            context={"url": where},
        )
    return DeliveryError(
        f"{where} cannot be reached: no answer came within {limit.seconds:g} seconds "
        f"(the {limit.kind}).{arrived}",
        may_have_arrived=may_have_arrived,
        hint="Check the network, or allow more time: ops.with_options(timeout=…, deadline=…), "
        "QUILT_TIMEOUT, QUILT_DEADLINE.",
        context={"url": where, limit.kind: limit.seconds},
    )


def _delivery_error(
    error: Exception, url: str, *, never: bool, unsent: int | None
) -> DeliveryError:
    """The error for `error`; `unsent` is the number of bytes of the body that were not sent."""
    from requests import exceptions
    from urllib3.exceptions import LocationValueError

    where = origin(url)
    if never and isinstance(error, exceptions.SSLError):
        reason, arrived = "the TLS handshake failed (is its certificate valid?)", False
    elif isinstance(error, exceptions.ConnectTimeout):
        reason, arrived = "it did not accept a connection in time", False
    elif isinstance(error, exceptions.ProxyError) or _is_no_proxy(error):
        never = never or _is_no_proxy(error)
        reason, arrived = "the proxy in HTTPS_PROXY or HTTP_PROXY does not work", not never
    elif never:
        reason, arrived = "the connection could not be made", False
    elif unsent is not None:
        reason, arrived = f"it took only a part of a request of {unsent:,} bytes", False
    elif isinstance(error, (exceptions.InvalidURL, LocationValueError, UnicodeError)):
        reason, arrived = "its name is not a valid host name", False
    elif isinstance(error, (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError)):
        reason, arrived = "the answer was cut short", True
    elif isinstance(error, exceptions.SSLError):
        reason, arrived = "TLS failed before the whole answer came", True
    elif isinstance(error, exceptions.ConnectionError):
        reason, arrived = "the connection broke before an answer came", True
    else:
        reason, arrived = f"the request failed ({type(error).__name__})", True
    return DeliveryError(
        f"{where} cannot be reached: {reason}.",
        may_have_arrived=arrived,
        hint="Check the address and the network; `quiltops doctor` shows what is configured.",
        context={"url": where},
    )


def _is_no_proxy(error: Exception) -> bool:
    """Whether the address of a proxy was refused, which only the message of `requests` shows."""
    from requests.exceptions import InvalidURL

    return isinstance(error, InvalidURL) and "proxy" in str(error).lower()


def _never_connected(error: Exception) -> bool:
    """Whether the connection failed before a byte of the request was written."""
    from requests.exceptions import ConnectTimeout
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

    from quilt_registry.http.trust import HandshakeError

    reason: Any = error.args[0] if error.args else None
    reason = getattr(reason, "reason", reason)
    never = (NewConnectionError, ConnectTimeoutError, ProxyError, HandshakeError)
    return isinstance(error, (ConnectTimeout, *never)) or isinstance(reason, never)
