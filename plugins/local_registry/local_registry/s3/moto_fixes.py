"""What moto leaves out of its answers and S3 clients rely on (docs/protocol.md, J.5)."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs
from werkzeug.routing import Map, Rule

from local_registry.http.messages import RawHeaders, Reply, Request
from local_registry.s3.operations import parse_operation

_ETAG_PARTS = re.compile(r"-(\d+)\W*$")
_COMPOSITE = {b"x-amz-checksum-sha256": "ChecksumSHA256", b"x-amz-checksum-sha1": "ChecksumSHA1"}
_ANY_KEY = '<regex(".+"):key_name>'
_NULL_VERSION = "versionId=null"
_COMPLETED = re.compile(rb"(<ETag>[^<]*?-(\d+)[^<\d]*</ETag>)")
Send = Callable[[Request], Reply]


def let_keys_have_line_breaks(routes: Map) -> None:
    """Let the routes of moto's application take any key: in a pattern `.` is no line break, and a
    key may have one."""
    for rule in list(routes.iter_rules()):
        if rule.rule.endswith(_ANY_KEY):
            wider = rule.rule.replace(_ANY_KEY, r'<regex("[\s\S]+"):key_name>')
            routes.add(Rule(wider, endpoint=rule.endpoint, methods=rule.methods))


def without_null_version(request: Request, is_versioned: Callable[[str], bool]) -> Request:
    """The request as moto takes it: it knows no version `null` of an object in a bucket that
    never had versions, where that is the only one."""
    if request.method != "HEAD" or _NULL_VERSION not in request.query.split("&"):
        return request
    if is_versioned(parse_operation(request).bucket or ""):
        return request
    kept = [pair for pair in request.query.split("&") if pair != _NULL_VERSION]
    return attrs.evolve(request, query="&".join(kept))


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
