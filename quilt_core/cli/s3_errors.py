"""What goes wrong when the command line lists objects with a backend's S3 client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
    """The error for one of botocore's; None for any other."""
    if isinstance(error, QuiltOpsError) or not type(error).__module__.startswith("botocore"):
        return None
    from botocore import exceptions as botocore

    if isinstance(error, (botocore.NoCredentialsError, botocore.PartialCredentialsError)):
        return AuthenticationError(f"Could not {what}: there are no AWS credentials.")
    if isinstance(error, (botocore.HTTPClientError, botocore.ConnectionError)):
        return TransportError(f"Could not {what}: {type(error).__name__}: {error}")
    if not isinstance(error, botocore.ClientError):
        return BackendError(f"Could not {what}: {type(error).__name__}: {error}")
    answer = error.response.get("Error", {})
    code, status = (
        str(answer.get("Code", "unknown")),
        int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)),
    )
    kind = (
        AuthenticationError
        if code in _IDENTITY
        else _BY_STATUS.get(status, TransportError if status >= 500 else BackendError)
    )
    hint = "The bucket is in another AWS region: set AWS_REGION." if code in _ELSEWHERE else None
    said = answer.get("Message") or code
    return kind(f"Could not {what}: {said} ({code}).", hint=hint, context={"code": code})
