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
    "EntityTooLarge": 413,
    "ExpiredToken": 400,
    "IncompleteBody": 400,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidRequest": 400,
    "InvalidToken": 400,
    "MalformedXML": 400,
    "NoSuchBucket": 404,
    "RequestTimeTooSkewed": 403,
    "SignatureDoesNotMatch": 403,
    "SlowDown": 503,
    "XAmzContentSHA256Mismatch": 400,
}


class S3Error(Exception):
    """A request that the gateway refuses, by S3's error code; `details` are further elements of
    the document, such as `Region`."""

    def __init__(
        self, code: str, message: str, *, details: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = _STATUS[code]
        self.details = details or {}


def error_reply(
    status: int, code: str, message: str, details: Mapping[str, str] | None = None
) -> Reply:
    """The XML document that S3 sends for an error."""
    if code == "ExpiredToken":
        status = _STATUS[code]
    more = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in (details or {}).items())
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        f"{more}<RequestId>LOCALREGISTRY</RequestId></Error>"
    )
    return Reply.of(status, "application/xml", text.encode())
