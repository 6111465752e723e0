"""Hostile tokens are refused with clear errors, and no answer makes a token go elsewhere."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

import quilt_core
from quilt_core import (
    AuthenticationError,
    ProtocolError,
    QuiltOps,
    QuiltOpsError,
    ValidationError,
    auth_context,
)

SECRET = "a-secret-that-is-long-enough-for-hs512".ljust(64, "!")
FAR = 4_000_000_000
DEPTH = 20_000
HALF = "\ud800" + "not-unicode"


def encoded(header: object, payload: bytes, signature: bytes = b"x") -> str:
    parts = (json.dumps(header).encode(), payload, signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def signed(secret: str = SECRET, **claims: Any) -> str:
    return jwt.encode({"exp": FAR, **claims}, secret, algorithm="HS256")


def deep(*, signed_with: str | None = None) -> str:
    payload = (
        b'{"catalog_token": "t", "exp": 4000000000, "a": ' + b"[" * DEPTH + b"]" * DEPTH + b"}"
    )
    if signed_with:
        return jwt.api_jws.encode(payload, signed_with, algorithm="HS256")
    return encoded({"alg": "HS256", "typ": "JWT"}, payload)


HOSTILE: dict[str, Callable[[], str]] = {
    "none": lambda: jwt.encode({"catalog_token": "t", "exp": FAR}, None, algorithm="none"),
    "None in other letters": lambda: encoded({"alg": "nOnE"}, b'{"catalog_token": "t"}', b""),
    "no algorithm": lambda: encoded({"typ": "JWT"}, b'{"catalog_token": "t"}'),
    "no text as algorithm": lambda: encoded({"alg": ["HS256"]}, b'{"catalog_token": "t"}'),
    "an algorithm that is not accepted": lambda: jwt.encode(
        {"catalog_token": "t", "exp": FAR}, SECRET, algorithm="HS512"
    ),
    "a critical header": lambda: jwt.encode(
        {"catalog_token": "t", "exp": FAR},
        SECRET,
        algorithm="HS256",
        headers={"crit": ["x"], "x": 1},
    ),
    "another key": lambda: signed("another-secret-that-is-long-enough!", catalog_token="t"),
    "expired": lambda: signed(catalog_token="t", exp=int(time.time()) - 3600),
    "not yet valid": lambda: signed(catalog_token="t", nbf=int(time.time()) + 3600),
    "issued in the future": lambda: signed(catalog_token="t", iat=int(time.time()) + 3600),
    "no number as expiry": lambda: signed(catalog_token="t", exp="tomorrow"),
    "an endless expiry": lambda: jwt.api_jws.encode(
        b'{"catalog_token": "t", "exp": 1e400}', SECRET, algorithm="HS256"
    ),
    "another audience": lambda: signed(catalog_token="t", aud="you", iss="them"),
    "another issuer": lambda: signed(catalog_token="t", aud="us", iss="me"),
    "oversized": lambda: signed(catalog_token="t", pad="x" * 1_000_000),
    "deep": lambda: deep(signed_with=SECRET),
    "no object": lambda: jwt.api_jws.encode(b"[1]", SECRET, algorithm="HS256"),
    "no JSON": lambda: jwt.api_jws.encode(b"\xff{", SECRET, algorithm="HS256"),
    "no JWT": lambda: "opaque",
    "only dots": lambda: "..",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_where_a_key_is_configured_only_sound_tokens_pass(registry: Any, how: str) -> None:
    token = HOSTILE[how]()
    with quilt_core.connect(
        "platform",
        registry_url=registry.url,
        token=token,
        jwt_secret=SECRET,
        jwt_algorithms="HS256",
        jwt_audience="us" if "other" in how else None,
        jwt_issuer="them" if "other" in how else None,
    ) as ops:
        with pytest.raises(AuthenticationError) as caught:
            ops.get_graphql_auth_headers()
        assert token not in str(caught.value)
        assert len(str(caught.value)) < 500
    assert not registry.requests


def test_a_claim_that_is_not_unicode_does_not_break_the_verification(registry: Any) -> None:
    token = signed(catalog_token=HALF)
    with (
        quilt_core.connect(
            "platform", registry_url=registry.url, token=token, jwt_secret=SECRET
        ) as ops,
        pytest.raises(AuthenticationError, match="character"),
    ):
        ops.get_auth_status()


@pytest.mark.parametrize("how", ["oversized", "deep", "no object", "no JSON", "only dots"])
def test_without_a_key_nothing_crashes(registry: Any, how: str) -> None:
    token = deep() if how == "deep" else HOSTILE[how]()
    ops = quilt_core.connect("platform", registry_url=registry.url, multitenant=True)
    with auth_context.request_identity(token):
        try:
            ops.get_auth_status()
        except QuiltOpsError as error:
            assert token not in str(error)


@pytest.mark.parametrize(
    "token", ["a\r\nX-Injected: 1", "a\nb", "tökén\u2028", "a b", "\x00", HALF]
)
@pytest.mark.parametrize("source", ["argument", "request", "provider", "envelope"])
def test_no_token_can_inject_a_header(registry: Any, token: str, source: str) -> None:
    if token == HALF and source == "argument":
        with pytest.raises(ValidationError, match="Unicode"):
            quilt_core.connect("platform", registry_url=registry.url, token=token)
        return
    settings: dict[str, Any] = {
        "argument": {"token": token},
        "provider": {"token_provider": lambda: token},
        "envelope": {"token": signed(catalog_token=token)},
    }.get(source, {"multitenant": True})
    registry.answer("me", {"me": None})
    ops = quilt_core.connect("platform", registry_url=registry.url, **settings)
    with auth_context.request_identity(token):
        with pytest.raises(AuthenticationError, match="character") as caught:
            ops.get_auth_status()
        assert token not in str(caught.value)
    assert not registry.requests


SECRETS_TRAVEL: dict[str, tuple[dict[str, Any], Callable[[QuiltOps], object]]] = {
    "/graphql": ({"token": "t"}, lambda ops: ops.get_auth_status()),
    "/api/token": ({"refresh_token": "t"}, lambda ops: ops.get_auth_status()),
    "/api/auth/get_credentials": ({"token": "t"}, lambda ops: ops.get_boto3_client("s3")),
    "/keys.json": (
        {
            "token": jwt.encode(
                {"id": "1", "exp": FAR}, SECRET, algorithm="HS256", headers={"kid": "1"}
            )
        },
        lambda ops: ops.get_auth_status(),
    ),
    "/config.json": ({"token": "t"}, lambda ops: ops.get_catalog_config()),
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", SECRETS_TRAVEL)
def test_no_redirect_is_followed(
    registry: Any, other_registry: Any, raw: Any, path: str, status: int
) -> None:
    settings, call = SECRETS_TRAVEL[path]
    if path == "/keys.json":
        settings = {**settings, "jwt_jwks_url": f"{registry.url}/keys.json"}
    location = {"Location": f"{other_registry.url}{path}"}
    registry.answer(path, raw(status=status, headers=location))
    ops = quilt_core.connect(
        "platform",
        registry_url=registry.url,
        catalog_url=registry.url,
        region="us-east-1",
        use_quilt3_login=False,
        **settings,
    )
    with ops, pytest.raises(ProtocolError, match="redirect"):
        call(ops)
    assert registry.requests
    assert not other_registry.requests


CONFUSING = [
    "http://registry.example.com", "http://localhost.example.com", "http://127.0.0.1.example.com",
    "http://127.0.0.1@example.com", "http://example.com#@127.0.0.1", "http://2130706433.example",
    "http://0.0.0.0", "ftp://127.0.0.1", "file:///etc", "//127.0.0.1", "HTTP://example.com",
    "http://[::ffff:93.184.216.34]", "http://example.com\\@127.0.0.1", "http://127.0.0.1\\.x.com",
    "https://h:abc", "https://[bad", "https://h:99999999", "https://", "https://:80",
]  # fmt: skip


@pytest.mark.parametrize("url", CONFUSING)
@pytest.mark.parametrize("claim", ["registry_url", "catalog_url"])
def test_claims_do_not_lead_out_of_https_and_loopback(url: str, claim: str) -> None:
    token = signed(catalog_token="t", **{claim: url})
    ops = quilt_core.connect("platform", token=token, timeout=1)
    with ops, pytest.raises(AuthenticationError):
        ops.get_auth_status()


@pytest.mark.parametrize("url", CONFUSING)
def test_a_catalogs_configuration_leads_only_to_https_or_loopback(registry: Any, url: str) -> None:
    registry.answer("/config.json", {"registryUrl": url, "region": "us-east-1"})
    ops = quilt_core.connect("platform", token="t", catalog_url=registry.url, timeout=1)
    with ops, pytest.raises((AuthenticationError, ProtocolError)):
        ops.get_auth_status()


@pytest.mark.parametrize("url", CONFUSING)
def test_the_escape_hatch_reaches_only_https_or_loopback(ops: QuiltOps, url: str) -> None:
    with pytest.raises(QuiltOpsError) as caught:
        ops.execute_graphql_query("{ x }", registry=url)
    assert not isinstance(caught.value, quilt_core.TransportError)


def test_the_escape_hatch_takes_no_token_elsewhere(
    ops: QuiltOps, registry: Any, other_registry: Any
) -> None:
    other_registry.answer("/graphql", {"data": {"x": 1}})
    host = other_registry.url.removeprefix("http://")
    for url in (other_registry.url, f"{other_registry.url}/", f"http://localhost:{host[10:]}"):
        try:
            ops.execute_graphql_query("{ x }", registry=url)
        except QuiltOpsError:
            continue
    assert other_registry.requests
    assert all(one.authorization is None for one in other_registry.requests)
