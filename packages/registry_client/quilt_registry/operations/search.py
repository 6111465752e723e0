"""Search for packages through the registry's index."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
from quilt_core.hookspecs import hookimpl
from quilt_registry.connection import Connection
from quilt_registry.search.package_search import PackageSearch


class PackageSearchOperations:
    """Implements `search_packages` over a connection to a registry."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
            client=self._connection.client(),
            page_size=self._connection.settings.page_size,
            concurrency=self._connection.settings.max_concurrency,
        )
        return search.find(query, registry or (), filters, user_meta, latest_only, order, limit)
