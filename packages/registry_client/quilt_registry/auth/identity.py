"""One identity at one registry: who, with which token, where, and with which AWS credentials."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs

from quilt_core.errors import AuthenticationError
from quilt_core.secret import Secret
from quilt_core.settings import Settings
from quilt_core.urls import same_place
from quilt_registry.auth.bearer import Bearer, Token
from quilt_registry.auth.claims import Claims, expiry
from quilt_registry.auth.exchange import TokenExchange
from quilt_registry.auth.login import read_login
from quilt_registry.auth.sources import Credentials
from quilt_registry.auth.verification import API_KEY_PREFIX, Verifier
from quilt_registry.endpoint import RegistryAddress, Resolver


@attrs.define(kw_only=True)
class Identity:
    """Who a call acts as. `bearer` is None for an anonymous one."""

    target: RegistryAddress
    bearer: Bearer | None
    claims: Claims | None
    aws: Any = attrs.field(default=None, repr=False)
    """What AWS access keeps for this identity alone: its credentials."""
    lock: threading.RLock = attrs.field(factory=threading.RLock, repr=False)
    """Held while `aws` is made."""


@attrs.frozen(kw_only=True)
class ReadCredentials:
    """Credentials, and what their JWT says."""

    credentials: Credentials | None
    token: Secret | None
    claims: Claims | None


def read_credentials(credentials: Credentials | None, verifier: Verifier) -> ReadCredentials:
    """Look at the credentials' JWT, verifying it where a key is configured.

    Raises
    ------
    AuthenticationError
        When the JWT does not stand up to verification.
    """
    if credentials is None:
        return ReadCredentials(credentials=None, token=None, claims=None)
    token = credentials.token
    if token is None and credentials.token_provider is not None:
        token = call_token_provider(credentials.token_provider)
    claims = None if token is None else verifier.read(token, own=credentials.own)
    return ReadCredentials(credentials=credentials, token=token, claims=claims)


def resolve_identity(
    settings: Settings,
    presented: ReadCredentials,
    verifier: Verifier,
    resolver: Resolver,
    moved: RegistryAddress | None,
) -> Identity:
    """Put an identity together.

    Parameters
    ----------
    settings, presented, verifier, resolver:
        What is configured, what was presented, and the means to judge it.
    moved:
        Where `configure_catalog` has moved the connection; None when it has not. Credentials
        that belong to another registry are not taken along.

    Raises
    ------
    AuthenticationError
        When no registry is configured, or the credentials are not usable.
    """
    target = moved or resolver.resolve()
    usable = moved is None or belongs_to(resolver, moved)
    bearer = None
    if presented.credentials is not None and usable:
        bearer = _bearer(presented, verifier, target, settings.timeout)
    # The login is this process's own: never for a request, whose token may be for another registry.
    own = presented.credentials is None or presented.credentials.own
    if bearer is None and own and settings.use_quilt3_login and not settings.multitenant:
        bearer = _login_bearer(target, settings.timeout)
    return Identity(target=target, bearer=bearer, claims=presented.claims)


def belongs_to(resolver: Resolver, moved: RegistryAddress) -> bool:
    """Whether the configured credentials were meant for the registry of `moved` all along."""
    try:
        meant = resolver.resolve()
    except AuthenticationError:
        # Nothing else was configured: the first catalog that is, is the one they are for.
        return resolver.request is None
    return same_place(meant.registry_url, moved.registry_url)


def call_token_provider(provider: Callable[[], str]) -> Secret:
    """The token that the application's function gives; `AuthenticationError` when it is none."""
    value = provider()
    if not isinstance(value, str) or not value:
        raise AuthenticationError(
            f"The application's token_provider gave a {type(value).__name__}, not a token.",
        )
    return Secret(value)


def _bearer(
    presented: ReadCredentials, verifier: Verifier, target: RegistryAddress, timeout: float
) -> Bearer | None:
    credentials = presented.credentials
    if credentials is None:
        return None
    first = None
    if presented.token is not None:
        first = as_token(presented.token, presented.claims)
    renew = _renewal(credentials, verifier, target, timeout)
    if first is None and renew is None:
        return None
    return Bearer(first, renew)


def as_token(token: Secret, claims: Claims | None) -> Token:
    """The bearer token in a presented token, with the earlier of the ends that are known."""
    if claims is None:
        return Token(secret=token)
    bearer = claims.bearer(token)
    ends = [end for end in (claims.expires_at, _own_expiry(bearer)) if end is not None]
    return Token(secret=bearer, expires_at=min(ends, default=None))


def _own_expiry(token: Secret) -> datetime | None:
    """The expiry in a JWT, read without verification: only to know when to renew it."""
    import jwt

    if token.reveal().startswith(API_KEY_PREFIX):
        return None
    try:
        claims = jwt.decode(token.reveal(), options={"verify_signature": False})
    except (jwt.PyJWTError, RecursionError):
        return None
    return expiry(claims.get("exp"))


def _renewal(
    credentials: Credentials, verifier: Verifier, target: RegistryAddress, timeout: float
) -> Callable[[], Token] | None:
    provider, api_key = credentials.token_provider, credentials.api_key
    if provider is not None:

        def from_provider() -> Token:
            token = call_token_provider(provider)
            return as_token(token, verifier.read(token, own=credentials.own))

        return from_provider
    if credentials.refresh_token is not None:
        exchange = TokenExchange(target.registry_url, credentials.refresh_token, timeout)
        return lambda: _with_expiry(exchange())
    if api_key is not None:
        return lambda: Token(secret=api_key)
    return None


def _with_expiry(token: Token) -> Token:
    return (
        token
        if token.expires_at
        else Token(secret=token.secret, expires_at=_own_expiry(token.secret))
    )


def _login_bearer(target: RegistryAddress, timeout: float) -> Bearer | None:
    login = read_login(target.registry_url)
    if login is None:
        return None
    first = Token(secret=login.access_token, expires_at=expiry(login.expires_at))
    if login.refresh_token is None:
        return Bearer(first, None)
    exchange = TokenExchange(target.registry_url, login.refresh_token, timeout)
    return Bearer(first, lambda: _with_expiry(exchange()))
