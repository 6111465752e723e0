"""One HTTP request with its whole body, and one reply."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote

import attrs

RawHeaders = list[tuple[bytes, bytes]]


@attrs.define(kw_only=True)
class Record:
    """The log's record of a request; the application adds the identity.

    refuse: the form of a refusal by a fault, if it differs from that of the request's side.
    """

    operation: str
    target: str
    identity: str | None = None
    payload: object = None
    refuse: Refusal | None = None


@attrs.frozen(kw_only=True)
class Request:
    """A request as received: `raw_path` is still percent-encoded, and header names are in lower
    case.
    """

    method: str
    raw_path: str
    query: str
    headers: RawHeaders
    body: bytes

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(self.raw_path)

    def header(self, name: str) -> str | None:
        """The (first) header of this name, or `None`."""
        wanted = name.lower().encode("latin-1", "replace")  # no header's name has a "?"
        for key, value in self.headers:
            if key.lower() == wanted:
                return value.decode("latin-1")
        return None


@attrs.frozen(kw_only=True)
class Reply:
    """An answer."""

    status: int
    headers: RawHeaders
    body: bytes

    @classmethod
    def json(cls, status: int, document: object, headers: Mapping[str, str] | None = None) -> Reply:
        """A JSON document."""
        return cls.of(status, "application/json", json.dumps(document).encode(), headers)

    @classmethod
    def of(
        cls, status: int, media_type: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """A body of a media type."""
        every = {"content-type": media_type, **(headers or {})}
        raw = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in every.items()]
        return cls(status=status, headers=raw, body=body)

    def without(self, *names: str) -> RawHeaders:
        """The headers except those with these names."""
        gone = {name.encode("latin-1") for name in names}
        return [(key, value) for key, value in self.headers if key.lower() not in gone]


Handler = Callable[[Request, Record], Awaitable[Reply]]
Refusal = Callable[[int, str, str], Reply]
