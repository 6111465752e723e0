"""Which token is sent: sources, verification, expiry and renewal."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import quilt_core
from quilt_core import AuthenticationError, QuiltOps, auth_context

SECRET = "a-secret-that-is-long-enough-for-hs256"
FAR = 4_000_000_000
ME = {"me": {"name": "ada", "email": "a@b.c", "isAdmin": False, "role": None, "roles": []}}


LATER = 4_102_444_800
"""The year 2100."""


def signed(secret: str = SECRET, **claims: Any) -> str:
    return jwt.encode({"exp": FAR, **claims}, secret, algorithm="HS256")


def bearer(ops: QuiltOps) -> str | None:
    return ops.get_graphql_auth_headers().get("Authorization", "").removeprefix("Bearer ") or None


@pytest.fixture
def connected(registry: Any) -> Callable[..., QuiltOps]:
    """Connects without adding credentials of its own."""

    def make(**settings: Any) -> QuiltOps:
        return quilt_core.connect("platform", registry_url=registry.url, **settings)

    return make


class TestSources:
    def test_order_of_argument_request_and_environment(
        self, connected: Callable[..., QuiltOps], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert bearer(connected()) is None
        monkeypatch.setenv("MCP_JWT_TOKEN", "from-environment")
        ops = connected()
        assert bearer(ops) == "from-environment"
        with auth_context.request_identity("from-request"):
            assert bearer(ops) == "from-request"
            assert bearer(connected(token="from-argument")) == "from-argument"
        assert bearer(ops) == "from-environment"

    def test_sources_are_not_mixed(
        self, connected: Callable[..., QuiltOps], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MCP_JWT_TOKEN", "from-environment")
        assert bearer(connected(api_key="qk_argument")) == "qk_argument"

    def test_the_envelope_carries_the_registrys_token(
        self, connected: Callable[..., QuiltOps]
    ) -> None:
        assert bearer(connected(token=signed(catalog_token="inner"))) == "inner"

    def test_registrys_own_jwt_is_the_bearer(self, connected: Callable[..., QuiltOps]) -> None:
        token = signed(id="1", uuid="2", exp=time.time() + 3600, registry_url="https://r.x.org")
        assert bearer(connected(token=token)) == token

    def test_envelope_without_the_token_names_the_claim(
        self, connected: Callable[..., QuiltOps]
    ) -> None:
        with pytest.raises(AuthenticationError, match="catalog_token"):
            bearer(connected(token=signed(catalog_url="https://c.example.com")))

    def test_quilt3_login(
        self, connected: Callable[..., QuiltOps], registry: Any, quilt3_login: Callable[..., None]
    ) -> None:
        quilt3_login({registry.url: ("login", time.time() + 3600), "https://other": ("no", 9e9)})
        assert bearer(connected()) == "login"
        assert bearer(connected(use_quilt3_login=False)) is None

    @pytest.mark.parametrize("expires", [1e400, float("nan"), -1e300])
    def test_a_quilt3_login_without_an_expiry(
        self,
        connected: Callable[..., QuiltOps],
        registry: Any,
        quilt3_login: Callable[..., None],
        expires: float,
    ) -> None:
        quilt3_login({registry.url: ("login", expires)})
        assert bearer(connected()) == "login"

    def test_a_quilt3_login_file_that_is_nested_too_deeply(
        self, connected: Callable[..., QuiltOps], quilt3_login: Callable[..., None], tmp_path: Path
    ) -> None:
        quilt3_login({})
        (tmp_path / "Quilt" / "auth.json").write_text("[" * 100_000)
        with pytest.raises(AuthenticationError, match="cannot be read"):
            bearer(connected())

    def test_quilt3_login_at_another_registry_is_not_used(
        self, connected: Callable[..., QuiltOps], quilt3_login: Callable[..., None]
    ) -> None:
        quilt3_login({"https://other.example.com": ("no", time.time() + 3600)})
        assert bearer(connected()) is None

    def test_quilt3_login_never_stands_in_for_a_request(
        self,
        connected: Callable[..., QuiltOps],
        other_registry: Any,
        quilt3_login: Callable[..., None],
    ) -> None:
        """The request's token is for another registry; the process's login is not the user's."""
        quilt3_login({other_registry.url: ("process", time.time() + 3600)})
        other_registry.answer("/config.json", {"registryUrl": other_registry.url, "region": "x"})
        ops = connected()
        ops.configure_catalog(other_registry.url)
        assert bearer(ops) == "process"
        with auth_context.request_identity("from-request"):
            assert bearer(ops) is None

    @pytest.mark.parametrize("token", ["", "  "])
    def test_a_request_with_an_empty_token_has_no_identity(
        self,
        connected: Callable[..., QuiltOps],
        registry: Any,
        quilt3_login: Callable[..., None],
        token: str,
    ) -> None:
        quilt3_login({registry.url: ("process", time.time() + 3600)})
        ops = connected()
        with auth_context.request_identity(token), pytest.raises(AuthenticationError):
            ops.list_buckets()
        assert not registry.requests


