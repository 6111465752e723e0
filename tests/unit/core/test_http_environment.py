"""Requests respect the proxies and certificates of the environment, also when these change."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
import requests.adapters
from quilt_registry.http.connections import BoundedAdapter
from quilt_registry.http.pool import environment_of
from quilt_registry.http.transport import DeliveryError, send

from ...clocks import SkippingClock, skipping_clock
from ...servers import serving

__all__ = ["skipping_clock"]

ANONYMOUS = "http://127.0.0.1:9"


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The requests that reach a proxy named by the environment, which answers them itself."""
    for name in ("NO_PROXY", "no_proxy", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as url:
        monkeypatch.setenv("HTTP_PROXY", url)
        yield asked


def test_a_proxy_is_used(proxy: list[str]) -> None:
    assert send("GET", f"{ANONYMOUS}/x", repeatable=False, timeout=5).status == 200
    assert proxy == [f"{ANONYMOUS}/x"]


def test_a_change_takes_effect_at_once(
    proxy: list[str], skipping_clock: SkippingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    send("GET", f"{ANONYMOUS}/x", repeatable=False, timeout=5)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(DeliveryError):
        send("GET", f"{ANONYMOUS}/x", repeatable=False, timeout=5)
    assert len(proxy) == 1


def test_the_certificate_bundle_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    assert environment_of("https://registry.example")["verify"] is True
    monkeypatch.setenv("CURL_CA_BUNDLE", "/one.pem")
    assert environment_of("https://registry.example")["verify"] == "/one.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/other.pem")
    assert environment_of("https://registry.example")["verify"] == "/other.pem"


def test_requests_share_sockets_only_if_they_trust_the_same() -> None:
    adapter = BoundedAdapter()
    request = requests.Request("GET", "https://registry.example/x").prepare()
    other = requests.Request("GET", "https://registry.example:8443/x").prepare()
    given = [(request, True, None), (request, "/one.pem", None), (request, "/two.pem", None)]
    given += [(request, True, ("/mine.pem", "/mine.key")), (other, True, None)]

    def found_by() -> list[object]:
        return [adapter.build_connection_pool_key_attributes(*one) for one in given]

    first = found_by()
    assert all(first.count(one) == 1 for one in first)
    first[0][0]["host"] = "elsewhere.example"  # type: ignore[index]
    plain = requests.adapters.HTTPAdapter()
    assert found_by() == [plain.build_connection_pool_key_attributes(*one) for one in given]


def test_the_first_line_of_a_request_is_as_requests_writes_it() -> None:
    adapter, plain = BoundedAdapter(), requests.adapters.HTTPAdapter()
    for url in ("http://127.0.0.1", "http://127.0.0.1/a%20b?c=d", "https://registry.example/x"):
        request = requests.Request("GET", url).prepare()
        for proxies in ({}, {"http": "http://proxy.example"}, {"https": "http://proxy.example"}):
            assert adapter.request_url(request, proxies) == plain.request_url(request, proxies)
