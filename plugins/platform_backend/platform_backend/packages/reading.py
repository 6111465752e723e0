"""Package operations that read: listings, information, metadata and comparison."""

from __future__ import annotations

import re
from typing import Any

import attrs
from quilt_registry import fields
from quilt_registry.buckets import bucket_of
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.pages import Page, all_numbered

from platform_backend.packages.access import PackageAccess
from platform_backend.packages.convert import package_info
from quilt_core import hookimpl
from quilt_core.domain.names import PackageName, Registry, RevisionRef, is_package_name
from quilt_core.domain.packages import PackageInfo, PackageVersion
from quilt_core.error_messages import registry_not_found
from quilt_core.wildcards import name_pattern

_LITERAL = re.compile(r"[^*?]+")


class PackageReadOperations:
    """Implements the hooks of `quilt_core.hookspecs.packages` except search and comparison."""

    def __init__(self, access: PackageAccess) -> None:
        self._access = access

    @hookimpl
    def list_all_packages(self, registry: Registry, pattern: str | None) -> list[str]:
        """GraphQL `packages.page`, pages in parallel."""
        bucket = bucket_of(registry, "list_all_packages")
        client = self._access.client()
        size = self._access.settings.page_size

        def fetch(number: int) -> Page[str]:
            return _names_page(client, registry, bucket, _server_filter(pattern), number, size)

        names = all_numbered(
            fetch,
            size=size,
            concurrency=self._access.settings.max_concurrency,
            distinct=True,
        )
        matching = name_pattern("*" if pattern is None else pattern)
        return sorted(name for name in names if is_package_name(name) and matching.fits(name))

    @hookimpl
    def get_package_info(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> PackageInfo:
        """GraphQL `package.revision`: one request; also reads the manifest for more than 8 PiB."""
        bucket = bucket_of(registry, "get_package_info")
        reader = self._access.contents()
        revision = reader.lookup.revision("package_info", package_name, registry, top_hash)
        try:
            return package_info(str(package_name), bucket, revision)
        except fields.InexactSizeError as rounded:
            info = package_info(str(package_name), bucket, {**revision, "totalBytes": None})
            total = reader.total_bytes(registry, info.top_hash, rounded)
            return attrs.evolve(info, total_bytes=total)

    @hookimpl
    def list_package_versions(
        self, package_name: PackageName, registry: Registry
    ) -> list[PackageVersion]:
        """GraphQL `package.revisions.page`, pages in parallel."""
        bucket_of(registry, "list_package_versions")
        return self._access.contents().lookup.versions(package_name, registry)

    @hookimpl
    def get_package_metadata(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> dict[str, Any]:
        """GraphQL `revision.userMeta`: one request, no entries."""
        bucket_of(registry, "get_package_metadata")
        lookup = self._access.contents().lookup
        revision = lookup.revision("package_metadata", package_name, registry, top_hash)
        return fields.get_optional_record(revision, "userMeta") or {}


def _names_page(
    client: GraphQLClient,
    registry: Registry,
    bucket: str,
    server_filter: str | None,
    number: int,
    size: int,
) -> Page[str]:
    variables = {"bucket": bucket, "filter": server_filter, "number": number, "perPage": size}
    packages = fields.get_optional_object(client.run("list_packages", variables), "packages")
    if packages is None:
        raise registry_not_found(registry)
    return Page(
        total=fields.get_size(packages, "total"),
        items=tuple(fields.get_str(node, "name") for node in fields.get_objects(packages, "page")),
    )


def _server_filter(pattern: str | None) -> str | None:
    """A filter that matches at least everything that `pattern` matches.

    The exact meaning of a registry's filter is not known, except that `*text*` finds every name
    that contains `text` (docs/protocol.md, C.4); the rest is done here.
    """
    literals = _LITERAL.findall(pattern or "")
    return f"*{max(literals, key=len)}*" if literals else None
