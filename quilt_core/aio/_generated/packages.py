# Generated from the synchronous facade: `make docs-reference` writes this module.
"""Asynchronous form of `PackageOps`, a part of the facade."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

from quilt_core.aio.calls import AsyncGroup
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageDiff, PackageInfo, PackageVersion
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder, SearchOrderName
from quilt_core.ops.addressing import PackageGiven
from quilt_core.ops.packages import PackageOps


class AsyncPackageOps(AsyncGroup):
    """Search, listings, information and comparison."""

    _ops: PackageOps

    async def search_packages(
        self,
        query: str = "",
        registry: str | Registry | Iterable[str | Registry] | None = None,
        *,
        filters: SearchFilter | None = None,
        user_meta: Iterable[MetadataPredicate] = (),
        latest_only: bool = True,
        order: SearchOrder | SearchOrderName = SearchOrder.RELEVANCE,
        limit: int | None = None,
    ) -> Listing[PackageInfo]:
        """Find packages, to the last one that matches; see the hook `search_packages`.

        Parameters
        ----------
        query:
            Text in the registry's query syntax; empty finds everything.
        registry:
            One registry, several, or "*" for all that can be read; None for the default one,
            or all where there is none.
        filters, user_meta:
            Conditions that must all hold.
        latest_only:
            False finds earlier revisions too.
        order:
            "relevance", "newest", "oldest", "name" or "name_descending".
        limit:
            The largest number of results; None for all.
        """
        return await self._calls.run(
            self._ops.search_packages,
            query,
            registry,
            filters=filters,
            user_meta=user_meta,
            latest_only=latest_only,
            order=order,
            limit=limit,
        )

    def iter_search_packages(
        self,
        query: str = "",
        registry: str | Registry | Iterable[str | Registry] | None = None,
        *,
        filters: SearchFilter | None = None,
        user_meta: Iterable[MetadataPredicate] = (),
        latest_only: bool = True,
        order: SearchOrder | SearchOrderName = SearchOrder.RELEVANCE,
        limit: int | None = None,
    ) -> AsyncIterator[PackageInfo]:
        """As `search_packages`, as an iterator that fetches pages while it is read."""
        return self._calls.stream(
            self._ops.iter_search_packages,
            query,
            registry,
            filters=filters,
            user_meta=user_meta,
            latest_only=latest_only,
            order=order,
            limit=limit,
        )

    async def list_all_packages(
        self, registry: str | Registry | None = None, pattern: str | None = None
    ) -> Listing[str]:
        """The names of all packages of a registry, sorted; `pattern` with `*` and `?`."""
        return await self._calls.run(self._ops.list_all_packages, registry, pattern)

    def iter_all_packages(
        self, registry: str | Registry | None = None, pattern: str | None = None
    ) -> AsyncIterator[str]:
        """As `list_all_packages`, as an iterator that fetches pages while it is read."""
        return self._calls.stream(self._ops.iter_all_packages, registry, pattern)

    async def get_package_info(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        top_hash: str | None = None,
    ) -> PackageInfo:
        """Describe a revision, the latest by default; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.get_package_info, package_name, registry, top_hash)

    async def list_package_versions(
        self, package_name: PackageGiven, registry: str | Registry | None = None
    ) -> Listing[PackageVersion]:
        """The revisions of a package, newest first; `NotFoundError` when it is not there."""
        return await self._calls.run(self._ops.list_package_versions, package_name, registry)

    async def get_package_metadata(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        top_hash: str | None = None,
    ) -> dict[str, Any]:
        """A revision's user metadata; empty where there is none."""
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
        """Compare two revisions, of one package or of two in one registry, entry by entry."""
        return await self._calls.run(
            self._ops.diff_packages,
            package1_name,
            package2_name,
            registry,
            package1_hash,
            package2_hash,
        )
