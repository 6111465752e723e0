"""The packages room: search."""

from __future__ import annotations

from collections.abc import Iterable

from platform_backend.packages.access import PackageAccess
from quilt_core import hookimpl
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
from quilt_core.registry.search.finding import PackageSearch


class SearchRoom:
    """Implements `search_packages`."""

    def __init__(self, access: PackageAccess) -> None:
        self._access = access

    @hookimpl
    def search_packages(
        self,
        query: str,
        registry: tuple[Registry, ...] | None,
        filters: SearchFilter,
        user_meta: tuple[MetadataPredicate, ...],
        latest_only: bool,
        order: SearchOrder,
        limit: int | None,
    ) -> Iterable[PackageInfo]:
        """GraphQL `searchPackages`, then `searchMorePackages` page by page."""
        search = PackageSearch(
            client=self._access.client(),
            page_size=self._access.settings.page_size,
            concurrency=self._access.settings.max_concurrency,
        )
        return search.find(query, registry or (), filters, user_meta, latest_only, order, limit)
