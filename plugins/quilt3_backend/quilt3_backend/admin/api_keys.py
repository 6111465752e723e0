"""The administration room: all users' API keys."""

from __future__ import annotations

from collections.abc import Iterable

from quilt3_backend.admin.asking import Asking
from quilt3_backend.api_keys import given, no_key, revoked
from quilt3_backend.connection import Connection
from quilt_core.domain.admin import Acknowledgement, ApiKey, ApiKeyStatus
from quilt_core.hookspecs import hookimpl
from quilt_core.registry.convert.api_keys import api_key, sorted_keys


class AdminApiKeys:
    """The hooks for all users' API keys, by the client of `quilt3.admin.api_keys`."""

    def __init__(self, connection: Connection) -> None:
        self._ask = Asking(connection)

    @hookimpl
    def admin_list_api_keys(
        self,
        email: str | None,
        name: str | None,
        fingerprint: str | None,
        status: ApiKeyStatus | None,
    ) -> Iterable[ApiKey]:
        """See the hook."""
        conditions = given(email=email, name=name, fingerprint=fingerprint, status=status)
        return sorted_keys(self._ask("admin_list_api_keys", "admin_api_keys_list", **conditions))

    @hookimpl
    def admin_get_api_key(self, key_id: str) -> ApiKey:
        """See the hook."""
        node = self._ask("admin_get_api_key", "admin_api_key_get", id=key_id)
        if node is None:
            raise no_key(key_id)
        return api_key(node)

    @hookimpl
    def admin_revoke_api_key(self, key_id: str) -> Acknowledgement:
        """See the hook."""
        revoked(self._ask("admin_revoke_api_key", "admin_api_key_revoke", id=key_id), key_id)
        return Acknowledgement(action="admin_revoke_api_key", subject=key_id)
