"""Search, complete up to the last page."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import attrs

from quilt_core.auth_context import not_logged_in
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder
from quilt_core.error_messages import registry_not_found
from quilt_core.parallel import bounded_map
from quilt_registry import fields
from quilt_registry.buckets import bucket_of, check_readable
from quilt_registry.graphql.client import GraphQLClient
from quilt_registry.graphql.pages import CursorPage, all_by_cursor
from quilt_registry.graphql.result_unions import unwrap
from quilt_registry.search.search_hits import search_hits
from quilt_registry.search.variables import (
    finds_latest_itself,
    order_variables,
    search_variables,
    sorts_itself,
)

_SORT_KEYS: dict[SearchOrder, tuple[Callable[[PackageInfo], Any], bool]] = {
    SearchOrder.NEWEST: (lambda info: info.modified, True),
    SearchOrder.OLDEST: (lambda info: info.modified, False),
    SearchOrder.NAME: (lambda info: info.name, False),
    SearchOrder.NAME_DESCENDING: (lambda info: info.name, True),
}
"""What an order sorts by, and whether descending; relevance is the registry's own."""

_DOING = "search for packages"


@attrs.frozen(kw_only=True)
class PackageSearch:
    """Searches with one client."""

    client: GraphQLClient
    page_size: int
    concurrency: int

    def find(
        self,
        query: str,
        registries: tuple[Registry, ...],
        filters: SearchFilter,
        user_meta: tuple[MetadataPredicate, ...],
        latest_only: bool,
        order: SearchOrder,
        limit: int | None,
    ) -> Iterator[PackageInfo]:
        """GraphQL `searchPackages`, then `searchMorePackages` page by page.

        The first page is requested immediately, so that errors are raised immediately. Parameters
        and errors are those of the hook `search_packages`; without registries, all are searched.
        """
        client = self.client
        buckets = [bucket_of(one, "search_packages") for one in registries]
        size = self.page_size
        if limit is not None and latest_only:
            size = min(size, limit)
        common = search_variables(query, buckets, filters, user_meta, size)

        def variables(label: str) -> dict[str, Any]:
            latest = {"latestOnly": latest_only} if finds_latest_itself(label) else {}
            return {**common, **latest, **order_variables(label, order)}

        if len(registries) > 1:
            # A search silently leaves out registries that cannot be read, so each registry is
            # checked.
            check = partial(check_readable, client)
            for _ in bounded_map(check, registries, self.concurrency):
                pass
        reply = client.reply("search_packages", variables)
        if common["checkNamed"] and reply.data.get("registry") is None:
            raise registry_not_found(registries[0])
        first = _first_page(client, reply.data)
        found = all_by_cursor(first, partial(_next_page, client, size), _revision)
        if latest_only and not finds_latest_itself(reply.variant):
            found = self._latest(found)
        ordered = _ordered(found, order, sorted_already=sorts_itself(reply.variant, order))
        return itertools.islice(ordered, limit)

    def _latest(self, found: Iterable[PackageInfo]) -> Iterator[PackageInfo]:
        """Hits that are their package's latest revision, for registries that cannot tell."""

        def is_latest(hit: PackageInfo) -> tuple[PackageInfo, bool]:
            variables = {"bucket": hit.bucket, "name": hit.name, "revision": "latest"}
            package = fields.get_optional_object(
                self.client.run("package_info", variables), "package"
            )
            revision = None if package is None else fields.get_optional_object(package, "revision")
            return hit, revision is not None and fields.get_str(revision, "hash") == hit.top_hash

        for hit, wanted in bounded_map(is_latest, found, self.concurrency):
            if wanted:
                yield hit


def _first_page(client: GraphQLClient, data: Any) -> CursorPage[PackageInfo]:
    found = unwrap(
        data.get("searchPackages"), "PackagesSearchResultSet", "EmptySearchResultSet", doing=_DOING
    )
    if fields.get_str(found, "__typename") == "EmptySearchResultSet":
        if client.bearer is None:
            raise not_logged_in("nothing here is open to everybody.")
        return CursorPage(cursor=None, items=())
    return _page(found.get("firstPage"))


def _next_page(client: GraphQLClient, size: int, cursor: str) -> CursorPage[PackageInfo]:
    data = client.run("search_more_packages", {"after": cursor, "size": size})
    return _page(data.get("searchMorePackages"))


def _page(value: Any) -> CursorPage[PackageInfo]:
    page = unwrap(value, "PackagesSearchResultSetPage", doing=_DOING)
    return CursorPage(
        cursor=fields.get_optional_str(page, "cursor"),
        items=tuple(search_hits(fields.get_objects(page, "hits"))),
    )


def _revision(hit: PackageInfo) -> tuple[str, str, str]:
    """The key that distinguishes hits: the index has one document per pointer to a revision."""
    return hit.registry, hit.name, hit.top_hash


def _ordered(
    hits: Iterable[PackageInfo], order: SearchOrder, *, sorted_already: bool
) -> Iterator[PackageInfo]:
    """In `order`, with ties sorted by registry, name and top hash; only ties are held back for
    sorting.
    """
    if order is SearchOrder.RELEVANCE:
        yield from hits
        return
    key, descending = _SORT_KEYS[order]
    if not sorted_already:
        hits = sorted(hits, key=key, reverse=descending)
    for _, ties in itertools.groupby(hits, key=key):
        yield from sorted(ties, key=_revision)
