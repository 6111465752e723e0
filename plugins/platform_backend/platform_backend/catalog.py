"""The catalog room: who we are, where the registry is, and raw GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core import auth_context, hookimpl
from quilt_core.domain.catalog import AuthStatus, CatalogConfig
from quilt_core.errors import AuthenticationError, NotSupportedError, ValidationError
from quilt_core.http import wire
from quilt_core.http.addresses import same_place
from quilt_core.http.answers import read_json, require_object, server_words
from quilt_core.registry.client.failures import graphql_error
from quilt_core.registry.client.graphql import GraphQLClient
from quilt_core.registry.client.queries import is_query
from quilt_core.registry.connection import Connection
from quilt_core.registry.endpoint import HOW_TO_CONFIGURE


class CatalogRoom:
    """Implements the hooks of `quilt_core.hookspecs.catalog`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @hookimpl
    def get_auth_status(self) -> AuthStatus:
        """GraphQL `me`; no request when there is nothing to authenticate with."""
        try:
            identity = self._connection.identity()
        except AuthenticationError:
            if self._connection.settings.multitenant or self._connection.has_credentials():
                raise
            return AuthStatus(is_authenticated=False, catalog_url=None, registry_url=None)
        target, bearer = identity.target, identity.bearer
        status = AuthStatus(
            is_authenticated=False,
            catalog_url=target.catalog_url,
            registry_url=target.registry_url,
        )
        if bearer is None:
            return status
        me = wire.optional_child(self._connection.client_of(identity).run("me"), "me")
        if me is None:
            return status
        roles = [wire.text(role, "name") for role in wire.children(me, "roles")]
        active = wire.optional_child(me, "role")
        return AuthStatus(
            is_authenticated=True,
            catalog_url=target.catalog_url,
            registry_url=target.registry_url,
            user_name=wire.text(me, "name"),
            email=wire.text(me, "email"),
            is_admin=wire.flag(me, "isAdmin"),
            role=None if active is None else wire.text(active, "name"),
            roles=tuple(sorted(roles)),
            expires_at=bearer.expires_at,
        )

    @hookimpl
    def get_catalog_config(self, catalog_url: str | None) -> CatalogConfig:
        """`GET {catalog}/config.json`, without credentials."""
        url = catalog_url or self._connection.catalog_url()
        if url is None:
            raise AuthenticationError("No catalog is configured.", hint=HOW_TO_CONFIGURE)
        return self._connection.fetch_config(url)

    @hookimpl
    def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """Move this connection; refused where one user would move the others along."""
        if self._connection.settings.multitenant or auth_context.current() is not None:
            raise NotSupportedError(
                "configure_catalog",
                reason="this connection serves the requests of many users, whom one of them "
                "would move along; open a connection for each catalog.",
            )
        config = self._connection.fetch_config(catalog_url)
        self._connection.move_to(config)
        return config

    @hookimpl
    def get_registry_url(self) -> str:
        """The registry that calls go to."""
        return self._connection.identity().target.registry_url

    @hookimpl
    def get_graphql_endpoint(self) -> str:
        """The endpoint, as configured, derived or learnt."""
        return self._connection.client().endpoint

    @hookimpl
    def get_graphql_auth_headers(self) -> dict[str, str]:
        """The bearer token, valid now."""
        bearer = self._connection.identity().bearer
        return {} if bearer is None else {"Authorization": f"Bearer {bearer.value()}"}

    @hookimpl
    def execute_graphql_query(
        self, query: str, variables: Mapping[str, Any] | None, registry: str | None
    ) -> dict[str, Any]:
        """Any document; another registry gets none of this one's credentials."""
        payload: dict[str, Any] = {"query": query}
        if variables:
            payload["variables"] = dict(variables)
        answer = self._client(registry).post(payload, repeatable=is_query(query))
        body = read_json(answer)
        if answer.status == 400 and body is not None:
            raise ValidationError(
                f"The registry does not take this document: {server_words(body) or 'no reason'}.",
                hint="Check it against the registry's schema.",
                context={"status": 400},
            )
        response = require_object(answer)
        if response.get("errors"):
            raise graphql_error(response["errors"], "the query")
        return response

    def _client(self, registry: str | None) -> GraphQLClient:
        if registry is None:
            return self._connection.client()
        # Another registry may be named when there is none of our own.
        if self._is_configured():
            own = self._connection.identity()
            if same_place(own.target.registry_url, registry):
                return self._connection.client_of(own)
        return self._connection.anonymous_client(registry)

    def _is_configured(self) -> bool:
        try:
            self._connection.identity()
        except AuthenticationError:
            return False
        return True
