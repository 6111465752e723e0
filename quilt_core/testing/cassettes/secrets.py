"""Patterns of secrets: one list for scrubbing while recording and for searching afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

MASK = "SCRUBBED"
"""The text that replaces a secret in a cassette; it survives URLs, JSON and headers."""

_FIELDS = (
    "access_token",
    "refresh_token",
    "id_token",
    "catalog_token",
    "token",
    "api_key",
    "client_secret",
    "secret",
    "secret_key",
    "secret_access_key",
    "session_token",
    "access_key_id",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "security_token",
    "private_key",
    "password",
    "authorization",
    "cookie",
)
_FOLDED = frozenset(name.replace("_", "") for name in _FIELDS)
_WORDS = "|".join(sorted((name.replace("_", "[-_]?") for name in _FIELDS), key=len, reverse=True))

SENSITIVE_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-amz-security-token",
        "x-api-key",
        "x-auth-token",
        "x-csrf-token",
    }
)


@attrs.frozen(kw_only=True)
class Shape:
    """A kind of secret, and a pattern whose group `secret` is the part to hide."""

    kind: str
    pattern: re.Pattern[str]

    def find(self, text: str) -> Iterator[re.Match[str]]:
        """The places in a text that look like this and are not scrubbed yet."""
        return (found for found in self.pattern.finditer(text) if not scrubbed(found["secret"]))

    def hide(self, text: str) -> str:
        """The text with `MASK` in the place of each such secret."""
        return self.pattern.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    start, end = found.span("secret")
    whole, offset = found.group(), found.start()
    return whole[: start - offset] + MASK + whole[end - offset :]


def _shape(kind: str, pattern: str) -> Shape:
    return Shape(kind=kind, pattern=re.compile(pattern))


SHAPES: tuple[Shape, ...] = (
    _shape("JSON web token", r"(?P<secret>eyJ[\w-]{6,}\.[\w-]{2,}\.[\w-]*)"),
    _shape("Quilt API key", r"\b(?P<secret>qk_[\w.-]{4,})"),
    _shape("AWS access key id", r"\b(?P<secret>(?:AKIA|ASIA)[A-Z0-9]{12,})\b"),
    _shape(
        "AWS signature",
        r"(?i)\b(?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature)"
        r"(?:=|%3D)(?P<secret>[^&\s\"'<>,\\]+)",
    ),
    _shape("bearer credential", r"(?i)\bbearer\s+(?P<secret>[\w.~+/=-]{8,})"),
    _shape("XML credential", rf"(?i)<(?:{_WORDS})>(?P<secret>[^<\s][^<]*)<"),
    _shape("user in a URL", r"(?i)https?://(?P<secret>[^/\s:@\"'?#]+:[^/\s@\"'?#]+)@"),
    _shape(
        "private key",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<secret>[\s\S]+?)-----END [A-Z ]*PRIVATE KEY-----",
    ),
)
"""Secrets that are recognised by their form, wherever they are."""

NAMED = _shape(
    "named credential",
    rf"(?im)(?<![\w$])[\"']?(?:{_WORDS})[\"']?\s*[:=]\s*[\"']?(?!bearer\b)"
    r"(?P<secret>[^\s\"',;&<>{}\\]{4,})(?=[\"']?[ \t]*(?:[,;&}]|$))",
)
"""`name=value` and `name: value` up to the end of the line, so that no sentence is one ("Outdated
access token: please log in"); not for GraphQL documents, which have `secret: String!`."""


def is_secret_field(name: str) -> bool:
    """Whether a JSON or form field of this name holds a secret: `refresh_token`, `SessionToken`."""
    return name.replace("_", "").replace("-", "").lower() in _FOLDED


def scrubbed(value: str) -> bool:
    """Whether a value no longer contains a secret."""
    return not value or value.startswith(MASK)
