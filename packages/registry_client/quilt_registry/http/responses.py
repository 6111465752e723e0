"""Judge an HTTP answer: its JSON first, then its status."""

from __future__ import annotations

import json
from typing import Any

from quilt_core.auth_context import login_hint
from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    PermissionDeniedError,
    ProtocolError,
    QuiltOpsError,
    TransportError,
)
from quilt_core.nesting import DEEPEST_DOCUMENT, is_deeper
from quilt_core.redaction import shortened
from quilt_core.urls import origin
from quilt_registry.clock import HOW_TO_SET_IT, said_of_clock
from quilt_registry.http import limits
from quilt_registry.http.transport import PASSING, HttpAnswer


def read_json(answer: HttpAnswer) -> dict[str, Any] | None:
    """The JSON object in the body; None if it is anything else.

    Raises `limits.NestedTooDeeplyError` for a successful answer that is nested too deeply.
    """
    try:
        value = json.loads(answer.body)
    except ValueError:
        return None
    except RecursionError:
        too_deep, value = True, None
    else:
        too_deep = is_deeper(value, DEEPEST_DOCUMENT, answer.body)
    if not too_deep:
        return value if isinstance(value, dict) else None
    if 200 <= answer.status < 300:
        raise limits.nested_too_deeply(origin(answer.url), answer.status)
    return None  # the status is sufficient


def require_object(answer: HttpAnswer) -> dict[str, Any]:
    """The JSON object of a successful answer.

    Raises `ProtocolError` for a redirect or something that is not a JSON object, and for an error
    status the error that belongs to it.
    """
    return judged(answer, read_json(answer))


def judged(answer: HttpAnswer, body: dict[str, Any] | None) -> dict[str, Any]:
    """Like `require_object`, for a body that has already been read."""
    if not 200 <= answer.status < 300:
        raise status_error(answer, body)
    if body is None:
        what = answer.content_type.partition(";")[0] or "no content type"
        raise ProtocolError(
            f"{origin(answer.url)} answered with something that is not JSON "
            f"({what}, {len(answer.body)} bytes).",
            hint="Is this the registry's address, and not the catalog's? A proxy may also have "
            "answered instead.",
            context=_context(answer),
        )
    return body


def status_error(answer: HttpAnswer, body: dict[str, Any] | None) -> QuiltOpsError:
    """The error that a status represents, with the server's own message."""
    status, where = answer.status, origin(answer.url)
    words = server_words(body)
    said = f": {words}" if words else "."
    context = _context(answer)
    if status in PASSING:
        return TransportError(
            f"{where} cannot answer now (status {status}){said}",
            retry_after=answer.retry_after,
            hint="Try again later.",
            context=context,
        )
    kind, message, hint = _judgement(answer, said)
    return kind(message, hint=hint, context=context)


def _judgement(answer: HttpAnswer, said: str) -> tuple[type[QuiltOpsError], str, str | None]:
    """Class, message and hint of the error for a status that is not temporary."""
    status, where = answer.status, origin(answer.url)
    if status == 401:
        clock = said_of_clock(answer.server_time)
        message = f"{where} does not accept the credentials{said}{clock and ' ' + clock}"
        hint = HOW_TO_SET_IT if clock else login_hint(HOW_TO_LOG_IN)
        return AuthenticationError, message, hint
    if status == 403:
        return PermissionDeniedError, f"{where} does not allow this{said}", None
    if status == 404:
        message = f"There is nothing at {answer.url} (status 404)."
        return ProtocolError, message, "Check the registry's address."
    if status == 413:
        message = f"{where} takes no request of this size (status {status}){said}"
        return BackendError, message, "Write fewer entries, or less metadata, at once."
    if 300 <= status < 400:
        message = f"{where} redirects elsewhere (status {status}); credentials are not sent there."
        return ProtocolError, message, "Configure the address to which it redirects."
    verb = "failed" if status >= 500 else "refused the request"
    return BackendError, f"{where} {verb} (status {status}){said}", None


HOW_TO_LOG_IN = (
    "Log in again (`quiltops login`), or get a new token: MCP_JWT_TOKEN, QUILT_API_KEY, "
    "connect(token=…)."
)


def server_words(body: dict[str, Any] | None) -> str:
    """The messages in an error body: REST's `message`, GraphQL's `errors`."""
    if body is None:
        return ""
    errors = body.get("errors")
    if isinstance(errors, list) and errors:
        return error_words(errors)
    message = body.get("message")
    return shortened(message, limits.LONGEST_ERROR_TEXT) if isinstance(message, str) else ""


def error_words(errors: list[Any]) -> str:
    """The messages of GraphQL errors in one text."""
    words = "; ".join(graphql_message(error) for error in errors)
    return shortened(words, limits.LONGEST_ERROR_TEXT)


def graphql_message(error: Any) -> str:
    """One GraphQL error in words, with its path."""
    if not isinstance(error, dict):
        return "an error without a message"
    message, path = error.get("message"), error.get("path")
    words = message if isinstance(message, str) and message else "an error without a message"
    if isinstance(path, list) and path:
        return f"{words} (at {'.'.join(str(part) for part in path)})"
    return words


def _context(answer: HttpAnswer) -> dict[str, Any]:
    context: dict[str, Any] = {"url": answer.url, "status": answer.status}
    if answer.request_id:
        context["request_id"] = answer.request_id
    return context
