"""API key operations of the facade: my own keys."""

from __future__ import annotations

from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyCreated, ApiKeyStatus, ApiKeyStatusName
from quilt_core.domain.listing import Listing
from quilt_core.errors import ValidationError
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_enum, parse_text


def parse_status(status: ApiKeyStatus | ApiKeyStatusName | None) -> ApiKeyStatus | None:
    """The state of a key: "ACTIVE" or "EXPIRED"; None for either."""
    return None if status is None else parse_enum(ApiKeyStatus, status, "status")


def parse_key_id(key_id: str) -> str:
    """The id of an API key, not empty."""
    return parse_text(key_id, "key_id", "0b1e…")


class ApiKeyOps(OperationGroup):
    """My API keys."""

    def list_api_keys(
        self,
        name: str | None = None,
        fingerprint: str | None = None,
        status: ApiKeyStatus | ApiKeyStatusName | None = None,
    ) -> Listing[ApiKey]:
        """My keys, newest first, without their secrets."""
        return self._dispatch.collect(
            "list_api_keys",
            ApiKey,
            name=name,
            fingerprint=fingerprint,
            status=parse_status(status),
        )

    def get_api_key(self, key_id: str) -> ApiKey:
        """One of my keys; `NotFoundError` when it is not there."""
        return self._dispatch.call("get_api_key", ApiKey, key_id=parse_key_id(key_id))

    def create_api_key(self, name: str, expires_in_days: int = 90) -> ApiKeyCreated:
        """Create a key, which works for 1 to 365 days; its secret is shown this once."""
        days = expires_in_days
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 365:
            raise ValidationError(f"expires_in_days={days!r} is not a number from 1 to 365.")
        return self._dispatch.call(
            "create_api_key",
            ApiKeyCreated,
            name=parse_text(name, "name", "ci"),
            expires_in_days=days,
        )

    def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """Revoke one of my keys; `NotFoundError` when it is not there."""
        return self._dispatch.call("revoke_api_key", Acknowledgement, key_id=parse_key_id(key_id))
