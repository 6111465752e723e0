"""What moto leaves out of its answers and S3 clients rely on (docs/protocol.md, J.5)."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from local_registry.http.messages import RawHeaders, Reply, Request

_ETAG_PARTS = re.compile(r"-(\d+)\W*$")
_COMPOSITE = {b"x-amz-checksum-sha256": "ChecksumSHA256", b"x-amz-checksum-sha1": "ChecksumSHA1"}
_COMPLETED = re.compile(rb"(<ETag>[^<]*?-(\d+)[^<\d]*</ETag>)")
Send = Callable[[Request], Reply]


def repair(request: Request, reply: Reply, send: Send) -> Reply:
    """The reply as S3 gives it; `send` carries out further requests.

    Checksums of objects uploaded in parts end in `-` and the number of parts, and completing such
    an upload tells the checksum.
    """
    if reply.status != 200:
        return reply
    if request.method == "HEAD":
        return attrs.evolve(reply, headers=_with_parts(reply.headers))
    if request.method == "POST" and "uploadId=" in request.query:
        return _completed(request, reply, send)
    return reply


def _with_parts(headers: RawHeaders) -> RawHeaders:
    fields = {key.lower(): value for key, value in headers}
    parts = _ETAG_PARTS.search(fields.get(b"etag", b"").decode("latin-1"))
    if parts is None:
        return headers
    suffix = f"-{parts[1]}".encode()
    return [
        (key, value + suffix if key.lower() in _COMPOSITE and b"-" not in value else value)
        for key, value in headers
    ]


def _completed(request: Request, reply: Reply, send: Send) -> Reply:
    found = _COMPLETED.search(reply.body)
    if found is None:
        return reply
    mode = (b"x-amz-checksum-mode", b"ENABLED")
    head = send(attrs.evolve(request, method="HEAD", query="", headers=[mode], body=b""))
    for key, value in _with_parts(head.headers):
        name = _COMPOSITE.get(key.lower(), "").encode()
        if name:
            checksum = b"<%s>%s</%s><ChecksumType>COMPOSITE</ChecksumType>" % (name, value, name)
            body = reply.body.replace(found[1], found[1] + checksum, 1)
            return attrs.evolve(reply, headers=reply.without("content-length"), body=body)
    return reply
