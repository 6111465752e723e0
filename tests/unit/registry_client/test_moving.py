"""An identity that is being found while its connection moves to another catalog, or is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from quilt_registry.connection import Connection
from quilt_registry.graphql.documents import DocumentLibrary

from quilt_core.domain.catalog import CatalogConfig
from quilt_core.settings import load_settings


def config(name: str) -> CatalogConfig:
    return CatalogConfig(
        catalog_url=f"https://{name}.example.com",
        registry_url=f"https://registry-{name}.example.com",
        region="us-east-1",
        api_gateway_endpoint="",
        s3_proxy=None,
        service_bucket=None,
        analytics_bucket=None,
        mode=None,
        stack_version=None,
        stack_prefix=None,
        tabulator_data_catalog=None,
    )


class Slow(Connection):
    """Its catalog answers when it may."""

    def __init__(self) -> None:
        settings = load_settings(
            environ={}, catalog_url="https://old.example.com", token="opaque",
            use_quilt3_login=False, use_stored_login=False,
        )  # fmt: skip
        super().__init__(settings, DocumentLibrary())
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def fetch_config(self, catalog_url: str) -> CatalogConfig:
        self.asked.set()
        assert self.may_answer.wait(20)
        return config("old")


def move(connection: Connection) -> None:
    connection.move_to(config("new"))


@pytest.mark.parametrize("change", [move, Connection.close])
def test_an_identity_of_before_is_not_kept(change: Callable[[Connection], None]) -> None:
    connection = Slow()
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(connection.identity)
        assert connection.asked.wait(20)
        change(connection)
        connection.may_answer.set()
    if change is move:
        assert found.result().target == connection.address()
        assert connection.identity().target.registry_url == "https://registry-new.example.com"
        assert connection.identity().bearer is None  # the token is the old catalog's
    else:
        assert found.result().target.registry_url == "https://registry-old.example.com"
        assert not connection._identities
