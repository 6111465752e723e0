"""Package operations of the facade: reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from quilt_core.domain.listing import Listing
from quilt_core.domain.names import Registry
from quilt_core.domain.packages import PackageDiff, PackageInfo, PackageVersion
from quilt_core.domain.search import MetadataPredicate, SearchFilter, SearchOrder, SearchOrderName
from quilt_core.errors import ValidationError
from quilt_core.ops.addressing import PackageGiven, package_of, revision_of
from quilt_core.ops.group import OperationGroup
from quilt_core.ops.parsing import (
    parse_enum,
    parse_limit,
    parse_predicates,
    parse_registries,
    parse_registry,
)


class PackageOps(OperationGroup):
    """Search, listings, information and comparison."""

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
        return Listing(
            self.iter_search_packages(
                query,
                registry,
                filters=filters,
                user_meta=user_meta,
                latest_only=latest_only,
                order=order,
                limit=limit,
            )
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
        """As `search_packages`, as an iterator that fetches pages while it is read."""
        if not isinstance(query, str):
            raise ValidationError(f"query={query!r} is not text.", hint="'' finds everything.")
        return self._dispatch.stream(
            "search_packages",
            PackageInfo,
            query=query,
            registry=parse_registries(registry, self._settings.registry),
            filters=filters or SearchFilter(),
            user_meta=parse_predicates(user_meta),
            latest_only=latest_only,
            order=parse_enum(SearchOrder, order, "order"),
            limit=parse_limit(limit),
        )

    def list_all_packages(
        self, registry: str | Registry | None = None, pattern: str | None = None
    ) -> Listing[str]:
        """The names of all packages of a registry, sorted; `pattern` with `*` and `?`."""
        return Listing(self.iter_all_packages(registry, pattern))

    def iter_all_packages(
        self, registry: str | Registry | None = None, pattern: str | None = None
    ) -> Iterator[str]:
        """As `list_all_packages`, as an iterator that fetches pages while it is read."""
        return self._dispatch.stream(
            "list_all_packages",
            str,
            registry=parse_registry(registry, self._settings.registry),
            pattern=pattern,
        )

    def get_package_info(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        top_hash: str | None = None,
    ) -> PackageInfo:
        """Describe a revision, the latest by default; `NotFoundError` when it is not there."""
        return self._dispatch.call(
            "get_package_info",
            PackageInfo,
            **revision_of(package_name, registry, top_hash, self._settings.registry),
        )

    def list_package_versions(
        self, package_name: PackageGiven, registry: str | Registry | None = None
    ) -> Listing[PackageVersion]:
        """The revisions of a package, newest first; `NotFoundError` when it is not there."""
        return self._dispatch.collect(
            "list_package_versions",
            PackageVersion,
            **package_of(package_name, registry, self._settings.registry),
        )

    def get_package_metadata(
        self,
        package_name: PackageGiven,
        registry: str | Registry | None = None,
        top_hash: str | None = None,
    ) -> dict[str, Any]:
        """A revision's user metadata; empty where there is none."""
        return self._dispatch.call(
            "get_package_metadata",
            dict,
            **revision_of(package_name, registry, top_hash, self._settings.registry),
        )

    def diff_packages(
        self,
        package1_name: PackageGiven,
        package2_name: PackageGiven,
        registry: str | Registry | None = None,
        package1_hash: str | None = None,
        package2_hash: str | None = None,
    ) -> PackageDiff:
        """Compare two revisions, of one package or of two in one registry, entry by entry."""
        first = revision_of(package1_name, registry, package1_hash, self._settings.registry)
        second = revision_of(package2_name, registry, package2_hash, self._settings.registry)
        if first["registry"] != second["registry"]:
            raise ValidationError(
                f"The packages are in two registries, {first['registry']} and "
                f"{second['registry']}, but only packages in the same registry can be compared."
            )
        return self._dispatch.call(
            "diff_packages",
            PackageDiff,
            package1_name=first["package_name"],
            package2_name=second["package_name"],
            registry=first["registry"],
            package1_hash=first["top_hash"],
            package2_hash=second["top_hash"],
        )
