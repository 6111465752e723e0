"""Replace addresses by fixed names, so that a cassette does not reveal where it was recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from quilt_core.testing.cassettes.secrets import MASK

_S3_HOST = re.compile(
    r"^(?:(?P<bucket>[a-z0-9][a-z0-9.-]*)\.)?s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$"
)
_SIGNING = frozenset(
    {"x-amz-signature", "x-amz-credential", "x-amz-security-token", "x-amz-date", "signature"}
)


class Places:
    """Replaces addresses and names of the place of recording by fixed ones.

    Parameters
    ----------
    replacements:
        The texts of the recording, and their replacements in the cassette: origins
        (`"http://127.0.0.1:43211": "https://registry.example.com"`), buckets, users.
    s3_endpoint:
        The origin of S3 in cassettes; objects that AWS serves from a host of their bucket's own
        are recorded below it, as `{s3_endpoint}/{bucket}/{key}`. None leaves them alone.
    """

    def __init__(
        self, replacements: Mapping[str, str] | None = None, s3_endpoint: str | None = None
    ) -> None:
        self._s3 = s3_endpoint
        pairs: dict[str, str] = {}
        for real, fixed in (replacements or {}).items():
            pairs[real] = fixed
            pairs.setdefault(quote(real, safe=""), quote(fixed, safe=""))
        self._pairs = {real: fixed for real, fixed in pairs.items() if real != fixed}
        # The longest first: of `http://host:80` and `http://host:8080` the right one.
        known = sorted(self._pairs, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        """Replace the names in a text."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._pairs[found.group()], text)

    def uri(self, uri: str) -> str:
        """Replace the names in a URI; parts that a signature changes each time are masked."""
        parts = urlsplit(self._path_style(self.text(uri)))
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        if any(name.lower() in _SIGNING for name, _ in pairs):
            masked = [(name, MASK if name.lower() in _SIGNING else value) for name, value in pairs]
            parts = parts._replace(query=urlencode(masked))
        return urlunsplit(parts)

    def _path_style(self, uri: str) -> str:
        parts = urlsplit(uri)
        found = _S3_HOST.match(parts.hostname or "") if self._s3 else None
        if found is None:
            return uri
        bucket = f"/{found['bucket']}" if found["bucket"] else ""
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._s3}{bucket}{parts.path}{query}"


def comparable_uri(uri: str) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    """Scheme, host with port, decoded path and sorted query: equal for the same place."""
    parts = urlsplit(uri)
    query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return parts.scheme, parts.netloc, unquote(parts.path) or "/", query
