"""One identity at one registry: its token, its registry and its AWS credentials."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs

from quilt_core.errors import AuthenticationError
from quilt_core.ops.identity_check import as_provided
from quilt_core.secret import Secret
from quilt_core.settings import Settings
from quilt_core.urls import origin, same_place
from quilt_registry.auth.bearer import Bearer, Token
from quilt_registry.auth.claims import Claims, expiry
from quilt_registry.auth.exchange import TokenExchange
from quilt_registry.auth.login import read_login
from quilt_registry.auth.sources import Credentials
from quilt_registry.auth.verification import API_KEY_PREFIX, Verifier, unverified
from quilt_registry.endpoint import RegistryAddress, Resolver


@attrs.define(kw_only=True)
class Identity:
    """The identity with which a call acts. `bearer` is None for an anonymous one."""

    target: RegistryAddress
    bearer: Bearer | None
    claims: Claims | None
    aws: Any = attrs.field(default=None, repr=False)
    """The AWS state of this identity: its credentials."""
    lock: threading.RLock = attrs.field(factory=threading.RLock, repr=False)
    """Held while `aws` is made."""


def read_claims(credentials: Credentials | None, verifier: Verifier) -> Claims | None:
    """The claims of the credentials' JWT, verified if a key is configured; None without a JWT.

    Raises
    ------
    AuthenticationError
        When the JWT fails verification.
    """
    if credentials is None or credentials.token is None:
        return None
    return verifier.read(credentials.token, own=credentials.own)


def resolve_identity(
    settings: Settings,
    credentials: Credentials | None,
    verifier: Verifier,
    resolver: Resolver,
    moved: RegistryAddress | None,
) -> Identity:
    """Make an identity.

    Parameters
    ----------
    settings, credentials, verifier, resolver:
        The configuration, the presented credentials, and the means to verify them; the claims of
        the presented JWT go to the resolver.
    moved:
        The catalog to which `configure_catalog` has moved the connection; None if it has not.
        Credentials that belong to another registry are not used there.

    Raises
    ------
    AuthenticationError
        When no registry is configured, or the credentials are not usable.
    """
    target = moved or resolver.resolve()
    claims = resolver.claims
    bearer = None
    if credentials is not None and (moved is None or belongs_to(resolver, moved)):
        bearer = _bearer(credentials, claims, verifier, target, settings.timeout)
    # A stored login belongs to this process and is never used for a request, whose token may be for
    # another registry.
    own = credentials is None or credentials.own
    # It is sent only to its registry, not to a GraphQL endpoint on another host.
    at_home = origin(target.endpoint) == origin(target.registry_url)
    if bearer is None and own and at_home and not settings.multitenant:
        bearer = _stored_bearer(settings, target)
        if bearer is None and settings.use_quilt3_login:
            bearer = _login_bearer(target, settings.timeout)
    return Identity(target=target, bearer=bearer, claims=claims)


def belongs_to(resolver: Resolver, moved: RegistryAddress) -> bool:
    """Whether the configured credentials were already meant for the registry of `moved`."""
    try:
        meant = resolver.resolve()
    except AuthenticationError:
        # No other catalog was configured, so they are for the first one that is configured.
        return resolver.request is None
    return same_place(meant.registry_url, moved.registry_url)


def _bearer(
    credentials: Credentials,
    claims: Claims | None,
    verifier: Verifier,
    target: RegistryAddress,
    timeout: float,
) -> Bearer | None:
    token = credentials.token
    first = None if token is None else as_token(token, claims)
    renew = _renewal(credentials, verifier, target, timeout)
    return None if first is None and renew is None else Bearer(first, renew)


def as_token(token: Secret, claims: Claims | None) -> Token:
    """The bearer token in a presented token, with the earlier of the known expiry times."""
    if claims is None:
        return Token(secret=token)
    bearer = claims.bearer(token)
    # A JWT that is the bearer token itself has already been decoded: these are its claims.
    inner = None if bearer == token else _own_expiry(bearer)
    ends = [end for end in (claims.expires_at, inner) if end is not None]
    return Token(secret=bearer, expires_at=min(ends, default=None))


def _own_expiry(token: Secret) -> datetime | None:
    """The expiry of a JWT, read without verification, only to know when to renew it."""
    if token.reveal().startswith(API_KEY_PREFIX):
        return None
    return expiry((unverified(token.reveal()) or {}).get("exp"))


def _renewal(
    credentials: Credentials, verifier: Verifier, target: RegistryAddress, timeout: float
) -> Callable[[], Token] | None:
    provider, api_key = credentials.token_provider, credentials.api_key
    if provider is not None:

        def from_provider() -> Token:
            token = as_provided(provider())
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


def _stored_bearer(settings: Settings, target: RegistryAddress) -> Bearer | None:
    """The bearer of a login that `quiltops login` stored for this very registry."""
    # A caller that brings a token needs neither.
    from quilt_registry.login import stored_secrets
    from quilt_registry.login.lookup import find_login

    login = find_login(settings, target.registry_url)
    if login is None:
        return None
    secret = stored_secrets.read(login)
    if login.kind == "api_key":
        return Bearer(Token(secret=secret, expires_at=login.expires_at), None)
    exchange = TokenExchange(target.registry_url, secret, settings.timeout)
    return Bearer(None, lambda: _with_expiry(exchange()))


def _login_bearer(target: RegistryAddress, timeout: float) -> Bearer | None:
    login = read_login(target.registry_url)
    if login is None:
        return None
    first, refresh_token = login
    if refresh_token is None:
        return Bearer(first, None)
    exchange = TokenExchange(target.registry_url, refresh_token, timeout)
    return Bearer(first, lambda: _with_expiry(exchange()))
