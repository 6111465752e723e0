"""Package operations of the facade: search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from quilt_core import domain
from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder, SearchOrderName
from quilt_core.errors import ValidationError
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import (
    parse_enum,
    parse_filter,
    parse_flag,
    parse_limit,
    parse_predicates,
    parse_registries,
)

if TYPE_CHECKING:
    from quilt_core.domain.packages import PackageInfo


class PackageSearchOps(OperationGroup):
    """Find packages in a registry's index."""

    def search_packages(
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
        """Find all packages that match.

        Parameters
        ----------
        query:
            Text in the registry's query syntax: words, "phrases", AND, OR, NOT and `*`; the empty
            text finds everything. Whether several words without an operator must all occur is the
            registry's decision: write AND or OR between them if it matters.
        registry:
            One registry, several, or "*" for all readable ones; None for the configured one, or for
            all if none is configured.
        filters:
            Conditions on names, times and sizes that must all hold; None for none.
        user_meta:
            Conditions on user metadata that must all hold.
        latest_only:
            True for the latest revision of each package, False for every revision that matches.
        order:
            "relevance", "newest", "oldest", "name" or "name_descending".
        limit:
            The maximum number of results; None for all.

        Returns
        -------
        Listing[PackageInfo]
            Each revision at most once; a list that a notebook shows as a table.

        Raises
        ------
        ValidationError
            When the registry cannot parse the query, or a condition, the order or the limit is not
            valid.
        NotFoundError
            When a registry does not exist, or this identity cannot see it.
        NotSupportedError
            When a condition cannot be checked in this registry; no condition is ignored.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> for package in ops.search_packages("penguins", order="newest", limit=5):
        ...     print(package.name, package.total_entries)
        palmer/penguins 7
        """
        return Listing(
            self.iter_search_packages(
                query,
                registry,
                filters=filters,
                user_meta=user_meta,
                latest_only=latest_only,
                order=order,
                limit=limit,
            ),
            domain.PackageInfo,
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
    ) -> Iterator[PackageInfo]:
        """Find packages as `search_packages` does, as an iterator that fetches pages.

        Parameters
        ----------
        query, registry, filters, user_meta, latest_only, order, limit:
            As in `search_packages`.

        Returns
        -------
        Iterator[PackageInfo]
            Each revision at most once. It never ends early without an error.

        Raises
        ------
        ValidationError, NotFoundError, NotSupportedError
            As `search_packages`, at the call or while the iterator is read.
        AuthenticationError, PermissionDeniedError, TransportError, ProtocolError
            As for every operation that sends requests to the registry.

        Examples
        --------
        >>> found = ops.iter_search_packages("penguins")
        >>> print(next(found).name)
        palmer/penguins
        """
        if not isinstance(query, str):
            raise ValidationError(f"query={query!r} is not text.", hint="'' finds everything.")
        return self._dispatch.stream(
            "search_packages",
            domain.PackageInfo,
            query=query,
            registry=parse_registries(registry, self._settings.registry),
            filters=parse_filter(filters),
            user_meta=parse_predicates(user_meta),
            latest_only=parse_flag(latest_only, "latest_only"),
            order=parse_enum(SearchOrder, order, "order"),
            limit=parse_limit(limit),
        )
