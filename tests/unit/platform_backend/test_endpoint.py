"""The address of the registry: the precedence of sources, and what a request may not decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest
from quilt_registry.graphql.learned import LEARNED

import quilt_core
from quilt_core import AuthenticationError, ProtocolError, QuiltOps, QuiltOpsError, auth_context

SECRET = "a-secret-that-is-long-enough-for-hs256"


def signed(**claims: Any) -> str:
    return jwt.encode({"exp": 4_000_000_000, **claims}, SECRET, algorithm="HS256")


def place(**settings: Any) -> str:
    return quilt_core.connect("platform", **settings).get_graphql_endpoint()


@pytest.fixture
def catalog(registry: Any) -> str:
    config = {"registryUrl": "https://from-catalog.example.com", "region": "eu-west-1"}
    registry.answer("/config.json", config)
    return str(registry.url)


def test_precedence_of_the_sources(monkeypatch: pytest.MonkeyPatch, catalog: str) -> None:
    token = signed(catalog_token="t", registry_url="https://claim.example.com")
    monkeypatch.setenv("QUILT_CATALOG_URL", catalog)
    assert place() == "https://from-catalog.example.com/graphql"
    monkeypatch.setenv("QUILT_REGISTRY_URL", "https://env.example.com")
    assert place() == "https://env.example.com/graphql"
    monkeypatch.setenv("MCP_JWT_TOKEN", token)
    assert place() == "https://claim.example.com/graphql"
    monkeypatch.setenv("QUILT_GRAPHQL_ENDPOINT", "https://env.example.com/special")
    assert place() == "https://env.example.com/special"
    assert place(catalog_url=catalog) == "https://from-catalog.example.com/graphql"
    assert place(registry_url="https://arg.example.com") == "https://arg.example.com/graphql"
    endpoint = "https://arg.example.com/taken/as/it/is"
    assert place(graphql_endpoint=endpoint) == endpoint


def test_claim_of_the_catalog_comes_last(
    monkeypatch: pytest.MonkeyPatch, catalog: str, other_registry: Any
) -> None:
    monkeypatch.setenv("MCP_JWT_TOKEN", signed(catalog_token="t", catalog_url=catalog))
    assert place() == "https://from-catalog.example.com/graphql"
    config = {"registryUrl": "https://from-env.example.com", "region": "eu-west-1"}
    other_registry.answer("/config.json", config)
    monkeypatch.setenv("QUILT_CATALOG_URL", other_registry.url)
    assert place() == "https://from-env.example.com/graphql"


def test_with_nothing_configured_the_error_lists_every_source() -> None:
    with pytest.raises(AuthenticationError) as caught:
        place(token="opaque")
    for way in (
        "catalog_url", "registry_url", "graphql_endpoint", "QUILT_CATALOG_URL",
        "QUILT_REGISTRY_URL", "QUILT_GRAPHQL_ENDPOINT", "MCP_JWT_TOKEN",
    ):  # fmt: skip
        assert way in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"registry_url": "http://registry.example.com"},
        {"graphql_endpoint": "http://registry.example.com/graphql"},
        {"catalog_url": "http://catalog.example.com"},
    ],
)
def test_credentials_travel_over_https_only(settings: dict[str, str]) -> None:
    with pytest.raises(AuthenticationError, match="https"):
        place(token="opaque", **settings)


def test_registry_url_of_an_explicit_endpoint() -> None:
    def registry_of(endpoint: str) -> str:
        return quilt_core.connect("platform", graphql_endpoint=endpoint).get_registry_url()

    assert registry_of("https://r.example.com/graphql") == "https://r.example.com"
    assert registry_of("https://r.example.com/x/api/graphql") == "https://r.example.com/x"
    assert registry_of("https://r.example.com/special") == "https://r.example.com"


def test_the_registry_of_another_source_gets_no_token_that_is_for_the_endpoint(
    registry: Any, other_registry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = f"{registry.url}/graphql"
    monkeypatch.setenv("QUILT_REGISTRY_URL", other_registry.url)
    ops = quilt_core.connect("platform", graphql_endpoint=endpoint, token="for-the-first")
    assert ops.get_registry_url() == registry.url
    with pytest.raises(QuiltOpsError):
        ops.get_boto3_client("s3")
    assert "/api/auth/get_credentials" in [one.path for one in registry.requests]
    assert not other_registry.requests
    monkeypatch.setenv("QUILT_GRAPHQL_ENDPOINT", endpoint)
    assert quilt_core.connect("platform").get_registry_url() == other_registry.url
    by_hand = quilt_core.connect(
        "platform", graphql_endpoint=endpoint, registry_url="https://both.example.com"
    )
    assert by_hand.get_registry_url() == "https://both.example.com"


def test_unverified_request_cannot_choose_the_host(
    connect: Callable[..., QuiltOps], registry: Any, other_registry: Any
) -> None:
    ops = quilt_core.connect("platform", multitenant=True)
    hostile = signed(catalog_token="t", registry_url=other_registry.url)
    with auth_context.request_identity(hostile), pytest.raises(AuthenticationError) as caught:
        ops.list_buckets()
    assert "QUILT_ALLOWED_HOSTS" in str(caught.value)
    hostile = signed(catalog_token="t", catalog_url=other_registry.url)
    with auth_context.request_identity(hostile), pytest.raises(AuthenticationError):
        ops.get_registry_url()
    assert not other_registry.requests


def test_verified_request_may_choose_the_host(registry: Any) -> None:
    ops = quilt_core.connect("platform", multitenant=True, jwt_secret=SECRET)
    token = signed(catalog_token="t", registry_url=registry.url, exp=4_102_444_800)
    with auth_context.request_identity(token):
        assert ops.get_registry_url() == registry.url


def test_allowed_hosts_may_be_named_by_unverified_requests() -> None:
    ops = quilt_core.connect("platform", multitenant=True, allowed_hosts="*.example.com")
    url = "https://registry.example.com"
    with auth_context.request_identity(signed(catalog_token="t", registry_url=url)):
        assert ops.get_registry_url() == url
    evil = signed(catalog_token="t", registry_url="https://example.com.evil.net")
    with auth_context.request_identity(evil), pytest.raises(AuthenticationError):
        ops.get_registry_url()


def test_request_may_name_the_configured_registry(registry: Any) -> None:
    ops = quilt_core.connect("platform", multitenant=True, registry_url=registry.url)
    with auth_context.request_identity(signed(catalog_token="t", registry_url=registry.url)):
        assert ops.get_registry_url() == registry.url


def test_the_address_that_an_application_gives_for_a_tenant(registry: Any) -> None:
    ops = quilt_core.connect("platform", multitenant=True)
    with auth_context.request_identity("opaque", registry_url=registry.url):
        assert ops.get_registry_url() == registry.url


def test_the_other_path_is_tried_once_and_remembered(
    ops: QuiltOps, registry: Any, raw: Any
) -> None:
    registry.answer("/graphql", raw(status=404))
    registry.answer("/api/graphql", lambda request: {"me": None} if request else None)
    ops.get_auth_status()
    ops.get_auth_status()
    assert [one.path for one in registry.requests] == ["/graphql", "/api/graphql", "/api/graphql"]
    assert ops.get_graphql_endpoint() == f"{registry.url}/api/graphql"


def test_other_path_is_tried_though_another_thread_learns_it_meanwhile(
    ops: QuiltOps, registry: Any, raw: Any
) -> None:
    def learn(_: Any) -> Any:
        LEARNED.learn_path(f"{registry.url}/graphql", f"{registry.url}/api/graphql")
        return raw(status=404)

    registry.answer("/graphql", learn)
    registry.answer("/api/graphql", {"me": None})
    assert not ops.get_auth_status().is_authenticated
    assert [one.path for one in registry.requests] == ["/graphql", "/api/graphql"]


def test_no_other_path_is_tried_for_an_explicit_endpoint(
    connect: Callable[..., QuiltOps], registry: Any
) -> None:
    ops = connect(graphql_endpoint=f"{registry.url}/mine")
    with pytest.raises(quilt_core.ProtocolError, match="/mine"):
        ops.get_auth_status()
    assert [request.path for request in registry.requests] == ["/mine"]


class TestConfigureCatalog:
    def test_credentials_stay_with_the_registry_that_they_belong_to(
        self, connect: Callable[..., QuiltOps], registry: Any, other_registry: Any
    ) -> None:
        config = {"registryUrl": other_registry.url, "region": "eu-west-1"}
        other_registry.answer("/config.json", config)
        other_registry.answer("listBuckets", {"buckets": []})
        ops = connect()
        ops.configure_catalog(other_registry.url)
        assert ops.get_registry_url() == other_registry.url
        assert ops.get_graphql_auth_headers() == {}
        with pytest.raises(AuthenticationError, match="not logged in"):
            ops.list_buckets()
        assert all(request.authorization is None for request in other_registry.requests)

    def test_credentials_are_kept_for_the_same_registry(
        self, connect: Callable[..., QuiltOps], registry: Any, other_registry: Any
    ) -> None:
        other_registry.answer("/config.json", {"registryUrl": registry.url, "region": "x"})
        ops = connect()
        ops.configure_catalog(other_registry.url)
        assert ops.get_graphql_auth_headers() == {"Authorization": "Bearer opaque-token"}

    def test_first_catalog_takes_the_credentials(self, registry: Any) -> None:
        registry.answer("/config.json", {"registryUrl": registry.url, "region": "x"})
        ops = quilt_core.connect("platform", token="opaque-token")
        ops.configure_catalog(registry.url)
        assert ops.get_graphql_auth_headers() == {"Authorization": "Bearer opaque-token"}

    def test_a_tenant_cannot_change_the_registry_of_others(self, registry: Any) -> None:
        ops = quilt_core.connect("platform", registry_url=registry.url)
        refused = pytest.raises(quilt_core.NotSupportedError)
        with auth_context.request_identity("opaque"), refused:
            ops.configure_catalog(registry.url)

    def test_nothing_changes_when_it_fails(
        self, connect: Callable[..., QuiltOps], registry: Any
    ) -> None:
        ops = connect()
        with pytest.raises(quilt_core.NotFoundError):
            ops.configure_catalog(registry.url)
        assert ops.get_registry_url() == registry.url


def test_a_web_page_means_that_the_catalog_address_is_wrong(
    registry: Any, connect: Callable[..., QuiltOps], raw: Any
) -> None:
    """Catalogs answer unknown addresses with a page: asking again does not help."""
    page = raw(body=b"<html></html>", headers={"Content-Type": "text/html"})
    registry.answer("/config.json", page)
    ops = connect()
    with pytest.raises(ProtocolError, match="JSON"):
        ops.get_catalog_config(registry.url)
    assert len(registry.requests) == 1


@pytest.mark.parametrize("token", ["sound", "forged", None])
def test_health_of_a_catalog_that_is_down_needs_no_sound_token(
    registry: Any, raw: Any, token: str | None
) -> None:
    registry.answer("/config.json", raw(status=503))
    tokens = {"sound": signed(catalog_token="t"), "forged": signed(catalog_token="t") + "x"}
    with quilt_core.connect(
        "platform",
        catalog_url=registry.url,
        token=None if token is None else tokens[token],
        jwt_secret=SECRET,
        timeout=1,
    ) as ops:
        found = ops.health()
    assert (found.reachable, found.registry_url) == (False, registry.url)
