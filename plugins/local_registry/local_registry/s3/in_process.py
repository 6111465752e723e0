"""A boto3 client whose requests are answered in this process, without HTTP."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.parsers import RestXMLParser
from botocore.response import StreamingBody
from botocore.serialize import create_serializer
from botocore.utils import percent_encode_sequence

from local_registry.http.messages import Reply, Request
from local_registry.s3.body import plain_body
from local_registry.s3.client import S3Client, parse_time, s3_client
from local_registry.s3.errors import S3Error

_ENDPOINT = "http://s3.amazonaws.com"  # nothing is sent there
_SHORT = frozenset(
    {
        "CreateBucket",
        "DeleteObject",
        "GetObject",
        "HeadBucket",
        "HeadObject",
        "ListObjectVersions",
        "ListObjectsV2",
        "PutBucketVersioning",
        "PutObject",
    }
)
"""The operations that the registry and its tests call thousands of times."""
_CHECKSUMS = frozenset({"ChecksumAlgorithm", "ChecksumMode"})
"""Parameters that ask botocore to compute a checksum."""

Send = Callable[[Request], Reply]
Call = Callable[[str, dict[str, Any]], Any]


def in_process_client(send: Send, region: str) -> S3Client:
    """A client with all rights; `send` carries its requests out."""

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        reply = _carried_out(send, _read(request))
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(b"" if request.method == "HEAD" else reply.body),
            status=reply.status,
            preload_content=False,
        )
        headers: Any = urllib3.HTTPHeaderDict(_fields(reply))
        return AWSResponse(request.url, reply.status, headers, raw)

    client = s3_client(_ENDPOINT, "local", "local", region, signed=False)
    client.meta.events.register("before-send.s3", answer)
    # Every method of a client calls this one.
    client._make_api_call = _ShortWay(client, send, client._make_api_call).call
    return client


class _ShortWay:
    """Makes a request of its parameters, and a result of the answer, as botocore does.

    Endpoints, signatures, attempts and the events that go with them take botocore four fifths of
    the time of a call, and are of no use without a connection.
    """

    def __init__(self, client: S3Client, send: Send, long_way: Call) -> None:
        self._client = client
        self._send = send
        self._long_way = long_way
        self._serializer: Any = create_serializer("rest-xml")
        self._parser: Any = RestXMLParser(timestamp_parser=parse_time)

    def call(self, operation: str, params: dict[str, Any]) -> Any:
        """Carry out an operation; raises `ClientError` and `ParamValidationError`."""
        if operation not in _SHORT or not _CHECKSUMS.isdisjoint(params):
            return self._long_way(operation, params)
        meta = self._client.meta
        model = meta.service_model.operation_model(operation)
        context: dict[str, Any] = {}
        # These events adapt parameters and results, such as the encoding of keys in a listing.
        meta.events.emit(
            f"before-parameter-build.s3.{operation}", params=params, model=model, context=context
        )
        request = self._serializer.serialize_to_request(params, model)
        reply = _carried_out(self._send, _request(params["Bucket"], request))
        response = _response(reply, model, has_body=request["method"] != "HEAD")
        result = self._parser.parse(response, model.output_shape)
        http = SimpleNamespace(status_code=reply.status, content=response["body"])
        meta.events.emit(
            f"after-call.s3.{operation}",
            http_response=http,
            parsed=result,
            model=model,
            context=context,
        )
        if reply.status >= 300:
            code = result.get("Error", {}).get("Code")
            raise self._client.exceptions.from_code(code)(result, operation)
        return result


class _Headers(dict[str, str]):
    """Headers by their names in lower case, whatever the case in which they are asked for."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


def _carried_out(send: Send, request: Request) -> Reply:
    try:
        return send(plain_body(request))
    except S3Error as error:
        return error.reply()


def _request(bucket: str, request: Mapping[str, Any]) -> Request:
    """The request of what botocore's serializer makes; the bucket goes into the path."""
    path, _, fixed = request["url_path"].partition("?")
    query = percent_encode_sequence(request["query_string"])
    return Request(
        method=request["method"],
        raw_path=f"/{quote(bucket)}{path}",
        query="&".join(filter(None, (fixed, query))),
        headers=[(_bytes(key), _bytes(value)) for key, value in request["headers"].items()],
        body=_body(request["body"]),
    )


def _response(reply: Reply, model: Any, *, has_body: bool) -> dict[str, Any]:
    """What botocore's parser takes."""
    body: Any = reply.body if has_body else b""
    if model.has_streaming_output and reply.status < 300:
        body = StreamingBody(io.BytesIO(body), len(body))
    headers = _Headers((name.lower(), value) for name, value in _fields(reply).items())
    return {"headers": headers, "status_code": reply.status, "body": body, "context": {}}


def _fields(reply: Reply) -> dict[str, str]:
    return {key.decode("latin-1"): value.decode("latin-1") for key, value in reply.headers}


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
