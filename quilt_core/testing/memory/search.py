"""Search, by looking at everything with the rules of `quilt_core.search`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
from quilt_core.hookspecs import hookimpl
from quilt_core.search import SearchText, fits_filter, fits_predicates, in_order, parse_query
from quilt_core.testing.memory.packages import describe
from quilt_core.testing.memory.session import Session
from quilt_core.testing.memory.store import StoredRevision


class PackageSearchOperations:
    """Package search."""

    def __init__(self, session: Session) -> None:
        self._session = session

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
        wanted = parse_query(query)
        if registry is None:
            buckets = self._session.readable_buckets()
        else:
            buckets = [self._session.reading(one) for one in registry]
        scored = [
            (score, info)
            for info, revision in self._revisions(buckets, latest_only)
            if fits_filter(info, filters)
            and fits_predicates(info, user_meta)
            and (score := wanted.score(SearchText.of(info, revision.entries))) > 0
        ]
        return list(islice(in_order(scored, order), limit))

    def _revisions(
        self, buckets: list[str], latest_only: bool
    ) -> Iterator[tuple[PackageInfo, StoredRevision]]:
        for (bucket, name), package in self._session.catalog.packages.items():
            if bucket in buckets:
                newest = {one.top_hash: one for one in package.revisions}
                for revision in newest.values():
                    if not latest_only or revision.top_hash == package.latest:
                        yield describe(name, Registry(bucket=bucket), revision), revision
