"""Administration operations of the facade: all users' API keys."""

from __future__ import annotations

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyStatus, ApiKeyStatusName
from quilt_core.domain.listing import Listing
from quilt_core.ops.admin.group import AdminOperationGroup
from quilt_core.ops.api_keys import parse_key_id, parse_status


class ApiKeyAdminOps(AdminOperationGroup):
    """All users' keys; `PermissionDeniedError` for everybody but administrators."""

    def list_api_keys(
        self,
        email: str | None = None,
        name: str | None = None,
        fingerprint: str | None = None,
        status: ApiKeyStatus | ApiKeyStatusName | None = None,
    ) -> Listing[ApiKey]:
        """Keys of all users, newest first, without their secrets."""
        return self._dispatch.collect(
            "admin_list_api_keys",
            ApiKey,
            email=email,
            name=name,
            fingerprint=fingerprint,
            status=parse_status(status),
        )

    def get_api_key(self, key_id: str) -> ApiKey:
        """One key; `NotFoundError` when it is not there."""
        return self._dispatch.call("admin_get_api_key", ApiKey, key_id=parse_key_id(key_id))

    def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """Revoke a key; `NotFoundError` when it is not there."""
        return self._dispatch.call(
            "admin_revoke_api_key", Acknowledgement, key_id=parse_key_id(key_id)
        )
