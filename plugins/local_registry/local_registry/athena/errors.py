"""Athena's errors, as the documents that its clients expect."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from local_registry.http.messages import Reply

MEDIA_TYPE = "application/x-amz-json-1.1"
_OF_S3 = {
    "AccessDenied": "AccessDeniedException",
    "AuthorizationHeaderMalformed": "InvalidSignatureException",
    "ExpiredToken": "ExpiredTokenException",
    "InvalidAccessKeyId": "UnrecognizedClientException",
    "InvalidToken": "UnrecognizedClientException",
    "RequestTimeTooSkewed": "InvalidSignatureException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "XAmzContentSHA256Mismatch": "InvalidSignatureException",
}


class AthenaError(Exception):
    """A request that is refused: the name of Athena's exception, and a message.

    details: further members of the document.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        details: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.details = details or {}

    def reply(self) -> Reply:
        """The answer to the refused request."""
        return error_reply(self.status, self.code, str(self), self.details)


def invalid(message: str, code: str = "INVALID_INPUT") -> AthenaError:
    """`InvalidRequestException`, with Athena's finer code."""
    return AthenaError("InvalidRequestException", message, details={"AthenaErrorCode": code})


def denied(who: str, operation: str, what: str) -> AthenaError:
    """`AccessDeniedException`, in IAM's words."""
    return AthenaError(
        "AccessDeniedException",
        f"User: {who} is not authorized to perform: athena:{operation} on resource: {what}",
    )


def of_signature(code: str, message: str) -> AthenaError:
    """The error of a service with JSON documents for an S3 error `code`."""
    return AthenaError(_OF_S3.get(code, "InvalidSignatureException"), message)


def error_reply(
    status: int, code: str, message: str, details: Mapping[str, object] | None = None
) -> Reply:
    """The document that Athena sends for an error."""
    return Reply.json(
        status, {"__type": code, "Message": message, **(details or {})}, headers(code)
    )


def headers(error: str | None = None) -> dict[str, str]:
    """What every answer of Athena carries."""
    every = {"content-type": MEDIA_TYPE, "x-amzn-requestid": str(uuid.uuid4())}
    return every if error is None else {**every, "x-amzn-errortype": error}


def refusal(status: int, code: str, message: str) -> Reply:
    """A refusal by a fault; `code` is S3's error code."""
    if code == "ExpiredToken":
        return error_reply(400, "ExpiredTokenException", "The security token has expired")
    name = "ThrottlingException" if code == "SlowDown" else "InternalServerException"
    return error_reply(status, name, message)
