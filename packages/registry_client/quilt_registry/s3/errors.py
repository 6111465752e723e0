"""Converting S3's errors into this framework's: the only table for that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from quilt_core.error_messages import archived_object, object_not_found
from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOpsError,
    TransportError,
)
from quilt_registry.clock import clock_is_off, wrong_clock

_BY_CODE: dict[str, type[QuiltOpsError]] = {
    "NoSuchKey": NotFoundError,
    "NoSuchVersion": NotFoundError,
    "NoSuchBucket": NotFoundError,
    "NotFound": NotFoundError,
    "404": NotFoundError,
    "405": NotFoundError,  # a delete marker, requested by its version
    "MethodNotAllowed": NotFoundError,
    "AccessDenied": PermissionDeniedError,
    "AllAccessDisabled": PermissionDeniedError,
    "Forbidden": PermissionDeniedError,
    "403": PermissionDeniedError,
    "InvalidObjectState": BackendError,  # in an archive; its status is 403
    "ExpiredToken": AuthenticationError,
    "ExpiredTokenException": AuthenticationError,
    "InvalidAccessKeyId": AuthenticationError,
    "InvalidToken": AuthenticationError,
    "SignatureDoesNotMatch": AuthenticationError,
    "TokenRefreshRequired": AuthenticationError,
    "401": AuthenticationError,
    "PreconditionFailed": ConflictError,
    "ConditionalRequestConflict": ConflictError,
    "412": ConflictError,
    "RequestTimeout": TransportError,
    "SlowDown": TransportError,
    "InternalError": TransportError,
    "ServiceUnavailable": TransportError,
    "Throttling": TransportError,
    "500": TransportError,
    "502": TransportError,
    "503": TransportError,
    "504": TransportError,
}


_ELSEWHERE = frozenset({"301", "AuthorizationHeaderMalformed", "PermanentRedirect"})
_ARCHIVED = ("InvalidObjectState", "ObjectNotInActiveTierError")
"""The codes for reading or copying an archived object."""
_MISSING = frozenset({"404", "405", "MethodNotAllowed", "NoSuchKey", "NoSuchVersion", "NotFound"})
"""The codes for an object that is not there. A missing bucket has one of its own, which only an
answer without a body (HEAD) does not tell.
"""
_CLOCK_CODES = frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})


@contextmanager
def s3_errors(what: str, uri: str) -> Iterator[None]:
    """Turn botocore's exceptions into this framework's.

    Parameters
    ----------
    what:
        The attempted action, for the message: ``"read the manifest"``.
    uri:
        The `s3://…` object or bucket of the action.

    Raises
    ------
    NotFoundError, PermissionDeniedError, AuthenticationError, ConflictError, TransportError,
    BackendError
        According to S3's error code or, without one, its HTTP status; the code is in the context.
    """
    try:
        yield
    except botocore_errors() as error:
        raise translate(error, what, uri) from error


def translate(error: BaseException, what: str, uri: str) -> QuiltOpsError:
    """This framework's error for one of botocore's, by the table; see `s3_errors`."""
    from botocore import exceptions as botocore

    context: dict[str, Any] = {"uri": uri}
    if isinstance(error, botocore.ClientError):
        details = error.response.get("Error", {})
        code = str(details.get("Code", "unknown"))
        status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        said = str(details.get("Message") or code)
        if code in _CLOCK_CODES or (status in ("400", "403") and clock_is_off(headers.get("date"))):
            return wrong_clock(f"Could not {what} {uri}: {said} ({code})", headers.get("date"))
        return translate_code(code, said, what, uri, status)
    if isinstance(
        error,
        (
            botocore.NoCredentialsError,
            botocore.PartialCredentialsError,
            botocore.CredentialRetrievalError,
        ),
    ):
        return AuthenticationError(
            f"Could not {what} {uri}: there are no AWS credentials.", context=context
        )
    kind = TransportError if isinstance(error, _transport_errors()) else BackendError
    return kind(f"Could not {what} {uri}: {type(error).__name__}: {error}", context=context)


def translate_code(code: str, message: str, what: str, uri: str, status: str = "") -> QuiltOpsError:
    """The error for one of S3's codes by the table, or by the HTTP status if the code is
    not in it.
    """
    if code in _ARCHIVED:
        return archived_object(what, uri)
    if code in _MISSING and uri.startswith("s3://") and uri.removeprefix("s3://").partition("/")[2]:
        return object_not_found(uri)
    kind = _BY_CODE.get(code) or _BY_CODE.get(status) or BackendError
    return kind(
        f"Could not {what} {uri}: {message} ({code}).",
        hint="The bucket is in another AWS region: set `region` (AWS_REGION)."
        if code in _ELSEWHERE
        else None,
        context={"uri": uri, "code": code},
    )


def botocore_errors() -> tuple[type[BaseException], ...]:
    # Evaluated only when an exception passes, so that importing this costs nothing.
    from botocore import exceptions as botocore

    return (
        botocore.ClientError,
        botocore.BotoCoreError,
        botocore.HTTPClientError,
        *_transport_errors(),
    )


def _transport_errors() -> tuple[type[BaseException], ...]:
    from botocore import exceptions as botocore
    from urllib3.exceptions import HTTPError

    return (
        botocore.HTTPClientError,
        botocore.ConnectionError,
        botocore.IncompleteReadError,
        botocore.ReadTimeoutError,
        botocore.ResponseStreamingError,
        HTTPError,
    )
