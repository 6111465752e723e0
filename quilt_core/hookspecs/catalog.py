# mypy: disable-error-code="empty-body"
"""Catalog operations: the user, the registry's address, and raw GraphQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quilt_core.domain.names import LATEST, PackageName, Registry, RevisionRef
from quilt_core.hookspecs.markers import hookspec

if TYPE_CHECKING:
    from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health


@hookspec(firstresult=True)
def get_auth_status() -> AuthStatus:
    """Return the user's status at the registry; called for `ops.get_auth_status()`.

    Arguments: none.

    Returns: an `AuthStatus`. Without credentials, or if the registry treats the request as
    anonymous, `is_authenticated` is False and the personal fields are empty; this is not an error.

    Raises: `AuthenticationError` if there are credentials and the registry refuses them (because
    they expired or were revoked); `TransportError`, `ProtocolError`.

    Completeness: `roles` contains every role that the user has, including the active one, sorted
    by name.

    Since: 1. Source: GraphQL `me`.

    Example: ``AuthStatus(is_authenticated=True, user_name="ada", role="ReadWrite", …)``.
    """


@hookspec(firstresult=True)
def get_catalog_config(catalog_url: str | None = None) -> CatalogConfig:
    """Read a catalog's configuration; called for `ops.get_catalog_config()`.

    Arguments:
        catalog_url: `https://…` of the catalog, no trailing slash; None for the configured one.

    Returns: a `CatalogConfig`; `quilt_core.domain.catalog.derive_stack_prefix` defines the derived
    fields.

    Raises: `NotFoundError` if there is no `config.json` at that address; `ProtocolError` if it
    lacks `registryUrl` or `region`, or is not JSON; `AuthenticationError` if `catalog_url` is None
    and no catalog is configured (it lists the ways to configure one); `TransportError`.

    Ordering and completeness: one request, which never contains credentials, because the address
    may belong to anyone.

    Since: 1. Source: `GET {catalog}/config.json`, docs/protocol.md, A.

    Example: ``CatalogConfig(catalog_url="https://open.example.com", region="us-east-1", …)``.
    """


@hookspec(firstresult=True)
def configure_catalog(catalog_url: str) -> CatalogConfig:
    """Set the catalog that this connection uses; called for `ops.configure_catalog()`.

    Arguments:
        catalog_url: `https://…` of the catalog, no trailing slash.

    Returns: the configuration of the catalog that is now in use.

    Raises: as `get_catalog_config`. If it raises an error, nothing is changed.

    Ordering and completeness: credentials that belong to another registry are not sent to the
    new one. The quilt3 backend also writes quilt3's configuration file, as `quilt3.config(url)`
    does; the platform backend changes only this connection.

    Since: 1. Source: docs/protocol.md, A.

    Example: after ``configure_catalog("https://open.example.com")``, ``get_registry_url()``
    returns the address of that catalog's registry.
    """


@hookspec(firstresult=True)
def get_registry_url() -> str:
    """Return the registry's address; called for `ops.get_registry_url()`.

    Arguments: none.

    Returns: the registry's `https://…` URL, no trailing slash.

    Raises: `AuthenticationError` if none is configured; it lists all ways to configure one.
    `TransportError`, `ProtocolError` if the catalog's configuration had to be read.

    Ordering and completeness: no request, unless only the catalog's address is known.

    Since: 1. Source: settings; `registryUrl` of `config.json`.

    Example: ``"https://registry.example.com"``.
    """


@hookspec(firstresult=True)
def get_graphql_endpoint() -> str:
    """Return the address of GraphQL; called for `ops.get_graphql_endpoint()`.

    Arguments: none.

    Returns: the endpoint's URL.

    Raises: as `get_registry_url`.

    Ordering and completeness: `{registry_url}/graphql`, unless an endpoint is configured, or the
    connection has found out that this registry serves `/api/graphql`.

    Since: 1. Source: docs/protocol.md, A.

    Example: ``"https://registry.example.com/graphql"``.
    """


@hookspec(firstresult=True)
def get_graphql_auth_headers() -> dict[str, str]:
    """Return the headers for authentication at the registry; for `ops.get_graphql_auth_headers()`.

    Arguments: none.

    Returns: `{"Authorization": "Bearer …"}` with a currently valid token, which is refreshed if
    necessary; an empty mapping for an anonymous connection.

    Raises: `AuthenticationError` if the token has expired and cannot be refreshed.

    Ordering and completeness: the headers are meant only for `get_graphql_endpoint()`, and for no
    other host.

    Since: 1. Source: docs/protocol.md, B.

    Example: ``{"Authorization": "Bearer eyJ…"}``.
    """


@hookspec(firstresult=True)
def execute_graphql_query(
    query: str, variables: Mapping[str, Any] | None = None, registry: str | None = None
) -> dict[str, Any]:
    """Send a GraphQL document from the application; for `ops.execute_graphql_query()`.

    Arguments:
        query: the document, with one operation.
        variables: its variables, with JSON types; None for none.
        registry: the `https://…` URL of another registry; None for the connection's own.
            Credentials for this registry are never sent to another one.

    Returns: the complete response, `{"data": {…}}`.

    Raises: `BackendError` if the response has `errors` (it contains all messages and paths);
    `ValidationError` if the registry reports that the document is invalid; `AuthenticationError`,
    `PermissionDeniedError`, `TransportError`, `ProtocolError`.

    Ordering and completeness: queries are repeated after temporary faults; mutations are repeated
    only if the request certainly did not arrive.

    Since: 1. Source: docs/protocol.md, C.1.

    Example: ``execute_graphql_query("{ me { name } }", None, None)`` answers
    ``{"data": {"me": {"name": "ada"}}}``.
    """


@hookspec(firstresult=True)
def health() -> Health:
    """Check whether the registry responds; called for `ops.health()`.

    Arguments: none.

    Returns: a `Health`. If the registry does not answer, or if something other than a registry
    answers, `reachable` is False; this is not an error. A registry that refuses anonymous requests
    counts as reachable.

    Raises: `AuthenticationError` if no registry is configured; it lists all ways to configure one.
    `NotFoundError` if only a catalog is configured and there is none at that address.

    Ordering and completeness: one request without credentials, which is never repeated (and one for
    the catalog's configuration if only its address is known). This is the only operation that needs
    no identity in multitenant mode.

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
    """Return the address of a page in the catalog; called for `ops.get_catalog_link()`.

    Arguments:
        package_name: the package; None for the bucket itself, or for an object in it.
        registry: a bucket.
        path: a logical key or a directory of the package; without a package, an object's key or a
            prefix that ends with a slash. Empty for the page of the package or bucket.
        top_hash: the revision: `latest` or a full top hash.
        version_id: the object's version; None for the current one, and for packages.

    Returns: an `https://` address. It is not checked whether the page exists.

    Raises: `NotSupportedError` if no catalog is known (only a registry is configured), or for a
    registry that a catalog cannot show, such as a folder.

    Ordering and completeness: no request if the catalog's address is configured.

    Since: 1. Source: the catalog's routes, `/b/{bucket}/packages/{name}/tree/{hash}/{path}` and
    `/b/{bucket}/tree/{key}?version={id}`.

    Example: ``https://catalog.example.com/b/data/packages/ns/name/tree/latest/a.csv``.
    """


@hookspec(firstresult=True)
def switch_role(role: str) -> AuthStatus:
    """Activate another one of the user's roles; called for `ops.switch_role()`.

    The registry stores the active role: it applies to every login of this user from then on.

    Arguments:
        role: the name of one of the roles in `get_auth_status().roles`; the active one changes
            nothing.

    Returns: the status after the switch. AWS credentials that were issued to this identity for the
    previous role are dropped.

    Raises: `ValidationError` or `NotFoundError` if the user does not have this role, without
    changing anything; `AuthenticationError` if no user is logged in; `TransportError`,
    `ProtocolError`.

    Since: 1. Source: GraphQL `switchRole`.

    Example: ``AuthStatus(user_name="ada", role="ReadOnly", …)``.
    """
