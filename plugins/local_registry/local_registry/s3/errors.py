"""S3's errors, as XML with the statuses that AWS uses."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from local_registry.http.messages import Reply

_STATUS = {
    "AccessDenied": 403,
    "AuthorizationHeaderMalformed": 400,
    "AuthorizationQueryParametersError": 400,
    "BadDigest": 400,
    "BucketAlreadyOwnedByYou": 409,
    "BucketNotEmpty": 409,
    "ConditionalRequestConflict": 409,
    "EntityTooLarge": 413,
    "EntityTooSmall": 400,
    "ExpiredToken": 400,
    "IllegalLocationConstraintException": 400,
    "IncompleteBody": 400,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidArgument": 400,
    "InvalidBucketName": 400,
    "InvalidObjectState": 403,
    "InvalidPart": 400,
    "InvalidPartNumber": 416,
    "InvalidPartOrder": 400,
    "InvalidRange": 416,
    "InvalidRequest": 400,
    "InvalidTag": 400,
    "InvalidToken": 400,
    "KeyTooLongError": 400,
    "MalformedXML": 400,
    "MetadataTooLarge": 400,
    "MethodNotAllowed": 405,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "NoSuchVersion": 404,
    "NotImplemented": 501,
    "PreconditionFailed": 412,
    "RequestTimeTooSkewed": 403,
    "SignatureDoesNotMatch": 403,
    "SlowDown": 503,
    "XAmzContentSHA256Mismatch": 400,
}


class S3Error(Exception):
    """A request that is refused, by S3's error code.

    details: further elements of the document; headers: further headers of the answer.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        details: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status or _STATUS[code]
        self.details = details or {}
        self.headers = headers or {}

    def reply(self) -> Reply:
        """The answer to the refused request."""
        return error_reply(
            self.status, self.code, str(self), details=self.details, headers=self.headers
        )


def error_reply(
    status: int,
    code: str,
    message: str,
    *,
    details: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """The XML document that S3 sends for an error."""
    if code == "ExpiredToken":
        status = _STATUS[code]
    more = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in (details or {}).items())
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>{more}"
        "<RequestId>LOCALREGISTRY</RequestId></Error>"
    )
    return Reply.of(status, "application/xml", text.encode(), headers)
