"""moto's S3 in this process: no socket between the gateway and the objects."""

from __future__ import annotations

import io
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY, environ_key_for_header
from moto.moto_server.werkzeug_app import create_backend_app
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from local_registry.http.messages import Reply, Request
from local_registry.s3.client import S3Client, s3_client
from local_registry.s3.listings import answer_listing
from local_registry.s3.moto_backend import OrderedBackend, untracked
from local_registry.s3.moto_fixes import (
    let_keys_have_line_breaks,
    repair,
    without_null_version,
)
from local_registry.s3.upstream import without_signature

_ENDPOINT = "http://s3.amazonaws.com"
# moto is not made for threads: one request at a time, of all registries in this process
_LOCK = threading.Lock()
_APP: list[Any] = []


def _app() -> Any:
    if not _APP:
        app = create_backend_app("s3")
        let_keys_have_line_breaks(app.url_map)
        _APP.append(app)
    return _APP[0]


class MotoUpstream:
    """The objects of one registry, kept in memory, under an account of their own.

    moto lets a bucket's name exist once among all accounts; each registry has its own register
    of names, put in place while a request of it is carried out.
    """

    def __init__(self, region: str) -> None:
        self._region = region
        self._account = f"{secrets.randbelow(10**12):012d}"
        self._names: dict[str, tuple[str, str]] = {}
        self._partition = get_partition(region)
        self._backend = OrderedBackend(self._partition, self._account)
        # moto reads the region out of it, and takes a request without one for anonymous
        scope = f"local/20000101/{region}/s3/aws4_request"
        self._authorization = (
            f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        )

    def send(self, request: Request) -> Reply:
        """Carry out one request."""
        plain = without_null_version(without_signature(request), self._backend.is_versioned)
        if plain.method == "GET":
            with _LOCK:
                listing = answer_listing(self._backend.keys_of, plain)
            if listing is not None:
                return listing
        return repair(plain, self._carry_out(plain), self._carry_out)

    def _carry_out(self, request: Request) -> Reply:
        environ = self._environ(request)
        begun: list[Any] = []

        def start_response(status: str, headers: Any, _: Any = None) -> Any:
            begun[:] = [int(status.partition(" ")[0]), headers]
            return lambda _data: None

        with self._in_place():
            body = _drain(_app()(environ, start_response))
        raw = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in begun[1]]
        return Reply(status=begun[0], headers=raw, body=body)

    def client(self) -> S3Client:
        """A boto3 client that is answered in this process, without HTTP."""
        client = s3_client(_ENDPOINT, "local", "local", self._region, signed=False)
        client.meta.events.register("before-send.s3", self._answer)
        return client

    def close(self) -> None:
        """Forget all objects."""
        with self._in_place():
            self._backend.dispose()
            self._names.clear()
        s3_backends.pop(self._account, None)

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        """Let moto see this registry's buckets, and leave it as it was for whoever else uses it."""
        with _LOCK, untracked():
            others = s3_backends.bucket_accounts
            s3_backends.bucket_accounts = self._names
            s3_backends[self._account][self._partition] = self._backend
            try:
                yield
            finally:
                s3_backends.bucket_accounts = others

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        parts = urlsplit(request.url)
        headers = [(_bytes(key), _bytes(value)) for key, value in request.headers.items()]
        reply = self.send(
            Request(
                method=request.method,
                raw_path=parts.path or "/",
                query=parts.query,
                headers=headers,
                body=_body(request.body),
            )
        )
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(b"" if request.method == "HEAD" else reply.body),
            status=reply.status,
            preload_content=False,
        )
        fields = {key.decode("latin-1"): value.decode("latin-1") for key, value in reply.headers}
        headers_of_reply: Any = urllib3.HTTPHeaderDict(fields)
        return AWSResponse(request.url, reply.status, headers_of_reply, raw)

    def _environ(self, request: Request) -> dict[str, Any]:
        target = request.raw_path + (f"?{request.query}" if request.query else "")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(request.raw_path).decode("latin-1"),
            "QUERY_STRING": request.query,
            "REQUEST_URI": target,
            "RAW_URI": target,
            "SERVER_NAME": "s3.amazonaws.com",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "s3.amazonaws.com",
            "HTTP_X_MOTO_ACCOUNT_ID": self._account,
            "HTTP_AUTHORIZATION": self._authorization,
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        names: dict[str, str] = {}
        for raw_key, raw_value in request.headers:
            key, value = raw_key.decode("latin-1"), raw_value.decode("latin-1")
            variable = environ_key_for_header(key)
            environ[variable] = value
            if "_" in key:
                names[variable] = key
        environ[PRESERVED_HEADER_NAMES_ENVIRON_KEY] = names
        return environ


def _drain(parts: Iterable[bytes]) -> bytes:
    try:
        return b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else bytes(body.read())
