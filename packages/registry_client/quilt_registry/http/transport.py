"""Send one HTTP request and say exactly what came of it."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from quilt_core import __version__
from quilt_core.errors import TransportError
from quilt_core.urls import check_address, origin
from quilt_registry.http.pool import environment_of, shared_session

if TYPE_CHECKING:
    import requests

USER_AGENT = f"quiltops/{__version__}"
_CONNECT_TIMEOUT = 10.0


@attrs.frozen(kw_only=True)
class HttpAnswer:
    """What a server answered."""

    url: str
    """Where from: scheme, host and path."""
    status: int
    body: bytes = attrs.field(repr=False)
    content_type: str = ""
    location: str | None = attrs.field(default=None, repr=False)
    retry_after: float | None = None
    """Seconds after which the server asks to be tried again."""
    server_time: float | None = None
    """The server's clock, Unix seconds, from the `Date` header."""
    request_id: str | None = None
    cookies: Mapping[str, str] = attrs.field(factory=dict, repr=False)


class DeliveryError(TransportError):
    """No answer came; `may_have_arrived` says whether the request may have been processed."""

    def __init__(self, message: str, *, may_have_arrived: bool, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.may_have_arrived = may_have_arrived


def send(
    method: str,
    url: str,
    *,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
    data: bytes | Mapping[str, str] | None = None,
    timeout: float,
) -> HttpAnswer:
    """Send one request, once.

    Parameters
    ----------
    method, url:
        What to do, where: https, or http on loopback.
    token:
        The bearer token; None sends no credentials, whatever a netrc file may say.
    headers, data:
        As in `requests`.
    timeout:
        Seconds to wait for the next piece of the answer.

    Raises
    ------
    DeliveryError
        When no whole answer came.
    AuthenticationError
        When the address is neither https nor loopback.
    """
    import requests

    check_address(url)
    try:
        response = shared_session().send(
            _prepared(method, url, token, headers, data),
            timeout=(min(_CONNECT_TIMEOUT, timeout), timeout),
            allow_redirects=False,
            **environment_of(origin(url)),
        )
    except requests.exceptions.RequestException as error:
        # The library's exceptions carry the request and its headers: not chained.
        raise _delivery_error(error, url, timeout) from None
    return _answer(response, url)


def _prepared(
    method: str,
    url: str,
    token: str | None,
    headers: Mapping[str, str] | None,
    data: bytes | Mapping[str, str] | None,
) -> requests.PreparedRequest:
    """The request, with nothing in it that the session, or a netrc file, would add."""
    import requests

    own = {
        "User-Agent": USER_AGENT,
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        **(headers or {}),
    }
    if token is not None:
        own["Authorization"] = f"Bearer {token}"
    prepared = requests.PreparedRequest()
    prepared.prepare(method=method, url=url, headers=own, data=data)
    return prepared


def _answer(response: requests.Response, url: str) -> HttpAnswer:
    headers = response.headers
    return HttpAnswer(
        url=url.partition("?")[0],
        status=response.status_code,
        body=response.content,
        content_type=headers.get("Content-Type", ""),
        location=headers.get("Location"),
        retry_after=_retry_after(headers.get("Retry-After")),
        server_time=_moment(headers.get("Date")),
        request_id=headers.get("X-Request-Id") or headers.get("X-Amzn-RequestId"),
        cookies=_set_cookies(response),
    )


def _set_cookies(response: requests.Response) -> dict[str, str]:
    """Cookies that this answer sets; the session keeps none of them."""
    raw = getattr(response.raw, "headers", None)
    lines = raw.getlist("Set-Cookie") if raw is not None else []
    pairs = (line.partition(";")[0].partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _moment(text: str | None) -> float | None:
    if not text:
        return None
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None


def _retry_after(text: str | None) -> float | None:
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    moment = _moment(text)
    return None if moment is None else max(0.0, moment - time.time())


def _delivery_error(error: requests.RequestException, url: str, timeout: float) -> DeliveryError:
    from requests import exceptions

    where = origin(url)
    if isinstance(error, exceptions.SSLError):
        reason, arrived = "the TLS handshake failed (is its certificate valid?)", False
    elif isinstance(error, exceptions.ConnectTimeout):
        reason, arrived = "it did not accept a connection in time", False
    elif isinstance(error, exceptions.ReadTimeout):
        reason, arrived = f"no answer came within {timeout:g} seconds", True
    elif isinstance(error, exceptions.ConnectionError) and _never_connected(error):
        reason, arrived = "the connection could not be made", False
    elif isinstance(error, exceptions.ConnectionError):
        reason, arrived = "the connection broke before an answer came", True
    elif isinstance(error, (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError)):
        reason, arrived = "the answer broke off", True
    else:
        reason, arrived = f"the request failed ({type(error).__name__})", True
    return DeliveryError(
        f"{where} cannot be reached: {reason}.",
        may_have_arrived=arrived,
        hint="Check the address and the network; `quiltops doctor` shows what is configured.",
        context={"url": where},
    )


def _never_connected(error: requests.RequestException) -> bool:
    """Whether the connection failed before a byte of the request was written."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

    reason: Any = error.args[0] if error.args else None
    reason = getattr(reason, "reason", reason)
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError, ProxyError))
