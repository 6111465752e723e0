"""Take secrets out of text: the last line of defence before anything is shown or logged.

Nothing should put a token, a key or a signed URL into a message in the first place. Text that
comes from elsewhere (a server's message, a URL in an exception of a library) may carry one all
the same, so every error message, log line and trace passes through `redact`.
"""

from __future__ import annotations

import re

MASK = "***"

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # JSON web tokens: three base64url parts, the first one beginning with '{"'.
    (re.compile(r"eyJ[\w-]{6,}\.[\w-]{2,}\.[\w-]*"), MASK),
    (re.compile(r"\bqk_[\w.-]{4,}"), "qk_" + MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"), MASK),
    (
        re.compile(
            r"(?i)\b(X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature)"
            r"=[^&\s\"'<>]+"
        ),
        r"\1=" + MASK,
    ),
    # The same in headers as they are logged, in canonical requests, and in XML.
    (re.compile(r"(?i)\b(x-amz-security-token[\"']?\s*:\s*b?[\"']?)[^\s\"',<>}]+"), r"\1" + MASK),
    (re.compile(r"(?i)<(SecretAccessKey|SessionToken)>[^<]+"), r"<\1>" + MASK),
    (re.compile(r"\b(Signature:\s*)[0-9a-f]{64}\b"), r"\1" + MASK),
    (re.compile(r"(?i)\b(bearer)\s+[\w.~+/=-]{8,}"), r"\1 " + MASK),
    (
        re.compile(
            r"(?i)([\"']?\b(?:access_token|refresh_token|catalog_token|api_key|secret_key|"
            r"SecretAccessKey|SessionToken|aws_secret_access_key|aws_session_token|"
            r"authorization|password)[\"']?\s*[:=]\s*b?[\"']?)(?!bearer\b)[^\s\"',&}]{4,}"
        ),
        r"\1" + MASK,
    ),
    (re.compile(r"(?i)(https?://)[^/\s:@]+:[^/\s@]+@"), r"\1" + MASK + "@"),
)


def redact(text: str) -> str:
    """Return `text` with everything that looks like a secret replaced by `***`.

    Recognised: JSON web tokens, Quilt API keys (`qk_…`), AWS access key ids, the signing
    parameters of presigned URLs, bearer credentials, `name: value` pairs of well-known secret
    names, and user information in URLs.
    """
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
