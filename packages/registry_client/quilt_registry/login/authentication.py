"""Exchanging a code, a password or an API key for a secret to store (docs/protocol.md,
B.1, B.4).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import attrs

from quilt_core.deadline import timeout_or
from quilt_core.domain.catalog import CatalogConfig
from quilt_core.errors import (
    AuthenticationError,
    NotSupportedError,
    ProtocolError,
    QuiltOpsError,
    ValidationError,
)
from quilt_core.secret import Secret
from quilt_core.settings import Settings
from quilt_registry.auth.exchange import TokenExchange
from quilt_registry.auth.verification import API_KEY_PREFIX
from quilt_registry.auth_status import auth_status
from quilt_registry.connection import Connection
from quilt_registry.graphql.documents import DocumentLibrary
from quilt_registry.http.responses import read_json, require_object, server_words
from quilt_registry.http.transport import send
from quilt_registry.login.stored_logins import Kind
from quilt_registry.operations.api_keys import ApiKeyOperations

_DOCUMENTS = DocumentLibrary()


@attrs.frozen(kw_only=True)
class Session:
    """The session that a registry returns for a code or a password."""

    token: Secret
    refresh_token: Secret


@attrs.frozen(kw_only=True)
class Account:
    """A secret that the registry accepted, and its user."""

    user: str
    kind: Kind
    secret: Secret
    key_id: str | None = None
    expires_at: datetime | None = None
    made: bool = False
    """Whether the API key was made for this login."""


def connection_with(
    catalog_url: str,
    registry_url: str,
    timeout: float,
    *,
    token: Secret | None = None,
    api_key: Secret | None = None,
    refresh_token: Secret | None = None,
) -> Connection:
    """A connection to one registry with only these credentials."""
    settings = Settings(
        catalog_url=catalog_url,
        registry_url=registry_url,
        token=token,
        api_key=api_key,
        refresh_token=refresh_token,
        use_quilt3_login=False,
        use_stored_login=False,
        timeout=timeout,
    )
    return Connection(settings, _DOCUMENTS)


def by_code(config: CatalogConfig, code: Secret, timeout: float) -> Session:
    """Exchange the code that the catalog's page shows (`POST /api/token`).

    Raises `AuthenticationError` if the registry does not accept it.
    """
    exchange = TokenExchange(config.registry_url, code, timeout, repeatable=False)
    try:
        token = exchange()
    except AuthenticationError as error:
        raise AuthenticationError(
            f"{config.registry_url} does not accept this code.",
            hint="A code works for one login, within a few minutes. Get a new one and copy all "
            "of it.",
        ) from error
    return Session(token=token.secret, refresh_token=exchange.refresh_token)


def by_password(config: CatalogConfig, user: str, password: Secret, timeout: float) -> Session:
    """Log in with a user's name and password (`POST /api/login`).

    Raises
    ------
    AuthenticationError
        For a wrong password, with the registry's message.
    PermissionDeniedError, TransportError, ProtocolError, BackendError
        According to the registry's answer.
    """
    body = json.dumps({"username": user, "password": password.reveal()}).encode()
    answer = send(
        "POST",
        f"{config.registry_url}/api/login",
        repeatable=False,
        headers={"Content-Type": "application/json"},
        data=body,
        timeout=timeout_or(timeout),
    )
    if answer.status == 401:
        words = server_words(read_json(answer))
        raise AuthenticationError(
            # There is no colon after the word, because the following text would be masked like a
            # password.
            f"{config.registry_url} does not accept this user with this password"
            + (f" ({words})." if words else "."),
            hint="If users log in through their organisation, there is no password: run "
            "`quiltops login` without --username.",
        )
    document = require_object(answer)
    # Registries name them differently, and if there is only one, it serves as both (P.5, B.1).
    texts = [document.get(name) for name in ("token", "access_token", "refresh_token")]
    found = [text for text in texts if isinstance(text, str) and text]
    if not found:
        raise ProtocolError(
            "The registry accepted the password but returned no token.",
            context={"url": answer.url},
        )
    return Session(token=Secret(found[0]), refresh_token=Secret(found[-1]))


def account_of(
    config: CatalogConfig, session: Session, *, name: str, days: int, timeout: float
) -> Account:
    """Check a session, and make an API key with it.

    Parameters
    ----------
    config, session:
        The catalog, and its session.
    name, days:
        The key's name, and the days until it expires, 1 to 365.
    timeout:
        The maximum number of seconds for one request.

    Returns
    -------
    Account
        The account, with the new key, which has been tested, or with the refresh token if this
        registry has no API keys.

    Raises
    ------
    AuthenticationError
        When the registry accepts the session or the key, and yet names no user.
    ValidationError
        When it refuses the key's name or lifetime, or the user has too many keys.
    """
    connection = connection_with(
        config.catalog_url, config.registry_url, timeout, token=session.token
    )
    user = _user(connection)
    try:
        made = ApiKeyOperations(connection).create_api_key(name, days)
    except NotSupportedError:
        return Account(user=user, kind="refresh_token", secret=session.refresh_token)
    account = Account(
        user=user,
        kind="api_key",
        secret=Secret(made.secret),
        key_id=made.api_key.id,
        expires_at=made.api_key.expires_at,
        made=True,
    )
    with taken_back_on_failure(config, account, timeout):
        _user(key_connection(config, account.secret, timeout))
    return account


@contextmanager
def taken_back_on_failure(
    config: CatalogConfig, account: Account, timeout: float
) -> Iterator[None]:
    """If the block fails, try to revoke the key that was made for this login."""
    try:
        yield
    except BaseException:
        if account.made and account.key_id is not None:
            with suppress(QuiltOpsError):  # the original error is already being raised
                keys = ApiKeyOperations(key_connection(config, account.secret, timeout))
                keys.revoke_api_key(account.key_id)
        raise


def by_key(config: CatalogConfig, key: Secret, timeout: float) -> Account:
    """Check an existing API key.

    Raises `ValidationError` for anything that is not an API key, and `AuthenticationError` for one
    that the registry does not accept.
    """
    if not key.reveal().startswith(API_KEY_PREFIX):
        raise ValidationError(
            f"This is not an API key: it does not begin with {API_KEY_PREFIX!r}.",
            hint="`quiltops api-keys create NAME` creates one, and so does the catalog's profile "
            "page.",
        )
    connection = key_connection(config, key, timeout)
    user = _user(connection)
    keys = ApiKeyOperations(connection).list_api_keys(None, None, None)
    fitting = [one for one in keys if _fits(one.fingerprint, key)]
    known = fitting[0] if len(fitting) == 1 else None
    return Account(
        user=user,
        kind="api_key",
        secret=key,
        key_id=None if known is None else known.id,
        expires_at=None if known is None else known.expires_at,
    )


def key_connection(config: CatalogConfig, key: Secret, timeout: float) -> Connection:
    """A connection that acts with an API key."""
    return connection_with(config.catalog_url, config.registry_url, timeout, api_key=key)


def _user(connection: Connection) -> str:
    status = auth_status(connection)
    if not status.is_authenticated or not status.user_name:
        raise AuthenticationError(
            f"{connection.address().registry_url} does not say who is logged in."
        )
    return status.user_name


def _fits(fingerprint: str, key: Secret) -> bool:
    """Whether a fingerprint, such as `qk_abc...xyz`, belongs to this key."""
    head, separator, tail = re.sub("…", "...", fingerprint).partition("...")
    secret = key.reveal()
    return bool(separator) and secret.startswith(head) and secret.endswith(tail)
