"""A boto3 client whose requests are answered in this process, without HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from local_registry.http.messages import Reply, Request
from local_registry.s3.body import plain_body
from local_registry.s3.client import S3Client, s3_client
from local_registry.s3.errors import S3Error

_ENDPOINT = "http://s3.amazonaws.com"  # nothing is sent there


def in_process_client(send: Callable[[Request], Reply], region: str) -> S3Client:
    """A client with all rights; `send` carries its requests out."""

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        try:
            reply = send(plain_body(_read(request)))
        except S3Error as error:
            reply = error.reply()
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(b"" if request.method == "HEAD" else reply.body),
            status=reply.status,
            preload_content=False,
        )
        fields = {key.decode("latin-1"): value.decode("latin-1") for key, value in reply.headers}
        headers: Any = urllib3.HTTPHeaderDict(fields)
        return AWSResponse(request.url, reply.status, headers, raw)

    client = s3_client(_ENDPOINT, "local", "local", region, signed=False)
    client.meta.events.register("before-send.s3", answer)
    return client


def _read(request: AWSPreparedRequest) -> Request:
    parts = urlsplit(request.url)
    return Request(
        method=request.method,
        raw_path=parts.path or "/",
        query=parts.query,
        headers=[(_bytes(key), _bytes(value)) for key, value in request.headers.items()],
        body=_body(request.body),
    )


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else bytes(body.read())
