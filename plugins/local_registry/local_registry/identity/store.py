"""Finding the identity for an `Authorization` header, and issuing tokens for an identity."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
import uuid

from local_registry.identity.credentials import AwsCredentials, CredentialStore
from local_registry.identity.errors import ForbiddenError, UnauthorizedError
from local_registry.identity.model import Identity, Role, User
from local_registry.identity.passwords import Passwords
from local_registry.identity.tokens import Claims, TokenKind, TokenPair, decode, encode, outdated
from local_registry.state.api_keys import PREFIX as API_KEY_PREFIX
from local_registry.state.store import State
from quilt_core.domain.uris import is_unicode

_CODE_SECONDS = 600.0


class IdentityStore:
    """Issues and checks tokens, codes, keys and credentials (docs/protocol.md, B.1, B.4, B.5)."""

    def __init__(
        self,
        state: State,
        *,
        access_seconds: float,
        refresh_seconds: float,
        credential_seconds: float,
    ) -> None:
        """Lifetimes are in seconds; the signing key is made once and kept in the state."""
        self._state = state
        self._seconds = {"access": access_seconds, "refresh": refresh_seconds}
        self._key = state.settings.get_or_set("jwt_key", secrets.token_hex(32))
        self.credentials = CredentialStore(state, lifetime=credential_seconds)
        self.passwords = Passwords(state.clock)

    def authenticate(self, authorization: str | None) -> Identity | None:
        """The identity in an `Authorization` header, with or without `Bearer`; `None` without a
        header.

        Raises `UnauthorizedError` for an invalid token, and `ForbiddenError` for a user who is not
        active.
        """
        token = _token_of(authorization or "")
        if not token:
            return None
        if token.startswith(API_KEY_PREFIX):
            return self.identify(self._user_of_api_key(token))
        return self.identify(self._user_of_token(token, kinds=("access", "refresh")))

    def identify(self, user: User, role: Role | None = None) -> Identity:
        """The identity of a user in a role (default: the active one); raises `ForbiddenError`."""
        if not user.is_active:
            raise ForbiddenError("User is not active")
        active = role or (self._state.roles.find(user.role) if user.role else None)
        permissions = self._state.roles.permissions(active.id) if active else []
        return Identity(
            user_id=user.id,
            user_name=user.name,
            email=user.email,
            is_admin=user.is_admin,
            role=active.name if active else "",
            roles=user.roles,
            permissions={each.bucket: each.level for each in permissions},
        )

    def issue_token(
        self, user_name: str, *, kind: TokenKind = "access", seconds: float | None = None
    ) -> str:
        """A new token for a user, valid for `seconds` (default: as configured).

        Raises `UnauthorizedError` for an unknown user.
        """
        user = self._state.users.get(user_name)
        if user is None:
            raise UnauthorizedError("User does not exist")
        token, _ = self._new_token(user.id, kind, seconds)
        return token

    def issue_code(self, identity: Identity) -> str:
        """A code that can be exchanged once within ten minutes (`GET /api/code`)."""
        secret = secrets.token_urlsafe(24)
        document = json.dumps({"id": identity.user_id, "code": secret})
        database, now = self._state.database, self._state.clock()
        with database.transaction():
            database.run("DELETE FROM codes WHERE expires < ?", now)
            database.run(
                "INSERT INTO codes VALUES (?, ?, ?)",
                *(_digest(secret), identity.user_id, now + _CODE_SECONDS),
            )
        return base64.b64encode(document.encode()).decode()

    def exchange(self, code_or_token: str) -> TokenPair:
        """Turn a code or a refresh token into a new pair of tokens (`POST /api/token`).

        Raises `UnauthorizedError`, `ForbiddenError`.
        """
        if not is_unicode(code_or_token):
            raise UnauthorizedError("Token invalid.")
        code = _parse_code(code_or_token)
        if code is not None:
            user = self._redeem(*code)
        else:
            user = self._user_of_token(code_or_token, kinds=("refresh",))
        return self._new_pair(user)

    def log_in(self, user_name: str, password: str) -> TokenPair:
        """A new pair of tokens for a user's password (`POST /api/login`).

        Raises `UnauthorizedError` (one message for an unknown user and a wrong password),
        `ForbiddenError` for a user who is not active, `TooManyAttemptsError`.
        """
        user = self._state.users.get(user_name)
        self.passwords.check(user.id if user else None, password)
        if user is None:
            raise UnauthorizedError("Login attempt failed")
        return self._new_pair(user)

    def renew(self, identity: Identity) -> TokenPair:
        """A new pair of tokens in exchange for a valid token (`POST /api/refresh`)."""
        return self._new_pair(self._must_get(identity.user_id))

    def _new_pair(self, user: User) -> TokenPair:
        if not user.is_active:
            raise ForbiddenError("User is not active")
        self._state.users.note_login(user.id)
        access, expires = self._new_token(user.id, "access", None)
        refresh, _ = self._new_token(user.id, "refresh", None)
        return TokenPair(access_token=access, refresh_token=refresh, expires_at=expires)

    def revoke(self, authorization: str) -> None:
        """Revoke the token in an `Authorization` header (`POST /api/logout`); raises the errors of
        `authenticate`.
        """
        claims = decode(_token_of(authorization), self._key)
        self._state.database.run("DELETE FROM tokens WHERE uuid = ?", claims.token_id)

    def expire_access_tokens(self) -> int:
        """Revoke all access tokens and return their number; refresh tokens stay valid."""
        return self._state.database.run("DELETE FROM tokens WHERE kind = 'access'")

    def aws_credentials(self, identity: Identity) -> AwsCredentials:
        """New AWS credentials for the identity's role (`GET /api/auth/get_credentials`).

        Raises `ForbiddenError` for a user without a role.
        """
        role = self._state.roles.find(identity.role)
        if role is None:
            raise ForbiddenError("No role is assigned to the user")
        return self.credentials.issue(identity.user_id, role.id)

    def _new_token(self, user_id: str, kind: TokenKind, seconds: float | None) -> tuple[str, float]:
        lifetime = self._seconds[kind] if seconds is None else seconds
        expires = float(int(self._state.clock() + lifetime))
        claims = Claims(user_id=user_id, token_id=str(uuid.uuid4()), expires=expires)
        database = self._state.database
        with database.transaction():
            database.run("DELETE FROM tokens WHERE expires < ?", self._state.clock() - 86_400)
            database.run(
                "INSERT INTO tokens VALUES (?, ?, ?, ?)", claims.token_id, user_id, kind, expires
            )
        return encode(claims, self._key), expires

    def _user_of_token(self, token: str, kinds: tuple[TokenKind, ...]) -> User:
        claims = decode(token, self._key)
        row = self._state.database.one(
            "SELECT kind FROM tokens WHERE uuid = ? AND user_id = ?",
            *(claims.token_id, claims.user_id),
        )
        if row is None or row["kind"] not in kinds:
            raise outdated() if row is None else UnauthorizedError("Token invalid.")
        return self._must_get(claims.user_id)

    def _user_of_api_key(self, secret: str) -> User:
        key = self._state.api_keys.find(secret)
        if key is None:
            raise UnauthorizedError("API key invalid")
        if key.expires_at.timestamp() <= self._state.clock():
            raise UnauthorizedError("API key expired")
        self._state.api_keys.note_use(key.id)
        return self._must_get(key.user_id)

    def _redeem(self, user_id: str, secret: str) -> User:
        database = self._state.database
        used = database.run(
            "DELETE FROM codes WHERE digest = ? AND user_id = ? AND expires > ?",
            *(_digest(secret), user_id, self._state.clock()),
        )
        if not used:
            raise UnauthorizedError("Code invalid")
        return self._must_get(user_id)

    def _must_get(self, user_id: str) -> User:
        user = self._state.users.get_by_id(user_id)
        if user is None:
            raise UnauthorizedError("User does not exist")
        return user


def _token_of(authorization: str) -> str:
    scheme, _, rest = authorization.strip().partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else authorization.strip()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _parse_code(text: str) -> tuple[str, str] | None:
    try:
        document = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not {"id", "code"} <= document.keys():
        return None
    code = str(document["id"]), str(document["code"])
    return code if all(map(is_unicode, code)) else None
