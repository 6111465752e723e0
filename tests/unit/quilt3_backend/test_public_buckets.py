"""A public bucket is read without a signature, but never written without one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

import quilt_core
from quilt_core import AuthenticationError, TransportError, deadline

from ...servers import serving

ROOT = ".quilt/named_packages/"


class PublicBucket(ThreadingHTTPServer):
    """Just enough of S3 for listings of one public bucket; access to all others is denied."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, str | None]] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: PublicBucket

    def do_GET(self) -> None:
        self.server.seen.append((self.command, self.path, self.headers.get("Authorization")))
        parts = urlsplit(self.path)
        prefix = parse_qs(parts.query).get("prefix", [""])[0]
        if not parts.path.startswith("/public"):
            self._answer(403, "<Error><Code>AccessDenied</Code><Message>Denied</Message></Error>")
            return
        found = {
            ROOT: f"<CommonPrefixes><Prefix>{ROOT}a/</Prefix></CommonPrefixes>",
            f"{ROOT}a/": f"<Contents><Key>{ROOT}a/b/latest</Key></Contents>",
        }.get(prefix, "")
        self._answer(
            200,
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>public</Name>'
            f"<Prefix>{prefix}</Prefix><Delimiter>/</Delimiter><MaxKeys>1000</MaxKeys>"
            f"<KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>{found}</ListBucketResult>",
        )

    do_PUT = do_HEAD = do_DELETE = do_POST = do_GET

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[PublicBucket]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAPROCESS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "process")
    with serving(server := PublicBucket()) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
        yield server


@pytest.mark.parametrize("registry_url", [None, "https://registry.example.com"])
def test_a_public_bucket_is_read_without_a_signature(
    s3: PublicBucket, registry_url: str | None
) -> None:
    with quilt_core.connect(
        "quilt3", registry="s3://public", registry_url=registry_url, use_quilt3_login=False
    ) as ops:
        assert ops.list_all_packages() == ["a/b"]
    assert {authorization for _, _, authorization in s3.seen} == {None}


def test_a_bucket_that_is_not_public_needs_a_login(s3: PublicBucket) -> None:
    with (
        quilt_core.connect("quilt3", registry="s3://private", use_quilt3_login=False) as ops,
        pytest.raises(AuthenticationError, match="not logged in") as caught,
    ):
        ops.list_all_packages()
    assert "quiltops login" in str(caught.value)


def test_anonymous_users_cannot_write(s3: PublicBucket) -> None:
    with (
        quilt_core.connect("quilt3", registry="s3://public", use_quilt3_login=False) as ops,
        pytest.raises(AuthenticationError, match="not logged in"),
    ):
        ops.delete_package("a/b", "s3://public")
    assert {method for method, _, _ in s3.seen} <= {"GET", "HEAD"}


def test_the_deadline_applies(s3: PublicBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "clock", lambda: time.monotonic() + 100 * len(s3.seen))
    with (
        quilt_core.connect("quilt3", registry="s3://public", use_quilt3_login=False) as ops,
        pytest.raises(TransportError, match="no time left"),
    ):
        ops.with_options(deadline=60).list_all_packages()
    assert len(s3.seen) == 1
