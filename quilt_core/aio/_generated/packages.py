# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `PackageOps`, a part of the facade."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageDiff, PackageInfo, PackageVersion
from quilt_core.ops.addressing import PackageGiven
from quilt_core.ops.packages import PackageOps


class AsyncPackageOps(AsyncGroup):
    """Listings, information and comparison."""

    _ops: PackageOps

    async def list_all_packages(
        self, registry: str | Registry | None = None, pattern: str | None = None
    ) -> Listing[str]:
        """List the names of all packages of a registry, sorted.

        Parameters
        ----------
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        pattern:
            A pattern for whole names, case-sensitive, with `*` for any text and `?` for one
            character; None for all.

        Returns
        -------
        Listing[str]
            Names of the form `namespace/name`, sorted by code point, each once.

        Raises
        ------
        NotFoundError
            When the registry does not exist, or this identity cannot see it.
        ValidationError
            When no registry is given and none is configured.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.list_all_packages, registry, pattern)

    def iter_all_packages(
        self, registry: str | Registry | None = None, pattern: str | None = None
    ) -> AsyncIterator[str]:
        """List names as `list_all_packages` does, as an iterator that fetches pages.

        Parameters
        ----------
        registry, pattern:
            As in `list_all_packages`.

        Returns
        -------
        Iterator[str]
            Names of the form `namespace/name`, sorted by code point, each once.

        Raises
        ------
        NotFoundError, ValidationError
            As `list_all_packages`, at the call or while the iterator is read.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return self._calls.stream(self._ops.iter_all_packages, registry, pattern)

    async def get_package_info(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        top_hash: str | None = None,
    ) -> PackageInfo:
        """Describe a revision of a package.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry and revision as well.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.

        Returns
        -------
        PackageInfo
            The revision, with the whole top hash, the time, the message, the metadata, and the
            number and total size of the files.

        Raises
        ------
        NotFoundError
            When the package, revision or registry does not exist, or this identity cannot see it.
        ValidationError
            When a name or `top_hash` is malformed, or its first digits fit several revisions.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.get_package_info, package_name, registry, top_hash)

    async def list_package_versions(
        self, package_name: PackageGiven, registry: str | Registry | None = None
    ) -> Listing[PackageVersion]:
        """List the revisions of a package, newest first.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI that names no revision and no path.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.

        Returns
        -------
        Listing[PackageVersion]
            One item per top hash, with the time of its newest pointer. `is_latest` marks the one to
            which `latest` points.

        Raises
        ------
        NotFoundError
            When the package or the registry does not exist, or this identity cannot see it.
        ValidationError
            When a name or URI is malformed.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(self._ops.list_package_versions, package_name, registry)

    async def get_package_metadata(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        top_hash: str | None = None,
    ) -> dict[str, Any]:
        """Read a revision's user metadata.

        Parameters
        ----------
        package_name:
            `namespace/name`, or a `quilt+s3://` URI, which may name registry and revision as well.
        registry:
            The registry of the package: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        top_hash:
            The revision: None or "latest" for the latest, a whole top hash, at least six of its
            first digits, or the Unix seconds of its pointer.

        Returns
        -------
        dict
            The metadata, of JSON types; empty if there is none. The package's entries are not read.

        Raises
        ------
        NotFoundError
            When the package, revision or registry does not exist, or this identity cannot see it.
        ValidationError
            When a name or `top_hash` is malformed, or its first digits fit several revisions.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(
            self._ops.get_package_metadata, package_name, registry, top_hash
        )

    async def diff_packages(
        self,
        package1_name: PackageGiven,
        package2_name: PackageGiven,
        registry: str | Registry | None = None,
        package1_hash: str | None = None,
        package2_hash: str | None = None,
    ) -> PackageDiff:
        """Compare two revisions, of one package or of two packages in one registry, entry by entry.

        Parameters
        ----------
        package1_name, package2_name:
            The package to compare from, and the one to compare to: `namespace/name`, or
            `quilt+s3://` URIs, which may name registry and revision as well.
        registry:
            The registry of both packages: `s3://bucket`, `file:///folder`, or a `Registry`; the
            configured one by default.
        package1_hash, package2_hash:
            The revision of each, in every form that `top_hash` accepts; None for the latest.

        Returns
        -------
        PackageDiff
            Logical keys that were added, deleted and modified. An entry is modified when its
            hash, size or user metadata differs or, if one of the two has no hash, its physical key.

        Raises
        ------
        NotFoundError
            When a package, a revision or the registry does not exist, or this identity cannot see
            it.
        ValidationError
            When the packages are in different registries, a name or hash is malformed, or the first
            digits of a hash fit several revisions.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.
        """
        return await self._calls.run(
            self._ops.diff_packages,
            package1_name,
            package2_name,
            registry,
            package1_hash,
            package2_hash,
        )
