"""What goes wrong when the command line lists objects with a backend's S3 client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from quilt_core.errors import (
    AuthenticationError,
    BackendError,
    NotFoundError,
    PermissionDeniedError,
    QuiltOpsError,
    TransportError,
)

_BY_STATUS: dict[int, type[QuiltOpsError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
}
_IDENTITY = frozenset({
    "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidToken",
    "SignatureDoesNotMatch", "TokenRefreshRequired",
})  # fmt: skip
_NETWORK = frozenset({"HTTPClientError", "ConnectionError"})
_ELSEWHERE = frozenset({"PermanentRedirect", "AuthorizationHeaderMalformed", "301"})


@contextmanager
def s3_errors(what: str) -> Iterator[None]:
    """Turn the exceptions of a boto3 client into this framework's.

    Only a client is to be had of any backend, so that this goes by what S3's protocol says: codes
    about the identity, and HTTP statuses.

    Parameters
    ----------
    what:
        What is being tried, for the message: ``"list s3://bucket/prefix"``.

    Raises
    ------
    AuthenticationError, PermissionDeniedError, NotFoundError, TransportError, BackendError
    """
    try:
        yield
    except Exception as error:
        found = _translated(error, what)
        if found is None:
            raise
        raise found from error


def _translated(error: Exception, what: str) -> QuiltOpsError | None:
    """The error for one of botocore's, by the names of its classes; None for any other.

    The core imports no library of AWS; whoever made the client did.
    """
    names = {
        kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("botocore")
    }
    if names & {"NoCredentialsError", "PartialCredentialsError"}:
        return AuthenticationError(f"Could not {what}: there are no AWS credentials.")
    response = getattr(error, "response", None)
    if "ClientError" in names and isinstance(response, dict):
        return _refused(response, what)
    if names:
        kind = TransportError if names & _NETWORK else BackendError
        return kind(f"Could not {what}: {type(error).__name__}: {error}")
    return None


def _refused(response: dict[str, Any], what: str) -> QuiltOpsError:
    """The error for an answer of S3 that is one."""
    answer = response.get("Error", {})
    code = str(answer.get("Code", "unknown"))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    usual = TransportError if status >= 500 else BackendError
    kind = AuthenticationError if code in _IDENTITY else _BY_STATUS.get(status, usual)
    hint = "The bucket is in another AWS region: set AWS_REGION." if code in _ELSEWHERE else None
    said = answer.get("Message") or code
    return kind(f"Could not {what}: {said} ({code}).", hint=hint, context={"code": code})
