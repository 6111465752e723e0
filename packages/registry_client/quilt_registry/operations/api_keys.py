"""API key operations: the keys of the connection's own user."""

from __future__ import annotations

from quilt_core.auth_context import not_logged_in
from quilt_core.domain.acknowledgement import Acknowledgement
from quilt_core.domain.api_keys import ApiKey, ApiKeyCreated, ApiKeyStatus
from quilt_core.errors import NotFoundError, QuiltOpsError, ValidationError
from quilt_core.hookspecs import hookimpl
from quilt_registry import fields
from quilt_registry.connection import Connection
from quilt_registry.convert.api_keys import api_key, sorted_keys
from quilt_registry.graphql.result_unions import unwrap


class ApiKeyOperations:
    """Implements the hooks of `quilt_core.hookspecs.api_keys`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def list_api_keys(
        self, name: str | None, fingerprint: str | None, status: ApiKeyStatus | None
    ) -> list[ApiKey]:
        """GraphQL `me.apiKeys`."""
        variables = {"name": name, "fingerprint": fingerprint, "status": status_value(status)}
        data = self._connection.client().run("list_api_keys", variables)
        return sorted_keys(fields.get_objects(_me(data), "apiKeys"))

    @hookimpl
    def get_api_key(self, key_id: str) -> ApiKey:
        """GraphQL `me.apiKey`."""
        data = self._connection.client().run("get_api_key", {"id": key_id})
        node = fields.get_optional_object(_me(data), "apiKey")
        if node is None:
            raise no_key(key_id)
        fields.check_same(node, "id", key_id)
        return api_key(node)

    @hookimpl
    def create_api_key(self, name: str, expires_in_days: int) -> ApiKeyCreated:
        """GraphQL `apiKeyCreate`."""
        variables = {"input": {"name": name, "expiresInDays": expires_in_days}}
        data = self._connection.client().run("create_api_key", variables)
        doing = f"create the API key {name!r}"
        created = unwrap(data.get("apiKeyCreate"), "APIKeyCreated", doing=doing)
        key = fields.get_object(created, "apiKey")
        fields.check_same(key, "name", name)
        return ApiKeyCreated(
            api_key=api_key(key),
            secret=fields.get_str(created, "secret"),
        )

    @hookimpl
    def revoke_api_key(self, key_id: str) -> Acknowledgement:
        """GraphQL `apiKeyRevoke`."""
        data = self._connection.client().run("revoke_api_key", {"id": key_id})
        unwrap_revocation(data.get("apiKeyRevoke"), key_id)
        return Acknowledgement(action="revoke_api_key", subject=key_id)


def status_value(status: ApiKeyStatus | None) -> str | None:
    """The state in GraphQL."""
    return None if status is None else status.value


def no_key(key_id: str) -> NotFoundError:
    """The error for an unknown key."""
    return NotFoundError(
        f"There is no API key {key_id!r}.",
        hint="list_api_keys shows the keys and their ids.",
        context={"api_key_id": key_id},
    )


def unwrap_revocation(result: object, key_id: str) -> None:
    """Raise the error of a revocation's result; the only input is the id, so it must be unknown."""
    try:
        unwrap(result, "Ok", doing=f"revoke the API key {key_id!r}")
    except ValidationError as error:
        unknown: QuiltOpsError = no_key(key_id)
        raise unknown from error


def _me(data: fields.Node) -> fields.Node:
    me = fields.get_optional_object(data, "me")
    if me is None:
        raise not_logged_in()
    return me
