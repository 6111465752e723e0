"""Search, by scanning everything with the rules of `quilt_core.search`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from directory_backend.reading import describe
from directory_backend.store import Folder
from quilt_core import (
    MetadataPredicate,
    NotSupportedError,
    PackageInfo,
    PackageName,
    Registry,
    SearchFilter,
    SearchOrder,
    hookimpl,
)
from quilt_core.search import SearchText, fits_filter, fits_predicates, in_order, parse_query


class Searching:
    """Implements the search hook."""

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
        if registry is None:
            reason = "there is no list of registries, which are folders anywhere; name them"
            raise NotSupportedError("search_packages", "directory", reason)
        wanted = parse_query(query)
        scored = []
        for one in registry:
            folder = Folder(one)
            for name in map(PackageName.parse, folder.names()):
                latest = folder.latest(name)
                for revision in folder.all_revisions(name):
                    info = describe(name, one, revision)
                    score = wanted.score(SearchText.of(info, revision.entries))
                    if (
                        score > 0
                        and (not latest_only or info.top_hash == latest)
                        and fits_filter(info, filters)
                        and fits_predicates(info, user_meta)
                    ):
                        scored.append((score, info))
        return islice(in_order(scored, order), limit)
