"""The object of a preview: a signed URL, which our own S3 answers and which is never fetched."""

from __future__ import annotations

import zlib
from http import HTTPStatus
from urllib.parse import urlsplit

import attrs

from local_registry.http.messages import Handler, Record, Request
from local_registry.s3.addressing import bucket_of_host, is_s3_host

MAX_INPUT = 150_000_000  # bytes that are read of an object, as in Quilt's own services
_GZIP = 16 + zlib.MAX_WBITS


class PreviewError(Exception):
    """A preview that cannot be made: a status and the document that says why."""

    def __init__(self, status: int, document: dict[str, str]) -> None:
        super().__init__(document.get("title") or document.get("error"))
        self.status = status
        self.document = document

    @classmethod
    def bad(cls, title: str, detail: str = "") -> PreviewError:
        """A request that is wrong by itself (400)."""
        return cls(400, {"title": title, "detail": detail})


@attrs.frozen(kw_only=True)
class Source:
    """Reads objects for previews: `s3` answers a request as the S3 port does, and `s3_host` is
    that port's host and port."""

    s3: Handler
    s3_host: str

    async def read(self, url: str, compression: str | None, limit: int = MAX_INPUT) -> bytes:
        """The first `limit` bytes (decompressed) of the object that a URL names.

        The URL's signature decides whether it may be read, as S3 would decide. Raises
        `PreviewError`: 400 for a URL of anything but S3, else S3's status with its text.
        """
        request = self._request(url)
        reply = await self.s3(request, Record(operation="GetObject", target=request.path))
        if reply.status >= 300:
            reason = HTTPStatus(reply.status).phrase
            text = reply.body.decode("utf-8", "replace")
            raise PreviewError(reply.status, {"error": reason, "text": text})
        if compression is None:
            return reply.body[:limit]
        if compression != "gz":
            raise PreviewError.bad("Unexpected compression= value", "Only gz is read here")
        try:
            return zlib.decompressobj(_GZIP).decompress(reply.body, limit)
        except zlib.error as error:
            raise PreviewError.bad("The object is not compressed", str(error)) from None

    def _request(self, url: str) -> Request:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise PreviewError.bad("Invalid url=", str(error)) from None
        named = is_s3_host(host) and port in (None, 80, 443)
        local = bucket_of_host(host) is not None and str(port) == self.s3_host.rpartition(":")[2]
        is_ours = parts.netloc == self.s3_host or named or local
        plain = parts.scheme in ("http", "https") and "@" not in parts.netloc and url.isascii()
        if not (plain and is_ours):
            raise PreviewError.bad("Invalid url=. Expected S3 virtual-host URL.")
        return Request(
            method="GET",
            raw_path=parts.path or "/",
            query=parts.query,
            headers=[(b"host", parts.netloc.encode("ascii"))],
            body=b"",
        )
