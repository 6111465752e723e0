"""A code for logging in can be used once, so it is sent once."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from quilt_registry.login.authentication import by_code

from quilt_core import TransportError
from quilt_core.domain.catalog import CatalogConfig
from quilt_core.secret import Secret

from ...servers import serving


def test_a_code_whose_answer_is_lost_is_not_sent_again() -> None:
    arrived: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrived.append(self.path)
            if len(arrived) > 1:  # the registry knows that the code was used
                self.send_error(401)
            self.close_connection = True

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        config = CatalogConfig(
            catalog_url=url, registry_url=url, region="", api_gateway_endpoint="", s3_proxy=None,
            service_bucket=None, analytics_bucket=None, mode=None, stack_version=None,
            stack_prefix=None, tabulator_data_catalog=None,
        )  # fmt: skip
        with pytest.raises(TransportError):
            by_code(config, Secret("code"), 5)
    assert arrived == ["/api/token"]