@pytest.fixture
def quilt3_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes quilt3's login file: it maps a registry to an access token and its expiry."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def write(logins: dict[str, tuple[str, float]]) -> None:
        file = tmp_path / "Quilt" / "auth.json"
        file.parent.mkdir()
        entries = {
            registry: {"access_token": token, "refresh_token": "refresh", "expires_at": expires}
            for registry, (token, expires) in logins.items()
        }
        file.write_text(json.dumps(entries))

    return write


class TestMultitenant:
    def test_call_without_an_identity_is_refused(
        self,
        connected: Callable[..., QuiltOps],
        monkeypatch: pytest.MonkeyPatch,
        registry: Any,
        quilt3_login: Callable[..., None],
    ) -> None:
        quilt3_login({registry.url: ("process", time.time() + 3600)})
        monkeypatch.setenv("MCP_JWT_TOKEN", "process")
        monkeypatch.setenv("QUILT_MULTITENANT_MODE", "true")
        ops = connected()
        for call in (ops.list_buckets, ops.get_auth_status, ops.get_graphql_auth_headers):
            with pytest.raises(AuthenticationError, match="request"):
                call()
        assert not registry.requests

    def test_threads_do_not_mix_identities(
        self, connected: Callable[..., QuiltOps], registry: Any
    ) -> None:
        def echo(request: Any) -> dict[str, Any]:
            name = (request.authorization or "").removeprefix("Bearer ")
            return {"me": {**ME["me"], "name": name}}

        registry.answer("me", echo)
        ops = connected(multitenant=True)
        wrong: list[tuple[str, str | None]] = []

        def work(number: int) -> None:
            for turn in range(5):
                user = f"user-{number}-{turn}"
                with auth_context.request_identity(user):
                    seen = ops.get_auth_status().user_name
                if seen != user:
                    wrong.append((user, seen))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong


