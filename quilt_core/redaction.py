"""Remove secrets from text: the last line of defence before anything is shown or logged.

Nothing should put a token, a key or a signed URL into a message in the first place. Text from other
sources (a server's message, a URL in an exception of a library) may still contain one, so every
error message, log line and trace passes through `redact`.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote
from weakref import WeakValueDictionary

MASK = "***"

_SHORTEST = 8
"""Shorter values are not masked by value, because that would mask ordinary words."""


_LONGEST = 20_000
"""The maximum number of characters of a text in an error."""


class Written(Protocol):
    """What has a secret value: `quilt_core.secret.Secret`."""

    _written: tuple[str, ...] | None
    """What `written` returns for the value; None until a text is searched for it."""

    def reveal(self) -> str: ...


_KNOWN: WeakValueDictionary[int, Written] = WeakValueDictionary()
"""The `Secret` objects that exist in this process, by object identity."""

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"\bqk_[\w.-]{4,}", "qk_" + MASK),
    (r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b", MASK),
    (
        r"(?i)\b(X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature)"
        r"=[^&\s\"'<>]+",
        r"\1=" + MASK,
    ),
    # The same in headers as they are logged, in canonical requests, and in XML.
    (r"(?i)\b(x-amz-security-token[\"']?\s*:\s*b?[\"']?)[^\s\"',<>}]+", r"\1" + MASK),
    (r"(?i)<(SecretAccessKey|SessionToken)>[^<]+", r"<\1>" + MASK),
    (r"\b(Signature:\s*)[0-9a-f]{64}\b", r"\1" + MASK),
    (r"(?i)\b(bearer)\s+[\w.~+/=-]{8,}", r"\1 " + MASK),
    (
        r"(?i)([\"']?\b(?:access_token|refresh_token|catalog_token|api_key|secret_key|"
        r"SecretAccessKey|SessionToken|aws_secret_access_key|aws_session_token|access_?code|"
        r"authorization|password)[\"']?\s*[:=]\s*b?[\"']?)(?!bearer\b)[^\s\"',&}]{4,}",
        r"\1" + MASK,
    ),
    (r"(?i)(https?://)[^/\s:@]+:[^/\s@]+@", r"\1" + MASK + "@"),
)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The patterns; compiled when a text is first redacted, which most programs never need."""
    return tuple((re.compile(pattern), replacement) for pattern, replacement in _PATTERNS)


_MAY_BE_A_JWT = re.compile(r"[\w.-]{12,}")


def remember(secret: Written) -> None:
    """Mask this secret by its value, whatever it looks like, as long as the object exists."""
    _KNOWN[id(secret)] = secret


def redact(text: str) -> str:
    """Return `text` with everything that is a secret, or looks like one, replaced by `***`.

    The values of all existing `Secret` objects are masked (if they have at least eight characters;
    also in their URL-encoded and JSON forms). These are recognised by their form: JSON web tokens,
    Quilt API keys (`qk_…`), AWS access key ids, the signing parameters of presigned URLs, bearer
    credentials, `name: value` pairs of well-known secret names, and user information in URLs.

    The running time is linear in the length of the text.
    """
    text = _MAY_BE_A_JWT.sub(_without_jwt, _without_known(text))
    for pattern, replacement in _patterns():
        text = pattern.sub(replacement, text)
    return text


def shortened(text: str, longest: int = _LONGEST) -> str:
    """Return `text` or, if it is too long, its beginning and the number of omitted characters.

    Call `redact` first, because half a secret is not recognised.
    """
    more = len(text) - longest
    return text if more <= 0 else f"{text[:longest]}… ({more} more characters)"


def _without_known(text: str) -> str:
    if len(text) < _SHORTEST:
        return text
    found: set[str] = set()
    for reference in _KNOWN.valuerefs():
        secret = reference()
        if secret is not None:
            forms = secret._written
            if forms is None:
                forms = secret._written = written(secret.reveal())
            found.update(one for one in forms if one in text)
    for value in sorted(found, key=len, reverse=True):  # a secret may be part of another one
        text = text.replace(value, MASK)
    return text


def written(value: str) -> tuple[str, ...]:
    """A value as it may be written: plain, in a URL, in JSON; nothing if it is too short to mask.

    Each `Secret` keeps these, because every text is searched for those of all secrets.
    """
    if len(value) < _SHORTEST:
        return ()
    if value.isalnum():
        return (value,)
    # A value that is not valid Unicode must not make every error of the process fail.
    return value, quote(value, safe="", errors="surrogatepass"), json.dumps(value)[1:-1]


def _without_jwt(match: re.Match[str]) -> str:
    """Characters that can occur in a token, masked from the first JWT on.

    A JWT is three base64url parts, the first one beginning with '{"'. The parts are scanned one
    after the other, because a regular expression would start again at every 'eyJ'.
    """
    parts = match[0].split(".")
    for number, part in enumerate(parts[:-2]):
        start = part.find("eyJ")
        if start >= 0 and len(part) - start >= 9 and len(parts[number + 1]) >= 2:
            before = ".".join([*parts[:number], part[:start]])
            ending = "." if parts[-1] == "" and len(parts) - number > 3 else ""
            return before + MASK + ending
    return match[0]
