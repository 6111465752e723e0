"""GraphQL documents of the application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.errors import AuthenticationError, ValidationError
from quilt_core.urls import same_place
from quilt_registry.connection import Connection
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.failures import graphql_error
from quilt_registry.graphql.queries import is_query
from quilt_registry.http.responses import judged, read_json, server_words


def execute(
    connection: Connection,
    query: str,
    variables: Mapping[str, Any] | None,
    registry: str | None,
) -> dict[str, Any]:
    """Send any document; another registry gets none of this connection's credentials.

    Parameters, result and errors as in the hook `execute_graphql_query`.
    """
    payload: dict[str, Any] = {"query": query}
    if variables:
        payload["variables"] = dict(variables)
    answer = _client(connection, registry).post(payload, repeatable=is_query(query))
    body = read_json(answer)
    if answer.status == 400 and body is not None:
        raise ValidationError(
            f"The registry does not accept this document: {server_words(body) or 'no reason'}.",
            hint="Check it against the registry's schema.",
            context={"status": 400},
        )
    response = judged(answer, body)
    if response.get("errors"):
        raise graphql_error(response["errors"], "the query")
    return response


def _client(connection: Connection, registry: str | None) -> GraphQLClient:
    if registry is None:
        return connection.client()
    # Another registry may be given even if this connection has none.
    try:
        own = connection.identity()
    except AuthenticationError:
        return connection.anonymous_client(registry)
    if same_place(own.target.registry_url, registry):
        return connection.client_of(own)
    return connection.anonymous_client(registry)