class TestVerification:
    def test_wrong_signature(self, connected: Callable[..., QuiltOps]) -> None:
        token = signed("another-secret-that-is-long-enough!", catalog_token="t")
        with pytest.raises(AuthenticationError, match="signature") as caught:
            bearer(connected(token=token, jwt_secret=SECRET))
        assert token not in repr(caught.value)

    def test_the_algorithm_none_is_refused(self, connected: Callable[..., QuiltOps]) -> None:
        token = jwt.encode({"catalog_token": "t", "exp": FAR}, "", algorithm="none")
        with pytest.raises(AuthenticationError):
            bearer(connected(token=token, jwt_secret=SECRET))

    def test_a_token_that_is_not_a_jwt(self, connected: Callable[..., QuiltOps]) -> None:
        with pytest.raises(AuthenticationError):
            bearer(connected(token="opaque", jwt_secret=SECRET))

    def test_api_key_needs_no_signature(self, connected: Callable[..., QuiltOps]) -> None:
        assert bearer(connected(token="qk_key", jwt_secret=SECRET)) == "qk_key"

    def test_expired(self, connected: Callable[..., QuiltOps]) -> None:
        token = signed(catalog_token="t", exp=int(time.time()) - 3600)
        with pytest.raises(AuthenticationError, match="expired at 20"):
            bearer(connected(token=token, jwt_secret=SECRET))

    def test_audience_and_issuer(self, connected: Callable[..., QuiltOps]) -> None:
        good = signed(catalog_token="t", exp=LATER, aud="us", iss="them")
        settings = {"jwt_secret": SECRET, "jwt_audience": "us", "jwt_issuer": "them"}
        assert bearer(connected(token=good, **settings)) == "t"
        for claims in ({"aud": "you", "iss": "them"}, {"aud": "us", "iss": "me"}, {}):
            with pytest.raises(AuthenticationError):
                bearer(connected(token=signed(catalog_token="t", exp=LATER, **claims), **settings))

    def test_an_expiry_is_required(self, connected: Callable[..., QuiltOps]) -> None:
        for claims in ({}, {"exp": str(LATER)}, {"exp": "later"}):
            token = jwt.encode({"catalog_token": "t"}, SECRET, algorithm="HS256")
            if claims:
                token = jwt.PyJWS().encode(
                    json.dumps({"catalog_token": "t", **claims}).encode(), SECRET, "HS256"
                )
            with pytest.raises(
                AuthenticationError,
                match=r"no claim .exp.|no number|well-formed|not a number|expiry",
            ):
                bearer(connected(token=token, jwt_secret=SECRET))

    def test_a_subject_may_be_a_number(self, connected: Callable[..., QuiltOps]) -> None:
        claims = {"catalog_token": "t", "exp": LATER, "sub": 5}
        token = jwt.PyJWS().encode(json.dumps(claims).encode(), SECRET, "HS256")
        assert bearer(connected(token=token, jwt_secret=SECRET)) == "t"

    def test_unknown_critical_extensions_are_refused(
        self, connected: Callable[..., QuiltOps]
    ) -> None:
        claims = {"catalog_token": "t", "exp": LATER}
        headers = {"crit": ["policy"], "policy": "strict"}
        token = jwt.encode(claims, SECRET, algorithm="HS256", headers=headers)
        with pytest.raises(AuthenticationError, match="could not be verified"):
            bearer(connected(token=token, jwt_secret=SECRET))

    def test_a_public_key_is_not_accepted_as_an_hmac_secret(
        self, connected: Callable[..., QuiltOps]
    ) -> None:
        private = ec.generate_private_key(ec.SECP256R1())
        public = private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        good = jwt.encode({"catalog_token": "t", "exp": FAR}, private, algorithm="ES256")
        assert bearer(connected(token=good, jwt_public_key=public.decode())) == "t"
        header = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT"}')
        body = jwt.utils.base64url_encode(b'{"catalog_token":"forged","exp":4102444800}')
        signer = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
        signature = jwt.utils.base64url_encode(signer.sign(header + b"." + body, public))
        forged = b".".join((header, body, signature)).decode()
        for algorithms in ((), ("HS256", "ES256")):
            with pytest.raises(AuthenticationError):
                bearer(
                    connected(
                        token=forged, jwt_public_key=public.decode(), jwt_algorithms=algorithms
                    )
                )

    def test_published_keys(self, connected: Callable[..., QuiltOps], registry: Any) -> None:
        keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("old", "new")}

        def published(*names: str) -> dict[str, Any]:
            algorithm = jwt.algorithms.ECAlgorithm
            listed = [
                {**algorithm.to_jwk(keys[name].public_key(), as_dict=True), "kid": name}
                for name in names
            ]
            return {"keys": listed}

        def token(name: str) -> str:
            return jwt.encode(
                {"catalog_token": name, "exp": FAR},
                keys[name],
                algorithm="ES256",
                headers={"kid": name},
            )

        registry.answer("/keys.json", published("old"))
        url = f"{registry.url}/keys.json"
        assert bearer(connected(token=token("old"), jwt_jwks_url=url)) == "old"
        with pytest.raises(AuthenticationError, match="published keys"):
            bearer(connected(token=token("new"), jwt_jwks_url=url))


