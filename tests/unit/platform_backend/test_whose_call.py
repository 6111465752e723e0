"""Who makes a call where tokens come from many users, and what is kept between calls."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from quilt_registry.auth.bearer import Bearer, Token

import quilt_core
from quilt_core import AuthenticationError, QuiltOps, TransportError, auth_context, deadline
from quilt_core.secret import Secret

SECRET = "a-secret-that-is-long-enough-for-hs256"
FAR = 4_000_000_000
BACKENDS = ("platform", "quilt3")
user: contextvars.ContextVar[str] = contextvars.ContextVar("user", default="")


def me(request: Any) -> Any:
    name = (request.authorization or "nobody").removeprefix("Bearer ")
    fields = {"email": "a@b.c", "isAdmin": False, "role": None, "roles": []}
    return {"me": {"name": name, **fields}}


def provider() -> str:
    return user.get()


@pytest.fixture
def many(registry: Any) -> Callable[..., QuiltOps]:
    """A connection that serves many users."""
    registry.answer("me", me)

    def make(backend: str = "platform", **settings: Any) -> QuiltOps:
        return quilt_core.connect(
            backend, registry_url=registry.url, **{"multitenant": True, **settings}
        )

    return make


@pytest.mark.parametrize("multitenant", [True, False])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_provider_is_asked_on_every_call(
    many: Callable[..., QuiltOps], backend: str, multitenant: bool
) -> None:
    ops = many(backend, token_provider=provider, multitenant=multitenant)
    for name in ("administrator", "reader", "administrator"):
        user.set(name)
        assert ops.get_auth_status().user_name == name
    with auth_context.request_identity("the-request"):
        assert ops.get_auth_status().user_name == "the-request"
    user.set("")
    with pytest.raises(AuthenticationError, match="token_provider"):
        ops.get_auth_status()


@pytest.mark.parametrize("backend", BACKENDS)
def test_one_callers_refused_token_is_not_replaced_by_anothers(
    many: Callable[..., QuiltOps], registry: Any, raw: Any, backend: str
) -> None:
    """In multitenant mode the provider's next token may be anybody's."""
    registry.answer("me", raw(status=401))
    tokens = iter(["the-caller", "somebody-else"])
    ops = many(backend, token_provider=lambda: next(tokens))
    with pytest.raises(AuthenticationError):
        ops.get_auth_status()
    assert [one.authorization for one in registry.requests] == ["Bearer the-caller"]


def test_a_replacement_is_not_kept_for_the_token_that_was_refused(
    many: Callable[..., QuiltOps], registry: Any, raw: Any
) -> None:
    seen: list[str] = []

    def once(request: Any) -> Any:
        seen.append(request.authorization)
        return raw(status=401) if seen == ["Bearer first-one"] else me(request)

    registry.answer("me", once)
    tokens = iter(["first-one", "second-one", "first-one"])
    ops = many(token_provider=lambda: next(tokens), multitenant=False)
    assert ops.get_auth_status().user_name == "second-one"
    assert ops.get_auth_status().user_name == "first-one"


PROCESS: dict[str, dict[str, Any]] = {
    "argument": {"token": "process-token"},
    "API key": {"api_key": "qk_process-key"},
    "refresh token": {"refresh_token": "process-refresh"},
    "nothing": {},
}


@pytest.mark.parametrize("how", PROCESS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_of_the_process_stands_in(
    many: Callable[..., QuiltOps], registry: Any, other_registry: Any, backend: str, how: str,
    tmp_path: Any,
) -> None:  # fmt: skip
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x").write_text("x")
    ops = many(backend, **PROCESS[how])
    calls: list[Callable[[], object]] = [
        ops.list_buckets,
        ops.get_graphql_auth_headers,
        lambda: ops.list_all_packages(folder.as_uri()),
        lambda: ops.create_package_revision(
            "a/b", [(folder / "x").as_uri()], registry=folder.as_uri()
        ),
        lambda: ops.get_catalog_config(other_registry.url),
        lambda: ops.execute_graphql_query("{ me { name } }", registry=other_registry.url),
        lambda: ops.get_boto3_client("s3"),
    ]
    for call in calls:
        with pytest.raises(AuthenticationError, match="multitenant"):
            call()
    assert not registry.requests
    assert not other_registry.requests
    with auth_context.request_identity("the-request"):
        assert ops.get_auth_status().user_name == "the-request"


class TestRenewal:
    """A single renewal for all waiting callers."""

    def test_a_failure_reaches_every_waiting_caller(self, registry: Any, raw: Any) -> None:
        registry.answer("/api/token", raw(status=503))

        def ask(ops: QuiltOps) -> None:
            with pytest.raises(TransportError):
                ops.get_graphql_auth_headers()

        with quilt_core.connect(
            "platform", registry_url=registry.url, refresh_token="refresh-1"
        ) as ops:
            ask(ops)
        alone = len(registry.requests)
        registry.requests.clear()
        with quilt_core.connect(
            "platform", registry_url=registry.url, refresh_token="refresh-2"
        ) as ops:
            threads = [threading.Thread(target=ask, args=(ops,)) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(registry.requests) == alone

    def test_each_caller_gets_a_separate_error(self) -> None:
        def fail() -> Token:
            raise TransportError("down", retry_after=7)

        bearer = Bearer(None, fail)
        errors = []
        for _ in range(2):
            with pytest.raises(TransportError, match="down") as caught:
                bearer.value()
            errors.append(caught.value)
        assert errors[0] is not errors[1]
        assert errors[0].retry_after == 7

    def test_it_is_tried_again_after_a_while(self, monkeypatch: pytest.MonkeyPatch) -> None:
        attempts: list[int] = []

        def fail_once() -> Token:
            attempts.append(1)
            if len(attempts) == 1:
                raise TransportError("down")
            return Token(secret=Secret("the-second"))

        bearer = Bearer(None, fail_once)
        for _ in range(2):
            with pytest.raises(TransportError):
                bearer.value()
        monkeypatch.setattr("quilt_registry.auth.bearer._FAILURE_STANDS", 0.0)
        assert bearer.value() == "the-second"
        assert len(attempts) == 2

    def test_a_caller_whose_time_is_up_leaves_and_the_others_continue(self) -> None:
        let_go = threading.Event()

        def slow() -> Token:
            assert let_go.wait(10)
            return Token(secret=Secret("renewed-token"))

        bearer = Bearer(None, slow)
        got: list[str] = []
        patient = threading.Thread(target=lambda: got.append(bearer.value()))
        patient.start()
        with deadline.within(0.01), pytest.raises(TransportError, match="not renewed within"):
            bearer.value()
        let_go.set()
        patient.join()
        assert got == ["renewed-token"]


class TestClaims:
    """Claims where a key is configured."""

    @pytest.fixture
    def bearer(self, registry: Any) -> Callable[..., str]:
        def make(**claims: Any) -> str:
            token = jwt.encode({"catalog_token": "t", **claims}, SECRET, algorithm="HS256")
            ops = quilt_core.connect(
                "platform", registry_url=registry.url, token=token, jwt_secret=SECRET
            )
            return ops.get_graphql_auth_headers()["Authorization"]

        return make

    def test_an_expiry_is_required(self, bearer: Callable[..., str]) -> None:
        with pytest.raises(AuthenticationError, match="no claim 'exp'"):
            bearer(sub="ada")

    @pytest.mark.parametrize("end", ["4000000000", True, [FAR], None, 1e300])
    def test_an_expiry_must_be_a_number(self, bearer: Callable[..., str], end: Any) -> None:
        with pytest.raises(AuthenticationError, match="exp"):
            bearer(exp=end)

    @pytest.mark.parametrize("end", [FAR, FAR + 0.5])
    def test_numeric_user_ids(self, bearer: Callable[..., str], end: float) -> None:
        assert bearer(exp=end, sub=42) == "Bearer t"

    @pytest.mark.parametrize(
        ("claim", "value"),
        [("sub", ["ada"]), ("registry_url", 5), ("catalog_url", {}), ("nbf", "0"), ("iat", "0")],
    )
    def test_types(self, bearer: Callable[..., str], claim: str, value: Any) -> None:
        with pytest.raises(AuthenticationError, match=claim):
            bearer(exp=FAR, **{claim: value})


class TestSecretsByValue:
    """A registry that repeats what it was sent."""

    @pytest.mark.parametrize("status", [400, 401, 403, 418, 500])
    def test_an_opaque_bearer_is_masked(self, registry: Any, raw: Any, status: int) -> None:
        token = "plain/opaque+token value"[:18]
        repeated = f'{{"message": "bad {token} given"}}'.encode()
        registry.answer("me", raw(status=status, body=repeated))
        ops = quilt_core.connect("platform", registry_url=registry.url, token=token)
        with pytest.raises(quilt_core.QuiltOpsError) as caught:
            ops.get_auth_status()
        assert "bad *** given" in str(caught.value)
        assert token not in f"{caught.value!r} {caught.value.to_dict()}"

    def test_a_refresh_token_is_masked(self, registry: Any, raw: Any) -> None:
        body = b'{"message": "bad correct-horse-battery given"}'
        registry.answer("/api/token", raw(status=500, body=body))
        ops = quilt_core.connect(
            "platform", registry_url=registry.url, refresh_token="correct-horse-battery"
        )
        with pytest.raises(quilt_core.QuiltOpsError) as caught:
            ops.get_auth_status()
        assert "horse" not in f"{caught.value!r} {caught.value.to_dict()}"


def test_a_refused_token_is_masked_although_it_was_replaced() -> None:
    from quilt_core.redaction import redact

    tokens = iter(["replaced-token-1", "replaced-token-2"])
    bearer = Bearer(None, lambda: Token(secret=Secret(next(tokens))))
    refused = bearer.value()
    assert bearer.renewed_after(refused)
    assert redact(f"said {refused}, {bearer.value()}") == "said ***, ***"


def test_a_token_is_decoded_once(registry: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []
    real = jwt.decode

    def counting(token: str, **how: Any) -> Any:
        decoded.append(token)
        return real(token, **how)

    monkeypatch.setattr("jwt.decode", counting)
    token = jwt.encode({"id": "1", "uuid": "2", "exp": time.time() + 3600}, SECRET)
    ops = quilt_core.connect("platform", registry_url=registry.url, token=token)
    ops.get_graphql_auth_headers()
    ops.get_registry_url()
    assert decoded == [token]
