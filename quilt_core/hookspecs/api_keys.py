# mypy: disable-error-code="empty-body"
"""API key operations for the user's own keys; the administration operations cover all users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.acknowledgement import Acknowledgement
    from quilt_core.domain.api_keys import ApiKey, ApiKeyCreated, ApiKeyStatus


@hookspec(firstresult=True)
def list_api_keys(
    name: str | None = None, fingerprint: str | None = None, status: ApiKeyStatus | None = None
) -> Iterable[ApiKey]:
    """List the user's own API keys; called for `ops.list_api_keys()`.

    Arguments:
        name: only keys with this whole name; None for all.
        fingerprint: only keys with this whole fingerprint; None for all.
        status: only keys in this state; None for all.

    Returns: the keys that fulfil all conditions, without secrets.

    Raises: `AuthenticationError`, `TransportError`, `ProtocolError`.

    Ordering and completeness: by creation time, newest first, then id; all of them.

    Since: 1. Source: GraphQL `me.apiKeys`.

    Example: ``[ApiKey(id="1", name="ci", …)]``.
    """


@hookspec(firstresult=True)
def get_api_key(key_id: str) -> ApiKey:
    """Read one of the user's own API keys; called for `ops.get_api_key()`.

    Arguments:
        key_id: the key's id; its name and its fingerprint are not accepted.

    Returns: the key, without its secret.

    Raises: `NotFoundError` for an unknown key and for a key of another user;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `me.apiKey`.

    Example: ``get_api_key("1")``.
    """


@hookspec(firstresult=True)
def create_api_key(name: str, expires_in_days: int) -> ApiKeyCreated:
    """Create an API key for the user; called for `ops.create_api_key()`.

    Arguments:
        name: what the key is for; several keys may have the same name.
        expires_in_days: days until it expires, 1 to 365.

    Returns: the key with its secret, which is returned only once.

    Raises: `ValidationError` with all reasons if the registry refuses it;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `apiKeyCreate`.

    Example: ``create_api_key("ci", 90)``.
    """


@hookspec(firstresult=True)
def revoke_api_key(key_id: str) -> Acknowledgement:
    """Revoke one of the user's own API keys; called for `ops.revoke_api_key()`.

    The key is deleted: it is no longer listed, and cannot be read or revoked again.

    Arguments:
        key_id: the key's id.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for an unknown key and for a key of another user;
    `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `apiKeyRevoke`.

    Example: ``revoke_api_key("1")``.
    """
