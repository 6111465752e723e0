"""Physical keys: the location of an entry's bytes, as a URL (docs/protocol.md, E.1, H.2)."""

from __future__ import annotations

from typing import Self
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import attrs


@attrs.frozen
class PhysicalKey:
    """An object's bucket (None: a local file), decoded key or path, and version."""

    bucket: str | None
    path: str
    version_id: str | None = None

    @classmethod
    def parse(cls, url: str) -> Self:
        """Parse a physical key.

        Parameters
        ----------
        url:
            `s3://bucket/key[?versionId=…]` or `file:///path`.

        Raises
        ------
        ValueError
            For anything else; the message has the value.
        """
        parts = urlsplit(url)
        query = parse_qs(parts.query, keep_blank_values=True)
        version = query.pop("versionId", [None])
        path = unquote(parts.path)
        if parts.fragment or query or len(version) != 1 or not path.startswith("/"):
            raise ValueError(f"{url!r} is not a physical key")
        if parts.scheme == "s3" and parts.netloc and len(path) > 1 and version[0] != "":
            return cls(parts.netloc, path[1:], version[0])
        if parts.scheme == "file" and parts.netloc in ("", "localhost") and version[0] is None:
            return cls(None, path)
        raise ValueError(f"{url!r} is not a physical key")

    @property
    def url(self) -> str:
        """The physical key as manifests hold it."""
        if self.bucket is None:
            return "file://" + quote(self.path)
        query = f"?{urlencode({'versionId': self.version_id})}" if self.version_id else ""
        return f"s3://{self.bucket}/{quote(self.path)}{query}"

    def __str__(self) -> str:
        return self.url
