"""Catalog operations of the facade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quilt_core.domain.buckets import BucketInfo
from quilt_core.domain.catalog import AuthStatus, CatalogConfig, Health
from quilt_core.domain.names import LATEST, Registry, RevisionKind, RevisionRef
from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import QuiltOpsError, ValidationError
from quilt_core.ops.addressing import PackageGiven, content_of
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import parse_text
from quilt_core.urls import parse_http_url


class CatalogOps(OperationGroup):
    """Who we are, where the registry is, and raw GraphQL."""

    def get_auth_status(self) -> AuthStatus:
        """Tell who the registry says that we are; see the hook `get_auth_status`."""
        return self._dispatch.call("get_auth_status", AuthStatus)

    def get_catalog_config(self, catalog_url: str | None = None) -> CatalogConfig:
        """Read a catalog's configuration, the configured one's by default.

        Raises `NotFoundError` when there is none at that address; see the hook.
        """
        url = None if catalog_url is None else parse_http_url(catalog_url, "catalog_url")
        return self._dispatch.call("get_catalog_config", CatalogConfig, catalog_url=url)

    def configure_catalog(self, catalog_url: str) -> CatalogConfig:
        """Make a catalog the one that this connection uses, and return its configuration."""
        url = parse_http_url(catalog_url, "catalog_url")
        return self._dispatch.call("configure_catalog", CatalogConfig, catalog_url=url)

    def get_registry_url(self) -> str:
        """The registry's https:// address; `AuthenticationError` when none is configured."""
        return self._dispatch.call("get_registry_url", str)

    def get_graphql_endpoint(self) -> str:
        """Where GraphQL queries go."""
        return self._dispatch.call("get_graphql_endpoint", str)

    def get_graphql_auth_headers(self) -> dict[str, str]:
        """Headers that authenticate at `get_graphql_endpoint()` and belong to no other host."""
        return self._dispatch.call("get_graphql_auth_headers", dict)

    def execute_graphql_query(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        registry: str | None = None,
    ) -> dict[str, Any]:
        """Send a GraphQL document and return the whole response, `{"data": …}`.

        Raises `BackendError` when the response has errors; see the hook. `registry` is the
        https:// address of another registry, which gets none of our credentials.
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
        """The address of a page in the catalog, to send to somebody.

        Parameters
        ----------
        target:
            A package's name or `quilt+s3://` URI; a `PackageInfo`, which stands for its revision; a
            `BucketInfo`; or `s3://bucket/key`, with `?versionId=…` for one version and a slash at
            the end for a "directory".
        registry, path, top_hash:
            For a package's name: where it is, what in it, and which revision.
        version_id:
            The version of an object whose URI names none.

        Raises
        ------
        NotSupportedError
            When no catalog is known, or for a registry that no catalog shows.
        NotFoundError
            When `top_hash` is not a whole hash and fits no revision; nothing else is looked at.
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
                found = self._dispatch.call("get_package_info", PackageInfo, **named)
            except QuiltOpsError as error:
                error.operation = "get_catalog_link"  # which is what was called
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
        if isinstance(target, PackageInfo):
            return content_of(
                target.name, registry or target.registry, path, top_hash or target.top_hash, default
            )
        bucket = target.registry if isinstance(target, BucketInfo) else target
        if not (isinstance(bucket, str) and bucket.startswith("s3://")):
            return content_of(bucket, registry, path, top_hash, default)
        if registry is not None or top_hash is not None or path:
            raise ValidationError(
                f"{bucket!r} already contains the registry and the path.",
                hint="Leave out registry, path and top_hash.",
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
        """Make another of my roles the active one, for every login of mine; see the hook.

        Raises `NotFoundError` or `ValidationError` when I have no such role.
        """
        name = parse_text(role, "role", "ReadOnly")
        return self._dispatch.call("switch_role", AuthStatus, role=name)

    def health(self) -> Health:
        """Tell whether the registry is there, as anybody may ask; see the hook `health`."""
        return self._dispatch.call("health", Health)
