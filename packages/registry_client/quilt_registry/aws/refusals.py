"""Send a request that AWS refuses once more, with new credentials.

A user's role may have been switched, or a key revoked, while the credentials would still be kept
for up to an hour.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3

_REFUSALS = frozenset(
    {
        "AccessDenied",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidToken",
        "UnrecognizedClientException",
        "403",  # the answer to HEAD has no body, and no code in it
    }
)
_MARK = "quilt_renewed"
_SIGNED_WITH = re.compile(r"Credential=([^/,\s=]+)/")


def renew_after_refusals(client: Any, session: boto3.Session) -> None:
    """Have `client` drop refused credentials and send the request once more.

    Does nothing for the process's own credentials, which the registry did not issue.
    """
    from quilt_registry.aws.session import IssuedCredentials

    credentials = session.get_credentials()
    if not isinstance(credentials, IssuedCredentials):
        return
    issued: IssuedCredentials = credentials

    def retry(response: Any, request_dict: dict[str, Any], **_: Any) -> float | None:
        """The number of seconds to wait before another attempt; None leaves that to botocore."""
        if response is None or request_dict["context"].get(_MARK):
            return None
        _, parsed = response
        if str(parsed.get("Error", {}).get("Code", "")) not in _REFUSALS:
            return None
        request_dict["context"][_MARK] = True
        return 0.0 if issued.drop_refused(request_dict["context"].get("quilt_key")) else None

    def note(request: Any, **_: Any) -> None:
        """The key that signs an attempt."""
        found = _SIGNED_WITH.search(_text(request.headers.get("Authorization")))
        request.context["quilt_key"] = found[1] if found else None

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"needs-retry.{service}", retry)
    client.meta.events.register_last(f"request-created.{service}", note)  # after it was signed


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
