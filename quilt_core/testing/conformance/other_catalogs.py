"""Behaviours of catalogs at other addresses than the configured one (K-7 and on)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from quilt_core import NotFoundError, ProtocolError, QuiltOps, TransportError
from quilt_core.errors import QuiltOpsError
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour

_THEIRS = {"registryUrl": "https://registry.example.com", "region": "eu-central-1"}


@contextmanager
def web_server(status: int, body: str) -> Iterator[tuple[str, list[Message]]]:
    """A server on this machine that answers everything alike; gives its address and the headers
    of the requests that it got.
    """
    requests: list[Message] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.headers)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", requests
        finally:
            server.shutdown()
            thread.join()


class OtherCatalogs(BehaviourTests):
    """Catalogs at other addresses than the configured one."""

    @behaviour("K-7", "get_catalog_config", "configure_catalog", "get_registry_url")
    @pytest.mark.parametrize(
        ("status", "body", "errors"),
        [
            (404, "", (NotFoundError,)),
            (200, "<html></html>", (ProtocolError, NotFoundError)),
            (200, "[]", (ProtocolError, NotFoundError)),
            (200, json.dumps({"region": "eu-central-1"}), (ProtocolError, NotFoundError)),
            (200, json.dumps({"registryUrl": "https://r.example"}), (ProtocolError, NotFoundError)),
        ],
        ids=["nothing", "a page", "a list", "no registry", "no region"],
    )
    def test_an_address_without_a_catalog(
        self, ops: QuiltOps, status: int, body: str, errors: tuple[type[QuiltOpsError], ...]
    ) -> None:
        """An address without a `config.json` raises NotFoundError, whether its configuration is
        read or it is to be configured, and never gives the configuration of the present catalog. If
        what is there is not JSON, or names no registry or no region, ProtocolError is raised, or
        NotFoundError by a backend that makes no requests. The message names the address, nothing is
        changed, and the requests contain no credentials.
        """
        before = ops.get_catalog_config(), ops.get_registry_url()
        with web_server(status, body) as (url, requests):
            for call in (ops.get_catalog_config, ops.configure_catalog):
                with pytest.raises(errors, match=r"127\.0\.0\.1"):
                    call(url)
        assert (ops.get_catalog_config(), ops.get_registry_url()) == before
        for headers in requests:
            assert not {"authorization", "cookie"} & {name.lower() for name in headers}

    @behaviour("K-8", "get_catalog_config", "configure_catalog")
    def test_an_https_address_where_no_catalog_answers(self, ops: QuiltOps) -> None:
        """An `https://` address at which no catalog answers raises NotFoundError or, if the
        connection fails, TransportError; nothing is changed.
        """
        before = ops.get_catalog_config()
        with web_server(200, "") as (url, _):
            for call in (ops.get_catalog_config, ops.configure_catalog):
                with pytest.raises((NotFoundError, TransportError)):
                    call(url.replace("http://", "https://"))
        assert ops.get_catalog_config() == before

    @behaviour("K-9", "get_catalog_config", "get_registry_url")
    def test_the_configuration_of_another_catalog(self, ops: QuiltOps) -> None:
        """The configuration that is read from another catalog's address is that catalog's, and the
        request contains no credentials. The connection still uses its own catalog. A backend that
        makes no requests raises NotFoundError.
        """
        before = ops.get_catalog_config(), ops.get_registry_url()
        with web_server(200, json.dumps(_THEIRS)) as (url, requests):
            try:
                found = ops.get_catalog_config(url)
            except NotFoundError:
                assert not requests
            else:
                assert (found.catalog_url, found.registry_url, found.region) == (
                    url, _THEIRS["registryUrl"], _THEIRS["region"],
                )  # fmt: skip
                (headers,) = requests
                assert not {"authorization", "cookie"} & {name.lower() for name in headers}
        assert (ops.get_catalog_config(), ops.get_registry_url()) == before
