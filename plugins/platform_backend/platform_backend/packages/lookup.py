"""Find the revision that a call names, or raise an error that names what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from quilt_registry import fields
from quilt_registry.buckets import check_readable
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.pages import Page, all_numbered

from platform_backend.packages.convert import package_version
from platform_backend.packages.damage import S3Source, damage_is_told
from platform_backend.packages.state import latest_hash
from quilt_core.domain.names import PackageName, Registry, RevisionKind, RevisionRef
from quilt_core.domain.packages import PackageVersion
from quilt_core.error_messages import (
    package_not_found,
    revision_not_found,
)
from quilt_core.revisions import resolve_prefix


@attrs.frozen(kw_only=True)
class Lookup:
    """Finds revisions with one client."""

    client: GraphQLClient
    s3: S3Source
    page_size: int
    concurrency: int

    def revision(
        self,
        document: str,
        package_name: PackageName,
        registry: Registry,
        ref: RevisionRef,
        **variables: Any,
    ) -> fields.Node:
        """The node `package.revision` that a document asks for.

        Raises `NotFoundError` if the package or the revision does not exist.
        """
        return self.package_revision(document, package_name, registry, ref, **variables)[1]

    def package_revision(
        self,
        document: str,
        package_name: PackageName,
        registry: Registry,
        ref: RevisionRef,
        **variables: Any,
    ) -> tuple[fields.Node, fields.Node]:
        """Like `revision`, together with the node `package`."""
        exact = self.exact(package_name, registry, ref)
        with damage_is_told(self.s3, registry, (package_name, exact)):
            data = self.client.run(
                document,
                {
                    "bucket": registry.bucket,
                    "name": str(package_name),
                    "revision": exact.value,
                    **variables,
                },
            )
        return self.revision_in(data, "package", package_name, registry, ref)

    def revision_in(
        self,
        data: Mapping[str, Any],
        field: str,
        package_name: PackageName,
        registry: Registry,
        ref: RevisionRef,
    ) -> tuple[fields.Node, fields.Node]:
        """`package` and `revision` in an answer; raises `NotFoundError` for the one that
        is null.
        """
        package = self._package(data, field, package_name, registry)
        revision = fields.get_optional_object(package, "revision")
        if revision is None:
            raise revision_not_found(package_name, registry, ref.value)
        return package, revision

    def exact(self, package_name: PackageName, registry: Registry, ref: RevisionRef) -> RevisionRef:
        """A revision in the form of the registry's `hashOrTag`: a prefix becomes the whole hash."""
        if ref.kind is not RevisionKind.PREFIX:
            return ref
        versions = self.versions(package_name, registry)
        hashes = [version.top_hash for version in versions]
        return RevisionRef(
            resolve_prefix(ref.value, hashes, package_name, registry), RevisionKind.HASH
        )

    def versions(self, package_name: PackageName, registry: Registry) -> list[PackageVersion]:
        """All revisions of a package, newest first, each once."""
        first = self._versions_page(package_name, registry, 1)
        items = all_numbered(
            lambda number: self._versions_page(package_name, registry, number),
            size=self.page_size,
            concurrency=self.concurrency,
            first=first,
        )
        items.sort(key=lambda version: (-version.modified.timestamp(), version.top_hash))
        unique: dict[str, PackageVersion] = {}
        for version in items:
            unique.setdefault(version.top_hash, version)
        return list(unique.values())

    def _versions_page(
        self, package_name: PackageName, registry: Registry, number: int
    ) -> Page[PackageVersion]:
        with damage_is_told(self.s3, registry, (package_name, None)):
            data = self.client.run(
                "list_versions",
                {
                    "bucket": registry.bucket,
                    "name": str(package_name),
                    "number": number,
                    "perPage": self.page_size,
                },
            )
        package = self._package(data, "package", package_name, registry)
        latest = latest_hash(package)
        revisions = fields.get_object(package, "revisions")
        return Page(
            total=fields.get_size(revisions, "total"),
            items=tuple(
                package_version(node, latest) for node in fields.get_objects(revisions, "page")
            ),
        )

    def _package(
        self,
        data: Mapping[str, Any],
        field: str,
        package_name: PackageName,
        registry: Registry,
    ) -> fields.Node:
        package = fields.get_optional_object(data, field)
        if package is not None:
            return package
        # Null can also mean that the registry does not exist or this identity may not read it.
        check_readable(self.client, registry)
        raise package_not_found(package_name, registry)
