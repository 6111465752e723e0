"""An issuer's keys: fetched once, again when one is missing, and used while the issuer is down."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import attrs
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from quilt_registry.auth import jwks
from quilt_registry.auth.jwks import KeySet

from quilt_core import AuthenticationError, ProtocolError, QuiltOpsError, TransportError, deadline


@cache
def private_key(name: str) -> Any:
    return ec.generate_private_key(ec.SECP256R1())


def published(*names: str, **more: Any) -> dict[str, Any]:
    algorithm = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256)
    return {
        "keys": [
            {**algorithm.to_jwk(private_key(name).public_key(), as_dict=True), "kid": name, **more}
            for name in names
        ]
    }


def signed(name: str, kid: str | None = "") -> str:
    headers = {} if kid is None else {"kid": kid or name}
    return jwt.encode({"sub": "ada"}, private_key(name), algorithm="ES256", headers=headers)


@attrs.define
class Clock:
    now: float = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(jwks, "time", made)
    # PyJWT's own cache reads the real clock: here its lifetime ends at once.
    monkeypatch.setattr(jwks, "_LIFETIME", 1e-9)
    return made


@pytest.fixture
def keys(registry: Any, clock: Clock) -> KeySet:
    return KeySet(f"{registry.url}/keys.json", 5.0)


def accepts(keys: KeySet, token: str) -> bool:
    try:
        jwt.decode(token, keys.key_of(token), algorithms=["ES256"])
    except AuthenticationError:
        return False
    return True


def test_several_tokens_need_one_request(registry: Any, keys: KeySet) -> None:
    registry.answer("/keys.json", published("one", "two"))
    for name in ("one", "two", "one"):
        assert accepts(keys, signed(name))
    assert len(registry.requests) == 1
    assert registry.requests[0].authorization is None


def test_a_new_key_is_found_and_an_old_one_is_dropped(
    registry: Any, keys: KeySet, clock: Clock
) -> None:
    registry.answer("/keys.json", published("old"))
    assert accepts(keys, signed("old"))
    registry.answer("/keys.json", published("new"))
    clock.now += 11
    assert accepts(keys, signed("new"))
    assert not accepts(keys, signed("old"))


def test_invented_key_ids_do_not_flood_the_issuer(
    registry: Any, keys: KeySet, clock: Clock
) -> None:
    registry.answer("/keys.json", published("one"))
    for number in range(20):
        assert not accepts(keys, signed("one", f"invented-{number}"))
    assert len(registry.requests) == 1
    clock.now += 11
    assert not accepts(keys, signed("one", "invented"))
    assert len(registry.requests) == 2


def test_keys_for_encryption_are_not_used(registry: Any, keys: KeySet) -> None:
    registry.answer("/keys.json", published("one", use="enc"))
    assert not accepts(keys, signed("one"))
    assert not accepts(keys, signed("one", None))


def test_a_token_without_a_key_id_uses_the_only_key(
    registry: Any, keys: KeySet, clock: Clock
) -> None:
    registry.answer("/keys.json", published("one"))
    assert accepts(keys, signed("one", None))
    registry.answer("/keys.json", published("one", "two"))
    clock.now += 11
    assert not accepts(keys, signed("one", None))


@pytest.mark.parametrize("fault", ["reset", "status", "page", "nothing"])
def test_known_keys_are_used_for_an_hour_when_the_issuer_is_down(
    registry: Any, keys: KeySet, clock: Clock, raw: Any, reset: object, fault: str
) -> None:
    registry.answer("/keys.json", published("one"))
    assert accepts(keys, signed("one"))
    faults = {
        "reset": reset,
        "status": raw(status=500),
        "page": raw(body=b"<html></html>", headers={"Content-Type": "text/html"}),
        "nothing": {"keys": []},
    }
    registry.answer("/keys.json", faults[fault])
    clock.now += 3000
    assert accepts(keys, signed("one"))
    clock.now += 700
    with pytest.raises(QuiltOpsError):
        keys.key_of(signed("one"))
    registry.answer("/keys.json", published("one"))
    clock.now += 11
    assert accepts(keys, signed("one"))


def test_an_issuer_that_is_down_is_not_asked_again_for_every_token(
    registry: Any, keys: KeySet, raw: Any
) -> None:
    registry.answer("/keys.json", raw(status=500))
    for _ in range(5):
        with pytest.raises(QuiltOpsError):
            keys.key_of(signed("one"))
    assert len(registry.requests) == 1


def test_a_callers_deadline_does_not_mark_the_issuer_as_down(registry: Any, keys: KeySet) -> None:
    registry.answer("/keys.json", published("one"))
    with deadline.within(0.0, "deadline"), pytest.raises(TransportError):
        keys.key_of(signed("one"))
    assert accepts(keys, signed("one"))


BAD: dict[str, Callable[[], Any]] = {
    "no keys": lambda: {},
    "keys that are not a list": lambda: {"keys": {"a": 1}},
    "keys that are none": lambda: {"keys": [1, None, "x", [], {}]},
    "numbers": lambda: {"keys": [{"kty": 5, "kid": 5}, {"kty": "EC", "crv": 1, "x": 2, "y": 3}]},
    "an empty curve": lambda: {"keys": [{"kty": "EC", "crv": "P-256", "x": "", "y": ""}]},
    "an odd modulus": lambda: {"keys": [{"kty": "RSA", "n": "AQ", "e": "AA"}]},
    "not base64": lambda: {"keys": [{"kty": "RSA", "n": "²", "e": "²"}]},
    "a short Ed25519 key": lambda: {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]},
}


@pytest.mark.parametrize("kind", BAD)
def test_documents_without_a_usable_key(registry: Any, keys: KeySet, raw: Any, kind: str) -> None:
    registry.answer("/keys.json", raw(body=json.dumps(BAD[kind]()).encode()))
    with pytest.raises(ProtocolError, match="no usable key"):
        keys.key_of(signed("one"))


@pytest.mark.parametrize("kind", BAD)
def test_a_valid_key_next_to_invalid_ones(registry: Any, keys: KeySet, raw: Any, kind: str) -> None:
    listed = BAD[kind]().get("keys", [])
    body = {"keys": [*(listed if isinstance(listed, list) else []), *published("one")["keys"]]}
    registry.answer("/keys.json", raw(body=json.dumps(body).encode()))
    assert accepts(keys, signed("one"))
