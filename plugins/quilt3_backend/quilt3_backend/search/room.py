"""The packages room: search."""

from __future__ import annotations

from collections.abc import Iterable

from quilt3_backend.connection import Connection
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
from quilt_core.hookspecs import hookimpl
from quilt_core.registry.search.finding import PackageSearch


class Search:
    """The hook that finds packages."""

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
        """See the hook; buckets by GraphQL `searchPackages` over this connection's session."""
        search = PackageSearch(
            client=self._connection.registry.client(),
            page_size=self._connection.settings.page_size,
            concurrency=self._connection.workers,
        )
        return search.find(query, registry or (), filters, user_meta, latest_only, order, limit)