class TestExpiry:
    def test_an_expired_token_is_reported_without_a_request(
        self, connected: Callable[..., QuiltOps], registry: Any
    ) -> None:
        ops = connected(token=signed(id="1", uuid="2", exp=int(time.time()) - 3600))
        with pytest.raises(AuthenticationError, match="expired at 20"):
            ops.list_buckets()
        assert not registry.requests

    def test_a_token_is_refreshed_before_it_expires(
        self, connected: Callable[..., QuiltOps], registry: Any, quilt3_login: Callable[..., None]
    ) -> None:
        quilt3_login({registry.url: ("old", time.time() + 30)})
        registry.answer(
            "/api/token",
            {"access_token": "new", "refresh_token": "next", "expires_at": time.time() + 3600},
        )
        ops = connected()
        assert bearer(ops) == "new"
        assert bearer(ops) == "new"
        (request,) = registry.requests
        assert request.form == {"refresh_token": "refresh"}
        assert request.authorization is None

    def test_rotated_refresh_token_is_used_next(
        self, connected: Callable[..., QuiltOps], registry: Any
    ) -> None:
        def exchange(request: Any) -> dict[str, Any]:
            number = int(request.form["refresh_token"]) + 1
            return {
                "access_token": f"access-{number}",
                "refresh_token": str(number),
                "expires_at": time.time() + 30,
            }

        registry.answer("/api/token", exchange)
        ops = connected(refresh_token="0")
        assert [bearer(ops) for _ in range(3)] == ["access-1", "access-2", "access-3"]

    def test_refused_refresh_token(
        self, connected: Callable[..., QuiltOps], registry: Any, raw: Any
    ) -> None:
        registry.answer("/api/token", raw(status=401, body=b'{"message": "Token invalid."}'))
        with pytest.raises(AuthenticationError, match="refresh token"):
            bearer(connected(refresh_token="gone"))

    def test_a_token_is_refreshed_once_after_a_401(
        self, connected: Callable[..., QuiltOps], registry: Any, raw: Any
    ) -> None:
        def me(request: Any) -> Any:
            if request.authorization == "Bearer fresh":
                return ME
            return raw(status=401, body=b'{"message": "Token invalid."}')

        registry.answer("me", me)
        tokens = iter(["stale", "fresh"])
        ops = connected(token_provider=lambda: next(tokens))
        assert ops.get_auth_status().user_name == "ada"
        assert len(registry.requests) == 2

    def test_a_server_that_always_refuses_receives_two_requests(
        self, connected: Callable[..., QuiltOps], registry: Any, raw: Any
    ) -> None:
        registry.answer("me", raw(status=401))
        numbers = iter(range(100))
        ops = connected(token_provider=lambda: f"token-{next(numbers)}")
        with pytest.raises(AuthenticationError):
            ops.get_auth_status()
        assert len(registry.requests) == 2

    def test_401_without_a_way_to_renew_says_when_the_token_ends(
        self, connected: Callable[..., QuiltOps], registry: Any, raw: Any
    ) -> None:
        registry.answer("me", raw(status=401, body=b'{"message": "Token invalid."}'))
        ops = connected(token=signed(id="1", uuid="2", exp=4_000_000_000))
        with pytest.raises(AuthenticationError, match=r"2096.*Token invalid"):
            ops.get_auth_status()
        assert len(registry.requests) == 1

    def test_an_api_key_replaces_an_expired_token(self, connected: Callable[..., QuiltOps]) -> None:
        token = signed(id="1", uuid="2", exp=int(time.time()) - 3600)
        assert bearer(connected(token=token, api_key="qk_key")) == "qk_key"

    def test_many_threads_renew_once(
        self,
        connected: Callable[..., QuiltOps],
        registry: Any,
        raw: Any,
        quilt3_login: Callable[..., None],
    ) -> None:
        def me(request: Any) -> Any:
            return raw(status=401) if request.authorization == "Bearer 0" else ME

        registry.answer("me", me)
        registry.answer("/api/token", {"access_token": "1", "expires_at": FAR})
        quilt3_login({registry.url: ("0", FAR)})
        ops = connected()
        threads = [threading.Thread(target=ops.get_auth_status) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len([one for one in registry.requests if one.path == "/api/token"]) == 1


class TestSecrets:
    def test_no_token_in_errors_or_reprs(
        self, connected: Callable[..., QuiltOps], registry: Any, raw: Any
    ) -> None:
        token = signed(id="1", uuid="2", exp=4_000_000_000)
        body = json.dumps({"message": f"bad token {token}"}).encode()
        registry.answer("me", raw(status=401, body=body))
        ops = connected(token=token)
        with pytest.raises(AuthenticationError) as caught:
            ops.get_auth_status()
        error: BaseException | None = caught.value
        while error is not None:
            assert token not in f"{error!r} {error} {vars(error)}"
            error = error.__cause__ or error.__context__
        assert token not in repr(ops)

    def test_netrc_does_not_override_the_token(
        self,
        connected: Callable[..., QuiltOps],
        registry: Any,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login me password hidden\n")
        monkeypatch.setenv("NETRC", str(netrc))
        registry.answer("me", ME)
        registry.answer("listBuckets", {"buckets": []})
        connected(token="mine").get_auth_status()
        with pytest.raises(AuthenticationError, match="not logged in"):
            connected().list_buckets()
        assert [one.authorization for one in registry.requests] == ["Bearer mine", None]

    def test_token_does_not_follow_a_redirect(
        self, ops: QuiltOps, registry: Any, other_registry: Any, raw: Any
    ) -> None:
        registry.answer("/graphql", raw(status=307, headers={"Location": other_registry.url}))
        with pytest.raises(quilt_core.ProtocolError, match="redirect"):
            ops.get_auth_status()
        assert not other_registry.requests

    def test_cookies_are_not_kept(self, ops: QuiltOps, registry: Any, raw: Any) -> None:
        body = json.dumps({"data": {"me": None}}).encode()
        registry.answer("me", raw(body=body, headers={"Set-Cookie": "session=1; Path=/"}))
        ops.get_auth_status()
        ops.get_auth_status()
        assert all("cookie" not in request.headers for request in registry.requests)
