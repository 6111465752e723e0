"""The API keys room: my own keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quilt3_backend.admin.asking import Asking
from quilt3_backend.connection import Connection
from quilt_core.domain.admin import Acknowledgement, ApiKey, ApiKeyCreated, ApiKeyStatus
from quilt_core.errors import NotFoundError, ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_core.http import wire
from quilt_core.registry.client.arms import unwrap
from quilt_core.registry.client.failures import logged_in_only
from quilt_core.registry.convert.api_keys import api_key, sorted_keys


class ApiKeys:
    """The hooks for my API keys, by the client of `quilt3.api_keys`."""

    def __init__(self, connection: Connection) -> None:
        self._ask = Asking(connection)

    @hookimpl
    def list_api_keys(
        self, name: str | None, fingerprint: str | None, status: ApiKeyStatus | None
    ) -> Iterable[ApiKey]:
        """See the hook."""
        conditions = given(name=name, fingerprint=fingerprint, status=status)
        me = _me(self._ask("list_api_keys", "api_keys_list", **conditions))
        return sorted_keys(wire.children(me, "apiKeys"))

    @hookimpl
    def get_api_key(self, key_id: str) -> ApiKey:
        """See the hook."""
        node = wire.optional_child(
            _me(self._ask("get_api_key", "api_key_get", id=key_id)), "apiKey"
        )
        if node is None:
            raise no_key(key_id)
        return api_key(node)

    @hookimpl
    def create_api_key(self, name: str, expires_in_days: int) -> ApiKeyCreated:
        """See the hook."""
        fields = self._ask.inputs().APIKeyCreateInput(name=name, expiresInDays=expires_in_days)
        doing = f"create the API key {name!r}"
        created = self._ask.expect(
            "create_api_key", "APIKeyCreated", doing, "api_key_create", input=fields
        )
        return ApiKeyCreated(
            api_key=api_key(wire.child(created, "apiKey")), secret=wire.text(created, "secret")
        )

    @hookimpl
    def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """See the hook."""
        revoked(self._ask("revoke_api_key", "api_key_revoke", id=key_id), key_id)
        return Acknowledgement(action="revoke_api_key", subject=key_id)


def given(*, status: ApiKeyStatus | None, **conditions: str | None) -> dict[str, Any]:
    """The conditions that are given; what is left out is not sent."""
    named = {**conditions, "status": None if status is None else status.value}
    return {name: value for name, value in named.items() if value is not None}


def no_key(key_id: str) -> NotFoundError:
    """The error for an unknown key."""
    return NotFoundError(
        f"There is no API key {key_id!r}.",
        hint="list_api_keys shows the keys and their ids.",
        context={"api_key_id": key_id},
    )


def revoked(result: Any, key_id: str) -> None:
    """Raise what a revocation's result says; its only input is the id, so that it is unknown."""
    try:
        unwrap(result, "Ok", doing=f"revoke the API key {key_id!r}")
    except ValidationError as error:
        raise no_key(key_id) from error


def _me(node: Any) -> wire.Node:
    if node is None:
        raise logged_in_only()
    return wire.node(node, "me")
