"""Search a store by scanning it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

import attrs
from quilt_registry.s3 import newest_time

from quilt3_backend.packages.package_info import ManifestFacts, describe
from quilt3_backend.packages.revision_lookup import DatedRevision
from quilt3_backend.stores import PackageStore
from quilt_core.domain.names import PackageName
from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import MetadataPredicate, SearchFilter
from quilt_core.manifest import ManifestEntry, ManifestError, ManifestHeader, use_entries
from quilt_core.manifest.layout import LATEST
from quilt_core.nesting import TOO_DEEP
from quilt_core.search import (
    SearchText,
    fits_filter,
    fits_predicates,
    parse_query,
)
from quilt_core.search.conditions import matches_wildcard

logger = logging.getLogger("quilt_core.search")


@attrs.frozen(kw_only=True)
class SearchConditions:
    """The conditions of the search."""

    query: str
    filters: SearchFilter
    user_meta: tuple[MetadataPredicate, ...]
    latest_only: bool


def scan(store: PackageStore, wanted: SearchConditions) -> Iterator[tuple[float, PackageInfo]]:
    """Every revision that matches, with its score, each once.

    Raises `NotFoundError` if the registry does not exist, and `ValidationError` for a malformed
    query.
    """
    query = parse_query(wanted.query)
    for name in store.package_names():
        if wanted.filters.name and not matches_wildcard(name, wanted.filters.name):
            continue
        for revision in _revisions(store, PackageName.parse(name), wanted.latest_only):
            try:
                info, logical_keys = _read(store, revision)
            except ManifestError as error:
                if error.reason != TOO_DEEP:
                    raise
                # Another client wrote it, and an index does not have it either; the others are
                # found all the same.
                logger.warning("%s in %s is left out: %s", name, store.registry, error.message)
                continue
            if fits_filter(info, wanted.filters) and fits_predicates(info, wanted.user_meta):
                score = query.score(SearchText.of(info, logical_keys))
                if score > 0:
                    yield score, info


def _revisions(
    store: PackageStore, package_name: PackageName, latest_only: bool
) -> Iterable[DatedRevision]:
    listing = store.pointers(package_name)
    hashes = store.hashes(listing)
    wanted = [hashes[LATEST]] if LATEST in hashes else []
    if not latest_only:
        wanted = list(
            dict.fromkeys(hashes[one.name] for one in listing.timestamps if one.name in hashes)
        )
    for top_hash in wanted:
        pointers = [pointer for pointer in listing.all if hashes.get(pointer.name) == top_hash]
        modified = newest_time(pointers)
        if modified is not None:
            yield DatedRevision(package_name=package_name, top_hash=top_hash, modified=modified)


def _read(store: PackageStore, revision: DatedRevision) -> tuple[PackageInfo, list[str]]:
    def read(
        header: ManifestHeader, entries: Iterable[ManifestEntry]
    ) -> tuple[ManifestFacts, list[str]]:
        logical_keys, size = [], 0
        for entry in entries:
            logical_keys.append(entry.logical_key)
            size += entry.size
        total = len(logical_keys)
        return ManifestFacts(header=header, total_entries=total, total_bytes=size), logical_keys

    facts, logical_keys = use_entries(lambda: store.manifest(revision.top_hash), read)
    return describe(store.registry, revision, facts), logical_keys
