"""Administration operations: all users' API keys."""

from __future__ import annotations

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyStatus
from quilt_core.hookspecs import hookimpl
from quilt_registry import fields
from quilt_registry.connection import Connection
from quilt_registry.convert.api_keys import api_key, sorted_keys
from quilt_registry.operations.api_keys import no_key, status_value, unwrap_revocation


class AdminApiKeyOperations:
    """Implements the hooks of `quilt_core.hookspecs.admin.api_keys`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def admin_list_api_keys(
        self,
        email: str | None,
        name: str | None,
        fingerprint: str | None,
        status: ApiKeyStatus | None,
    ) -> list[ApiKey]:
        """GraphQL `admin.apiKeys.list`."""
        variables = {
            "email": email,
            "name": name,
            "fingerprint": fingerprint,
            "status": status_value(status),
        }
        return sorted_keys(fields.get_objects(self._keys("admin_list_api_keys", variables), "list"))

    @hookimpl
    def admin_get_api_key(self, key_id: str) -> ApiKey:
        """GraphQL `admin.apiKeys.get`."""
        node = fields.get_optional_object(self._keys("admin_get_api_key", {"id": key_id}), "get")
        if node is None:
            raise no_key(key_id)
        return api_key(node)

    @hookimpl
    def admin_revoke_api_key(self, key_id: str) -> Acknowledgement:
        """GraphQL `admin.apiKeys.revoke`."""
        unwrap_revocation(self._keys("admin_revoke_api_key", {"id": key_id}).get("result"), key_id)
        return Acknowledgement(action="admin_revoke_api_key", subject=key_id)

    def _keys(self, document: str, variables: dict[str, str | None]) -> fields.Node:
        data = self._connection.client().run(document, variables)
        return fields.get_object(fields.get_object(data, "admin"), "apiKeys")
