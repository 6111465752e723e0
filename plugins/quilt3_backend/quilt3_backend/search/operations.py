"""Package operations: search."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from quilt_registry.operations.search import PackageSearchOperations as RegistrySearch

from quilt3_backend.connection import Connection
from quilt3_backend.search.scan import SearchConditions, scan
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
from quilt_core.hookspecs import hookimpl
from quilt_core.search import in_order


class PackageSearchOperations:
    """The hook that finds packages.

    Buckets are searched through the registry's index, by GraphQL `searchPackages` over this
    connection's session, which unlike quilt3's `/api/search` supports messages, metadata and pages;
    folders are scanned.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._index = RegistrySearch(connection.registry)

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
        """See the hook."""
        wanted = SearchConditions(
            query=query, filters=filters, user_meta=user_meta, latest_only=latest_only
        )
        folders = [one for one in registry or () if one.is_local]
        buckets = tuple(one for one in registry or () if not one.is_local)
        if not folders:
            return self._indexed(wanted, buckets, order, limit)
        scored = [found for one in folders for found in scan(self._connection.store(one), wanted)]
        if buckets:
            # Scores of an index and of a scan cannot be compared, so results are merged by rank.
            indexed = self._indexed(wanted, buckets, order, limit)
            scored += [(1.0 / rank, info) for rank, info in enumerate(indexed, 1)]
        return islice(in_order(scored, order), limit)

    def _indexed(
        self,
        wanted: SearchConditions,
        buckets: tuple[Registry, ...],
        order: SearchOrder,
        limit: int | None,
    ) -> Iterable[PackageInfo]:
        return self._index.search_packages(
            wanted.query,
            buckets,
            wanted.filters,
            wanted.user_meta,
            wanted.latest_only,
            order,
            limit,
        )
