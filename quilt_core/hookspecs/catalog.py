# mypy: disable-error-code="empty-body"
"""Catalog operations: who we are, where the registry is, and the way out to raw GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health
from quilt_core.domain.names import LATEST, PackageName, Registry, RevisionRef
from quilt_core.hookspecs.markers import hookspec


@hookspec(firstresult=True)
def get_auth_status() -> AuthStatus:
    """Tell who the registry says that we are; called for `ops.get_auth_status()`.

    Arguments: none.

    Returns: an `AuthStatus`. Without any credentials, or where the registry answers as to an
    anonymous client, `is_authenticated` is False and the personal fields are empty; that is an
    answer and not an error.

    Raises: `AuthenticationError` when credentials are there and are refused (expired, revoked);
    `TransportError`, `ProtocolError`.

    Completeness: `roles` holds every role that the user may switch to, sorted by name.

    Since: 1. Source: GraphQL `me`.

    Example: ``AuthStatus(is_authenticated=True, user_name="ada", role="ReadWrite", …)``.
    """


@hookspec(firstresult=True)
def get_catalog_config(catalog_url: str | None = None) -> CatalogConfig:
    """Read a catalog's configuration; called for `ops.get_catalog_config()`.

    Arguments:
        catalog_url: `https://…` of the catalog, no trailing slash; None for the configured one.

    Returns: a `CatalogConfig`, its derived fields by the rules of
    `quilt_core.domain.catalog.derive_stack_prefix`.

    Raises: `NotFoundError` when there is no `config.json` at that address;
    `ProtocolError` when it lacks `registryUrl` or `region`, or is not JSON;
    `AuthenticationError` when `catalog_url` is None and no catalog is configured (it lists how to);
    `TransportError`.

    Ordering and completeness: one request, which never carries credentials: the address may be
    anybody's.

    Since: 1. Source: `GET {catalog}/config.json`, docs/protocol.md, A.

    Example: ``CatalogConfig(catalog_url="https://open.example.com", region="us-east-1", …)``.
    """


@hookspec(firstresult=True)
def configure_catalog(catalog_url: str) -> CatalogConfig:
    """Make a catalog the one that this connection uses; called for `ops.configure_catalog()`.

    Arguments:
        catalog_url: `https://…` of the catalog, no trailing slash.

    Returns: the configuration of the catalog that is now in use.

    Raises: as `get_catalog_config`. Nothing changes when it raises.

    Ordering and completeness: credentials that belong to another registry are not sent to the
    new one. The quilt3 backend also writes quilt3's configuration file, as `quilt3.config(url)`
    does; the platform backend changes this connection only.

    Since: 1. Source: docs/protocol.md, A.

    Example: after ``configure_catalog("https://open.example.com")``, ``get_registry_url()``
    answers that catalog's registry.
    """


@hookspec(firstresult=True)
def get_registry_url() -> str:
    """Tell the registry's address; called for `ops.get_registry_url()`.

    Arguments: none.

    Returns: the registry's `https://…` URL, no trailing slash.

    Raises: `AuthenticationError` when none is configured; it lists every way to configure one.
    `TransportError`, `ProtocolError` when the catalog's configuration had to be asked.

    Ordering and completeness: no request, unless only the catalog's address is known.

    Since: 1. Source: settings; `registryUrl` of `config.json`.

    Example: ``"https://registry.example.com"``.
    """


@hookspec(firstresult=True)
def get_graphql_endpoint() -> str:
    """Tell where GraphQL queries go; called for `ops.get_graphql_endpoint()`.

    Arguments: none.

    Returns: the endpoint's URL.

    Raises: as `get_registry_url`.

    Ordering and completeness: `{registry_url}/graphql`, unless an endpoint is configured, or
    the connection has learnt that this registry serves `/api/graphql`.

    Since: 1. Source: docs/protocol.md, A.

    Example: ``"https://registry.example.com/graphql"``.
    """


@hookspec(firstresult=True)
def get_graphql_auth_headers() -> dict[str, str]:
    """Give the headers that authenticate at the registry; for `ops.get_graphql_auth_headers()`.

    Arguments: none.

    Returns: `{"Authorization": "Bearer …"}` with a token that is valid now, refreshed when need
    be; an empty mapping for an anonymous connection.

    Raises: `AuthenticationError` when the token has expired and cannot be refreshed.

    Ordering and completeness: the headers belong to `get_graphql_endpoint()` and to no other
    host.

    Since: 1. Source: docs/protocol.md, B.

    Example: ``{"Authorization": "Bearer eyJ…"}``.
    """


@hookspec(firstresult=True)
def execute_graphql_query(
    query: str, variables: Mapping[str, Any] | None = None, registry: str | None = None
) -> dict[str, Any]:
    """Send a GraphQL document of the application's own; for `ops.execute_graphql_query()`.

    Arguments:
        query: the document, with one operation.
        variables: its variables, JSON types; None for none.
        registry: the `https://…` URL of another registry; None for the connection's own.
            Another registry gets no credentials that are meant for this one.

    Returns: the whole response, `{"data": {…}}`.

    Raises: `BackendError` when the response has `errors` (all messages and paths are in it);
    `ValidationError` when the registry says that the document is invalid;
    `AuthenticationError`, `PermissionDeniedError`, `TransportError`, `ProtocolError`.

    Ordering and completeness: queries are repeated after passing faults, mutations are not,
    unless the request certainly did not arrive.

    Since: 1. Source: docs/protocol.md, C.1.

    Example: ``execute_graphql_query("{ me { name } }", None, None)`` answers
    ``{"data": {"me": {"name": "ada"}}}``.
    """


@hookspec(firstresult=True)
def health() -> Health:
    """Tell whether the registry is there; called for `ops.health()`.

    Arguments: none.

    Returns: a `Health`. A registry that does not answer, or answers something that is none of a
    registry's, is an answer of this operation (`reachable` is False) and not an error. One that
    refuses anonymous requests is there.

    Raises: `AuthenticationError` when no registry is configured; it lists every way to do so.
    `NotFoundError` when only a catalog is configured and there is none at that address.

    Ordering and completeness: one request, never repeated, which carries no credentials (and one
    for the catalog's configuration when only its address is known). It is the one operation that
    needs no identity in multitenant mode.

    Since: 1. Source: GraphQL `__typename`.

    Example: ``Health(reachable=True, registry_url="https://registry.example.com", …)``.
    """


@hookspec(firstresult=True)
def get_catalog_link(
    package_name: PackageName | None,
    registry: Registry,
    path: str = "",
    top_hash: RevisionRef = LATEST,
    version_id: str | None = None,
) -> str:
    """Give the address of a page in the catalog; called for `ops.get_catalog_link()`.

    Arguments:
        package_name: the package; None for the bucket itself, or for an object in it.
        registry: a bucket.
        path: a logical key or a directory of the package; without a package an object's key, or
            a prefix that ends in a slash. Empty for the page of the package or bucket.
        top_hash: the revision: `latest` or a whole top hash.
        version_id: the object's version; None for the current one, and for packages.

    Returns: an `https://` address. Whether anything is there is not looked at.

    Raises: `NotSupportedError` when no catalog is known (only a registry is configured) or for a
    registry that no catalog shows, such as a folder.

    Ordering and completeness: no request when the catalog's address is configured.

    Since: 1. Source: the catalog's routes, `/b/{bucket}/packages/{name}/tree/{hash}/{path}` and
    `/b/{bucket}/tree/{key}?version={id}`.

    Example: ``https://catalog.example.com/b/data/packages/ns/name/tree/latest/a.csv``.
    """


@hookspec(firstresult=True)
def switch_role(role: str) -> AuthStatus:
    """Make another of the user's roles the active one; called for `ops.switch_role()`.

    The registry keeps the active role: every login of this user has it from then on.

    Arguments:
        role: the name of one of the roles in `get_auth_status().roles`.

    Returns: the status after the switch. AWS credentials that were issued to the call's identity
    for the former role are dropped.

    Raises: `ValidationError` or `NotFoundError` when the user has no such role, which changes
    nothing; `AuthenticationError` when nobody is logged in; `TransportError`, `ProtocolError`.

    Since: 1. Source: GraphQL `switchRole`.

    Example: ``AuthStatus(user_name="ada", role="ReadOnly", …)``.
    """
