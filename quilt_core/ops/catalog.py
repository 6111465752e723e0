"""Catalog operations of the facade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quilt_core import domain
from quilt_core.domain.names import LATEST, Registry, RevisionKind, RevisionRef
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import QuiltOpsError, ValidationError
from quilt_core.ops.addressing import PackageGiven, content_of
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_text
from quilt_core.urls import parse_http_url

if TYPE_CHECKING:
    from quilt_core.domain.buckets import BucketInfo
    from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health
    from quilt_core.domain.packages import PackageInfo


class CatalogOps(OperationGroup):
    """Identity, addresses, health, and raw GraphQL."""

    def get_auth_status(self) -> AuthStatus:
        """Return the identity under which the registry knows this connection.

        Returns
        -------
        AuthStatus
            The user, the active role and all roles. Without credentials, `is_authenticated` is
            False, and no error is raised.

        Raises
        ------
        AuthenticationError
            When the registry refuses the credentials.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> status = ops.get_auth_status()
        >>> print(status.user_name, status.is_admin)
        writer False
        """
        return self._dispatch.call("get_auth_status", domain.AuthStatus)

    def get_catalog_config(self, catalog_url: str | None = None) -> CatalogConfig:
        """Read a catalog's configuration; the request carries no credentials.

        Parameters
        ----------
        catalog_url:
            The catalog's `https://` address; None for the configured one.

        Returns
        -------
        CatalogConfig
            The addresses of the registry service, the region and the name of the stack.

        Raises
        ------
        NotFoundError
            When there is no catalog at that address.
        AuthenticationError
            When no address is given and none is configured.
        ValidationError
            When the address is malformed.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.get_catalog_config().region)
        us-east-1
        """
        url = None if catalog_url is None else parse_http_url(catalog_url, "catalog_url")
        return self._dispatch.call("get_catalog_config", domain.CatalogConfig, catalog_url=url)

    def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """Make a catalog the one that this connection uses.

        Credentials that belong to another registry are not sent to the new one. The quilt3
        backend also writes quilt3's configuration file, as `quilt3.config(url)` does.

        Parameters
        ----------
        catalog_url:
            The catalog's `https://` address.

        Returns
        -------
        CatalogConfig
            The configuration of the catalog that is now in use.

        Raises
        ------
        NotFoundError
            When there is no catalog at that address; nothing is changed then.
        ValidationError
            When the address is malformed.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> config = ops.get_catalog_config()
        >>> print(ops.configure_catalog(config.catalog_url) == config)
        True
        """
        url = parse_http_url(catalog_url, "catalog_url")
        return self._dispatch.call("configure_catalog", domain.CatalogConfig, catalog_url=url)

    def get_registry_url(self) -> str:
        """Return the address of the registry service.

        Returns
        -------
        str
            `https://…` without a slash at the end.

        Raises
        ------
        AuthenticationError
            When no registry is configured; the message lists every way to configure one.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry, when the catalog has to be
            asked.

        Examples
        --------
        >>> print(ops.get_registry_url())
        http://127.0.0.1:…
        """
        return self._dispatch.call("get_registry_url", str)

    def get_graphql_endpoint(self) -> str:
        """Return the address to which GraphQL queries are sent.

        Returns
        -------
        str
            The endpoint's address.

        Raises
        ------
        AuthenticationError
            When no registry is configured; the message lists every way to configure one.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry, when the catalog has to be
            asked.

        Examples
        --------
        >>> print(ops.get_graphql_endpoint())
        http://127.0.0.1:…/graphql
        """
        return self._dispatch.call("get_graphql_endpoint", str)

    def get_graphql_auth_headers(self) -> dict[str, str]:
        """Return the headers that authenticate requests to `get_graphql_endpoint()`; send them to
        no other host.

        Returns
        -------
        dict[str, str]
            `Authorization` with a token that is valid now; empty for an anonymous connection.

        Raises
        ------
        AuthenticationError
            When the token has expired and cannot be refreshed.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry, when the token has to be
            refreshed.

        Examples
        --------
        >>> print(list(ops.get_graphql_auth_headers()))
        ['Authorization']
        """
        return self._dispatch.call("get_graphql_auth_headers", dict)

    def execute_graphql_query(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        registry: str | None = None,
    ) -> dict[str, Any]:
        """Send a GraphQL document and return the whole response.

        Parameters
        ----------
        query:
            The document, with one operation.
        variables:
            Its variables, of JSON types; None for none.
        registry:
            The `https://` address of another registry service, which gets none of this connection's
            credentials; None for this connection's own registry.

        Returns
        -------
        dict
            The response, `{"data": …}`.

        Raises
        ------
        ValidationError
            When the document is empty, or the registry says that it is invalid.
        BackendError
            When the response has errors; the message lists all of them.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.execute_graphql_query("{ me { name } }"))
        {'data': {'me': {'name': 'writer'}}}
        """
        parse_text(query, "query", "{ me { name } }")
        if variables is not None and not isinstance(variables, Mapping):
            raise ValidationError(f"variables={variables!r} is not a mapping.")
        url = None if registry is None else parse_http_url(registry, "registry")
        return self._dispatch.call(
            "execute_graphql_query", dict, query=query, variables=variables, registry=url
        )

    def get_catalog_link(
        self,
        target: PackageGiven | PackageInfo | BucketInfo,
        registry: str | Registry | None = None,
        path: str = "",
        top_hash: str | None = None,
        version_id: str | None = None,
    ) -> str:
        """Return the address of a page in the catalog, for example to share it.

        Parameters
        ----------
        target:
            A package's name or `quilt+s3://` URI; a `PackageInfo`, which stands for its revision;
            a `BucketInfo`; or `s3://bucket/key`, with `?versionId=…` for one version and a slash
            at the end for a "directory".
        registry:
            For a package's name: the registry of the package; the configured one by default.
        path:
            For a package: a file or directory in it; "" for the package.
        top_hash:
            For a package: the revision, in every form that `top_hash` accepts; None for the latest.
        version_id:
            The version of an object whose URI names none.

        Returns
        -------
        str
            The page's address. It is not checked whether the target exists.

        Raises
        ------
        NotSupportedError
            When no catalog is known, or no catalog shows the registry.
        NotFoundError
            When `top_hash` is abbreviated and fits no revision.
        ValidationError
            When the target is malformed, or an argument does not go with it.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> print(ops.get_catalog_link("palmer/penguins", path="README.md"))
        http://127.0.0.1:…/b/demo-data/packages/palmer/penguins/tree/latest/README.md
        """
        asked = self._page(target, registry, path, top_hash)
        if version_id is not None:
            if "package_name" in asked or not asked.get("path") or asked["version_id"]:
                raise ValidationError(
                    f"version_id={version_id!r} is not the version of an object.",
                    hint="Give it with 's3://bucket/key', without '?versionId='.",
                )
            asked["version_id"] = version_id
        revision = asked.get("top_hash")
        if revision is not None and revision.kind not in (RevisionKind.LATEST, RevisionKind.HASH):
            named = {name: asked[name] for name in ("package_name", "registry", "top_hash")}
            try:
                found = self._dispatch.call("get_package_info", domain.PackageInfo, **named)
            except QuiltOpsError as error:
                error.operation = "get_catalog_link"  # the operation that was called
                raise
            asked["top_hash"] = RevisionRef.parse(found.top_hash)
        everything = {"package_name": None, "top_hash": LATEST, "path": "", "version_id": None}
        return self._dispatch.call("get_catalog_link", str, **{**everything, **asked})

    def _page(
        self,
        target: PackageGiven | PackageInfo | BucketInfo,
        registry: str | Registry | None,
        path: str,
        top_hash: str | None,
    ) -> dict[str, Any]:
        """The arguments of the hook `get_catalog_link` that are not its defaults."""
        default = self._settings.registry
        if isinstance(target, domain.PackageInfo):
            return content_of(
                target.name, registry or target.registry, path, top_hash or target.top_hash, default
            )
        bucket = target.registry if isinstance(target, domain.BucketInfo) else target
        if not (isinstance(bucket, str) and bucket.startswith("s3://")):
            return content_of(bucket, registry, path, top_hash, default)
        if registry is not None or top_hash is not None or path:
            raise ValidationError(
                f"{bucket!r} already contains the registry and the path.",
                hint="It is an object, so leave out registry, path and top_hash.",
            )
        if "/" not in bucket[5:].removesuffix("/"):
            return {"registry": Registry.parse(bucket)}
        uri = S3Uri.parse(bucket)
        return {
            "registry": Registry(bucket=uri.bucket),
            "path": uri.key,
            "version_id": uri.version_id,
        }

    def switch_role(self, role: str) -> AuthStatus:
        """Make another of your roles the active one, for all of your logins.

        Parameters
        ----------
        role:
            The name of one of the roles in `get_auth_status().roles`.

        Returns
        -------
        AuthStatus
            The status after the switch.

        Raises
        ------
        NotFoundError, ValidationError
            When you do not have that role; nothing is changed.
        AuthenticationError
            When the connection is not logged in.
        TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> role = ops.get_auth_status().role
        >>> print(ops.switch_role(role).role == role)
        True
        """
        name = parse_text(role, "role", "ReadOnly")
        return self._dispatch.call("switch_role", domain.AuthStatus, role=name)

    def health(self) -> Health:
        """Check whether the registry service responds. No login is needed.

        Returns
        -------
        Health
            The health. A registry that does not respond gives `reachable` False, and no error is
            raised.

        Raises
        ------
        AuthenticationError
            When no registry is configured; the message lists every way to configure one.
        NotFoundError
            When only a catalog is configured, and there is no catalog at its address.

        Examples
        --------
        >>> print(ops.health().reachable)
        True
        """
        return self._dispatch.call("health", domain.Health)
