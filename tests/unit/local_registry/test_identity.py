"""Tokens, codes, API keys and credentials."""

from __future__ import annotations

import base64
import json

import jwt
import pytest
from local_registry.identity.errors import ForbiddenError, UnauthorizedError
from local_registry.identity.store import IdentityStore
from local_registry.state import State


class Clock:
    def __init__(self) -> None:
        self.now = 4_000_000_000.0  # far in the future, so that PyJWT's own clock is earlier

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def state() -> State:
    state = State()
    state.roles.create_managed("R")
    state.users.create(name="ada", email="ada@example.com", role="R")
    state.users.create(name="bob", email="bob@example.com", role="R")
    return state


@pytest.fixture
def identities(state: State) -> IdentityStore:
    return IdentityStore(state, access_seconds=60, refresh_seconds=600, credential_seconds=60)


def _who(identities: IdentityStore, header: str | None) -> str | None:
    identity = identities.authenticate(header)
    return identity.user_name if identity else None


def test_tokens_are_jwts_with_the_claims_of_a_registry(identities: IdentityStore) -> None:
    token = identities.issue_token("ada")
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims.keys() == {"id", "uuid", "exp"}


def test_a_header_is_read_with_and_without_bearer(identities: IdentityStore) -> None:
    token = identities.issue_token("ada")
    assert _who(identities, f"Bearer {token}") == "ada"
    assert _who(identities, f"bearer {token}") == "ada"
    assert _who(identities, token) == "ada"
    assert _who(identities, None) is None
    assert _who(identities, "") is None


def test_invalid_tokens_are_refused(identities: IdentityStore) -> None:
    good = identities.issue_token("ada")
    claims = jwt.decode(good, options={"verify_signature": False})
    forged = jwt.encode(claims, "x" * 32, algorithm="HS256")
    unsigned = jwt.encode(claims, None, algorithm="none")
    for bad in ("x", "a.b.c", forged, unsigned, good[:-4], "x" * 10_000, "Bearer \x00"):
        with pytest.raises(UnauthorizedError):
            identities.authenticate(bad)


def test_tokens_expire(identities: IdentityStore) -> None:
    with pytest.raises(UnauthorizedError, match="Outdated"):
        identities.authenticate(identities.issue_token("ada", seconds=-1))
    token = identities.issue_token("ada")
    refresh = identities.issue_token("ada", kind="refresh")
    assert identities.expire_access_tokens() == 1 + 1
    with pytest.raises(UnauthorizedError, match="Outdated"):
        identities.authenticate(token)
    assert _who(identities, identities.exchange(refresh).access_token) == "ada"


def test_a_password_reset_and_a_logout_invalidate_tokens(
    identities: IdentityStore, state: State
) -> None:
    token, other = identities.issue_token("ada"), identities.issue_token("bob")
    identities.revoke(f"Bearer {other}")
    state.users.reset_password("ada")
    for ended in (token, other):
        with pytest.raises(UnauthorizedError):
            identities.authenticate(ended)


def test_only_codes_and_refresh_tokens_are_exchanged(identities: IdentityStore) -> None:
    ada = identities.authenticate(identities.issue_token("ada"))
    assert ada is not None
    code = identities.issue_code(ada)
    assert json.loads(base64.b64decode(code)).keys() == {"id", "code"}
    pair = identities.exchange(code)
    assert _who(identities, pair.access_token) == "ada"
    assert pair.access_token not in repr(pair)
    claims = jwt.decode(pair.access_token, options={"verify_signature": False})
    assert claims["exp"] == pair.expires_at
    with pytest.raises(UnauthorizedError, match="Code invalid"):
        identities.exchange(code)
    with pytest.raises(UnauthorizedError):
        identities.exchange(pair.access_token)
    with pytest.raises(UnauthorizedError):
        identities.exchange(base64.b64encode(b'{"id": "x", "code": "y"}').decode())


@pytest.mark.parametrize(
    "text",
    [r'{"id": "x", "code": "\ud800"}', r'{"id": "\ud800", "code": "x"}', "\ud800"],
    ids=["code", "id", "token"],
)
def test_codes_that_are_not_unicode_are_refused(identities: IdentityStore, text: str) -> None:
    code = base64.b64encode(text.encode()).decode() if text.startswith("{") else text
    with pytest.raises(UnauthorizedError):
        identities.exchange(code)


def test_codes_that_nobody_exchanged_are_deleted() -> None:
    clock = Clock()
    state = State(clock=clock)
    state.roles.create_managed("R")
    user = state.users.create(name="ada", email="ada@example.com", role="R")
    identities = IdentityStore(state, access_seconds=9, refresh_seconds=9, credential_seconds=9)
    for _ in range(3):
        identities.issue_code(identities.identify(user))
        clock.now += 601
    assert len(state.database.all("SELECT * FROM codes")) == 1


def test_inactive_users_are_forbidden_and_deleted_ones_unauthorized(
    identities: IdentityStore, state: State
) -> None:
    token, refresh = identities.issue_token("ada"), identities.issue_token("ada", kind="refresh")
    state.users.set_active("ada", False)
    with pytest.raises(ForbiddenError):
        identities.authenticate(token)
    with pytest.raises(ForbiddenError):
        identities.exchange(refresh)
    state.users.delete("ada")
    with pytest.raises(UnauthorizedError):
        identities.authenticate(token)


def test_api_keys_work_until_they_expire_or_are_revoked(
    identities: IdentityStore, state: State
) -> None:
    ada = state.users.get("ada")
    assert ada is not None
    key, secret = state.api_keys.create(ada.id, "k", 1)
    assert _who(identities, f"Bearer {secret}") == "ada"
    used = state.api_keys.get(key.id)
    assert used is not None and used.last_used_at is not None
    state.api_keys.revoke(key_id=key.id)
    with pytest.raises(UnauthorizedError, match="API key invalid"):
        identities.authenticate(secret)


def test_expired_api_keys_are_refused() -> None:
    clock = Clock()
    state = State(clock=clock)
    state.roles.create_managed("R")
    ada = state.users.create(name="ada", email="ada@example.com", role="R")
    identities = IdentityStore(state, access_seconds=9, refresh_seconds=9, credential_seconds=9)
    _, secret = state.api_keys.create(ada.id, "k", 1)
    clock.now += 86_400
    with pytest.raises(UnauthorizedError, match="API key expired"):
        identities.authenticate(secret)


def test_credentials_are_for_the_role_that_was_active_when_they_were_issued(
    identities: IdentityStore, state: State
) -> None:
    other = state.roles.create_managed("Other")
    state.users.add_roles("ada", ["Other"])
    state.users.switch_role("ada", "Other")
    ada = identities.authenticate(identities.issue_token("ada"))
    assert ada is not None
    credentials = identities.aws_credentials(ada)
    assert credentials.secret_key not in repr(credentials)
    state.users.switch_role("ada", "R")
    holder = identities.credentials.find(credentials.access_key)
    assert holder is not None
    assert (holder.user_id, holder.role_id) == (ada.user_id, other.id)
    assert identities.credentials.find("ASIAUNKNOWN") is None
