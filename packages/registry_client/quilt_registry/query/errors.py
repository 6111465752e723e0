"""Converting Athena's errors into this framework's: the only table for that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    QuiltOpsError,
    TransportError,
    ValidationError,
)
from quilt_registry.s3.errors import botocore_errors, translate

_BY_CODE: dict[str, type[QuiltOpsError]] = {
    "AccessDeniedException": PermissionDeniedError,
    "ExpiredTokenException": AuthenticationError,
    "IncompleteSignatureException": AuthenticationError,
    "InternalServerException": TransportError,
    "InvalidSignatureException": AuthenticationError,
    "MissingAuthenticationTokenException": AuthenticationError,
    "ResourceNotFoundException": NotFoundError,
    "ThrottlingException": TransportError,
    "TooManyRequestsException": TransportError,
    "UnrecognizedClientException": AuthenticationError,
}
_ABSENT = ("NotSupportedByLocalRegistry", "UnknownOperationException")
_LINE = re.compile(r"\bline (\d+):(\d+)")
_NOT_FOUND = re.compile(r"\b(?:was|is) not found\b|EntityNotFoundException|does not exist", re.I)
_DENIED = re.compile(
    r"not authorized|access ?denied|insufficient .{0,40}permission|permission.denied|forbidden",
    re.I,
)
_LIMIT = re.compile(r"EXCEEDED_|exhausted resources|query timeout|cutoff|limit exceeded", re.I)
_OF_TEXT = re.compile(
    r"(?:SYNTAX_ERROR|(?:\w+_)?NOT_FOUND|TYPE_MISMATCH|NOT_SUPPORTED|AMBIGUOUS_\w+|DUPLICATE_\w+"
    r"|MISSING_\w+|INVALID_(?:COLUMN|TABLE|VIEW|SCHEMA|FUNCTION|PARAMETER|LITERAL|WINDOW)\w*"
    r"|EXPRESSION_NOT_\w+|FUNCTION_NOT_\w+|INVALID_LIMIT\w*|NESTED_\w+)\b"
)
_HOW_TO_LIMIT = (
    "Request less: fewer columns, a stricter condition, or a LIMIT; the workgroup's "
    "administrator sets how much a query may read."
)


class NoAthenaError(NotSupportedError):
    """This identity cannot query Athena about this registry."""

    is_internal = True

    def __init__(self, reason: str, hint: str | None = None, **fields: Any) -> None:
        super().__init__("query", reason=reason, hint=hint, **fields)


@contextmanager
def athena_errors(what: str, **context: Any) -> Iterator[None]:
    """Turn botocore's exceptions about Athena into this framework's.

    Parameters
    ----------
    what:
        The attempted action, for the message: ``"start the query"``.
    context:
        Further details of the error.

    Raises
    ------
    ValidationError
        For a request that Athena calls invalid; with `line` and `column` for SQL.
    NotFoundError, PermissionDeniedError, AuthenticationError, TransportError, BackendError
        According to Athena's code, which is in the context.
    NoAthenaError
        When the server has no Athena.
    """
    try:
        yield
    except botocore_errors() as error:
        raise _translate(error, what, context) from error


def _translate(error: BaseException, what: str, context: dict[str, Any]) -> QuiltOpsError:
    from botocore.exceptions import ClientError

    if not isinstance(error, ClientError):
        return translate(error, what, "in Athena")
    details = error.response.get("Error", {})
    code = str(details.get("Code", "unknown"))
    said = str(details.get("Message") or code)
    if code in _ABSENT:
        return NoAthenaError(said)
    message = f"Could not {what} in Athena: {said} ({code})."
    context = {**context, "code": code}
    if code == "InvalidRequestException":
        place = position(said)
        kind = NotFoundError if not place and _NOT_FOUND.search(said) else ValidationError
        return kind(message, context={**context, **place})
    if code == "MetadataException":
        return _of_metadata(said)(message, context=context)
    known = _BY_CODE.get(code)
    if known is None:
        return translate(error, what, "in Athena")
    return known(message, context=context)


def _of_metadata(said: str) -> type[QuiltOpsError]:
    """Athena passes on messages of Glue or a connector."""
    if _NOT_FOUND.search(said):
        return NotFoundError
    return PermissionDeniedError if _DENIED.search(said) else BackendError


def failed_query(query_id: str, reason: str, details: dict[str, Any]) -> QuiltOpsError:
    """The error for a query that ended as FAILED.

    Parameters
    ----------
    query_id:
        Athena's id of the query.
    reason:
        Its `StateChangeReason`.
    details:
        Its `AthenaError`: category, type, and whether it is worth another attempt.
    """
    place = position(reason)
    context = {"query_id": query_id, **place}
    message = f"The query failed in Athena: {reason.rstrip('.')}."
    if _OF_TEXT.match(reason):  # the message may continue "or requester is not authorized"
        return ValidationError(message, context=context)
    if _DENIED.search(reason):
        return PermissionDeniedError(message, context=context)
    if _LIMIT.search(reason):
        return BackendError(message, hint=_HOW_TO_LIMIT, context=context)
    if details.get("Retryable") is True:
        return TransportError(message, context=context)
    if place:
        return ValidationError(message, context=context)
    return BackendError(message, context=context)


def position(said: str) -> dict[str, int]:
    """`line` and `column`, both counted from 1, if a message contains them."""
    found = _LINE.search(said)
    return {} if found is None else {"line": int(found[1]), "column": int(found[2])}
