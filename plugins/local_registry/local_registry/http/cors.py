"""The headers about requests from other origins (CORS)."""

from __future__ import annotations

import attrs

from local_registry.http.messages import RawHeaders, Reply

_EXPOSED = (
    b"etag, date, content-length, content-range, content-disposition, retry-after, x-quilt-info, "
    b"x-amz-version-id, x-amz-request-id, x-amz-delete-marker, x-amz-bucket-region, "
    b"x-amz-storage-class, x-amz-restore, x-amz-meta-helium, x-amz-checksum-sha256, "
    b"x-amz-checksum-crc32, x-amz-checksum-crc64nvme"
)
_SECONDS = b"3000"


@attrs.frozen(kw_only=True)
class Cors:
    """Every page may read answers, and pages of `trusted` may send their cookies too.

    The answers still depend on the identity: a foreign page has no token and gets no cookie.

    trusted: the origin (scheme, host and port) of the catalog, or `None`.
    """

    trusted: str | None = None

    def preflight(self, method: str, headers: RawHeaders) -> Reply | None:
        """The answer to a preflight request of a browser; `None` for any other request."""
        asked = _find(headers, b"access-control-request-method")
        if method != "OPTIONS" or asked is None or _find(headers, b"origin") is None:
            return None
        answer = [
            (b"access-control-allow-methods", asked),
            (b"access-control-max-age", _SECONDS),
        ]
        wanted = _find(headers, b"access-control-request-headers")
        if wanted:
            answer.append((b"access-control-allow-headers", wanted))
        return Reply(status=200, headers=answer, body=b"")

    def headers(self, headers: RawHeaders) -> RawHeaders:
        """The headers to add to the answer to a request with these headers."""
        origin = _find(headers, b"origin")
        if origin is None:
            return []
        added = [(b"access-control-expose-headers", _EXPOSED), (b"vary", b"origin")]
        if self.trusted is not None and origin == self.trusted.encode("latin-1"):
            added += [
                (b"access-control-allow-origin", origin),
                (b"access-control-allow-credentials", b"true"),
            ]
        else:
            added.append((b"access-control-allow-origin", b"*"))
        return added


def _find(headers: RawHeaders, name: bytes) -> bytes | None:
    return next((value for key, value in headers if key.lower() == name), None)
