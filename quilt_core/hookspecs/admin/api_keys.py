# mypy: disable-error-code="empty-body"
"""Administration operations: all users' API keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.acknowledgement import Acknowledgement
    from quilt_core.domain.api_keys import ApiKey, ApiKeyStatus


@hookspec(firstresult=True)
def admin_list_api_keys(
    email: str | None = None,
    name: str | None = None,
    fingerprint: str | None = None,
    status: ApiKeyStatus | None = None,
) -> Iterable[ApiKey]:
    """List all users' API keys; called for `ops.admin.list_api_keys()`.

    Arguments:
        email: only keys of the user who has this whole address now; None for all.
        name: only keys with this whole name; None for all.
        fingerprint: only keys with this whole fingerprint; None for all.
        status: only keys in this state; None for all.

    Returns: the keys that fulfil all conditions, without secrets.

    Raises: `PermissionDeniedError` unless the user is an administrator; `AuthenticationError`,
    `TransportError`, `ProtocolError`.

    Ordering and completeness: by creation time, newest first, then id; all of them.

    Since: 1. Source: GraphQL `admin.apiKeys.list`.

    Example: ``[ApiKey(id="1", name="ci", …)]``.
    """


@hookspec(firstresult=True)
def admin_get_api_key(key_id: str) -> ApiKey:
    """Read one API key of any user; called for `ops.admin.get_api_key()`.

    Arguments:
        key_id: the key's id.

    Returns: the key, without its secret.

    Raises: `NotFoundError` for an unknown key; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.apiKeys.get`.

    Example: ``admin_get_api_key("1")``.
    """


@hookspec(firstresult=True)
def admin_revoke_api_key(key_id: str) -> Acknowledgement:
    """Revoke an API key of any user; called for `ops.admin.revoke_api_key()`.

    Arguments:
        key_id: the key's id.

    Returns: an `Acknowledgement`.

    Raises: `NotFoundError` for an unknown key; `PermissionDeniedError` unless the user is an
    administrator; `AuthenticationError`, `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `admin.apiKeys.revoke`.

    Example: ``admin_revoke_api_key("1")``.
    """
