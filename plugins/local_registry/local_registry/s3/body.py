"""Request bodies: `aws-chunked` framing taken off, digests checked."""

from __future__ import annotations

import base64
import hashlib
import re

import attrs

from local_registry.http.messages import RawHeaders, Request
from local_registry.s3.checksums import ALGORITHMS, PREFIX, checksum
from local_registry.s3.errors import S3Error

_STREAMING = "STREAMING-"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_SIZE = re.compile(rb"[0-9a-fA-F]{1,16}")
_FRAMING = (b"content-encoding", b"x-amz-decoded-content-length", b"x-amz-trailer")


def plain_body(request: Request) -> Request:
    """The request with its body as it is to be stored; trailing checksums become headers.

    Raises `S3Error`: XAmzContentSHA256Mismatch, BadDigest, IncompleteBody.
    """
    digest = request.header("x-amz-content-sha256") or _UNSIGNED
    if digest.startswith(_STREAMING):
        request = _unchunk(request)
    elif digest != _UNSIGNED and hashlib.sha256(request.body).hexdigest() != digest.lower():
        raise S3Error(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
    _check_digests(request)
    return request


def _check_digests(request: Request) -> None:
    # completing an upload in parts names the checksum of the whole object, not of this body
    if request.method == "POST" and "uploadId=" in request.query:
        return
    for raw, value in request.headers:
        header = raw.lower().decode("latin-1")
        algorithm = header.removeprefix(PREFIX).upper()
        if header == "content-md5":
            computed = base64.b64encode(
                hashlib.md5(request.body, usedforsecurity=False).digest()
            ).decode()
        elif header.startswith(PREFIX) and algorithm in ALGORITHMS:
            computed = checksum(algorithm, [request.body])
        else:
            continue
        if value.decode("latin-1") != computed:
            raise S3Error("BadDigest", f"The {header} you specified did not match.")


def _unchunk(request: Request) -> Request:
    body, trailers = _read_chunks(request.body)
    declared = request.header("x-amz-decoded-content-length")
    if declared is not None and declared != str(len(body)):
        raise S3Error("IncompleteBody", "The body is not as long as it was said to be")
    headers = [pair for pair in request.headers if pair[0].lower() not in _FRAMING]
    encodings = (request.header("content-encoding") or "").split(",")
    kept = [each.strip() for each in encodings if each.strip() not in ("", "aws-chunked")]
    if kept:
        headers.append((b"content-encoding", ",".join(kept).encode("latin-1")))
    return attrs.evolve(request, headers=headers + trailers, body=body)


def _read_chunks(framed: bytes) -> tuple[bytes, RawHeaders]:
    chunks: list[bytes] = []
    position = 0
    while True:
        end = framed.find(b"\r\n", position)
        if end < 0:
            raise S3Error("IncompleteBody", "A chunk is cut short")
        digits = framed[position:end].partition(b";")[0]
        if not _SIZE.fullmatch(digits):  # `int` also takes a sign, with which this would never end
            raise S3Error("IncompleteBody", "A chunk has no size")
        size = int(digits, 16)
        position = end + 2
        if size == 0:
            return b"".join(chunks), _trailers(framed[position:])
        if len(framed) < position + size + 2:
            raise S3Error("IncompleteBody", "A chunk is cut short")
        chunks.append(framed[position : position + size])
        position += size + 2


def _trailers(text: bytes) -> RawHeaders:
    pairs = [line.partition(b":")[::2] for line in text.split(b"\r\n") if b":" in line]
    return [
        (name.strip().lower(), value.strip())
        for name, value in pairs
        if name.strip().lower().startswith(b"x-amz-checksum-")
    ]
