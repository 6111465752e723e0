"""Finding the revision that the user names, and its manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from functools import partial

import attrs
from quilt_registry.s3 import Pointer, PointerListing, find_pointers, newest_time

from quilt3_backend.stores import PackageStore
from quilt_core.domain.names import PackageName, RevisionKind, RevisionRef
from quilt_core.error_messages import (
    package_not_found,
    registry_not_found,
    revision_not_found,
)
from quilt_core.errors import NotFoundError, PermissionDeniedError
from quilt_core.manifest.layout import LATEST
from quilt_core.parallel import ahead
from quilt_core.revisions import resolve_prefix
from quilt_core.shared_lookups import are_shared, share, shared

_LARGEST_SHARED = 1 << 20
"""The maximum number of bytes of a manifest that is kept for the operations of a composition."""


@attrs.frozen(kw_only=True)
class Revision:
    """A revision that the package has."""

    package_name: PackageName
    top_hash: str


@attrs.frozen(kw_only=True)
class DatedRevision(Revision):
    """A revision, and when it was published."""

    modified: datetime
    """The time of its newest timestamp pointer."""


def readable_pointers(store: PackageStore, package_name: PackageName) -> PointerListing:
    """A package's pointers; none if it does not exist.

    Raises `NotFoundError` if its registry does not exist or cannot be read, which registries do not
    distinguish.
    """
    try:
        return store.pointers(package_name)
    except (PermissionDeniedError, NotFoundError) as error:
        raise registry_not_found(store.registry) from error


def existing_pointers(store: PackageStore, package_name: PackageName) -> PointerListing:
    """Like `readable_pointers`; also raises `NotFoundError` for a package that does not exist."""
    listing = readable_pointers(store, package_name)
    if not listing.all:
        raise package_not_found(package_name, store.registry)
    return listing


def resolve(
    store: PackageStore, package_name: PackageName, ref: RevisionRef, workers: int
) -> Revision:
    """Find the revision that is meant: one request if a pointer's name is given, and none for a
    top hash that an operation of the same composition has found.

    Raises as `resolve_dated`.
    """
    if ref.kind is RevisionKind.HASH:
        known: Revision | None = shared((store, package_name, ref.value))
        if known is not None:
            return known
    if ref.kind in (RevisionKind.LATEST, RevisionKind.TIMESTAMP):
        try:
            top_hash = store.read_pointer(package_name, _pointer_name(ref))
        except (NotFoundError, PermissionDeniedError):
            pass  # the listing shows whether the revision, the package or the registry is missing
        else:
            return Revision(package_name=package_name, top_hash=top_hash)
    return resolve_dated(store, package_name, ref, workers)


def resolve_dated(
    store: PackageStore,
    package_name: PackageName,
    ref: RevisionRef,
    workers: int,
    meanwhile: Callable[[str], object] | None = None,
) -> DatedRevision:
    """Find the revision that is meant among those of the package, and its time.

    Parameters, errors and `meanwhile` are as in `find_revision`.
    """
    _, top_hash, pointers = find_revision(store, package_name, ref, workers, meanwhile)
    modified = newest_time(pointers)
    if modified is None:  # there is a pointer, and each has a time
        raise revision_not_found(package_name, store.registry, ref.value)
    revision = DatedRevision(package_name=package_name, top_hash=top_hash, modified=modified)
    share((store, package_name, top_hash), revision)
    return revision


def read_once(store: PackageStore, top_hash: str) -> Iterable[bytes]:
    """The bytes of a manifest that is only read; the operations of a composition request a small
    one once.

    Raises as `PackageStore.manifest`.
    """
    kept: list[bytes] | None = shared((store, top_hash))
    if kept is not None:
        return iter(kept)
    return _kept(store, top_hash) if are_shared() else store.manifest(top_hash)


def _kept(store: PackageStore, top_hash: str) -> Iterator[bytes]:
    """The manifest, which is shared if it is small and was read to its end."""
    chunks: list[bytes] = []
    size = 0
    for chunk in store.manifest(top_hash):
        size += len(chunk)
        if size <= _LARGEST_SHARED:
            chunks.append(chunk)
        else:
            chunks.clear()
        yield chunk
    if size <= _LARGEST_SHARED:
        share((store, top_hash), chunks)


def find_revision(
    store: PackageStore,
    package_name: PackageName,
    ref: RevisionRef,
    workers: int,
    meanwhile: Callable[[str], object] | None = None,
) -> tuple[PointerListing, str, tuple[Pointer, ...]]:
    """All pointers of a package, the top hash that is meant, and the pointers that hold it.

    If a pointer's name is given, `meanwhile` is called with the top hash while the other pointers
    are looked at, for example to cache what is needed next; its errors are dropped.

    Raises
    ------
    NotFoundError
        When the package or the revision does not exist.
    ValidationError
        When a prefix fits several revisions.
    """
    listing = existing_pointers(store, package_name)
    known: dict[str, str] = {}

    def read(name: str) -> str:
        return known.get(name) or store.read_pointer(package_name, name)

    if ref.kind is RevisionKind.PREFIX:
        hashes = store.hashes(listing)
        top_hash = resolve_prefix(ref.value, hashes.values(), package_name, store.registry)
        pointers = tuple(pointer for pointer in listing.all if hashes.get(pointer.name) == top_hash)
    elif ref.kind is RevisionKind.HASH:
        top_hash = ref.value
        pointers = find_pointers(listing, top_hash, read, workers)
    else:
        name = _pointer_name(ref)
        if all(pointer.name != name for pointer in listing.all):
            raise revision_not_found(package_name, store.registry, ref.value)
        top_hash = known[name] = read(name)
        with ahead(partial(meanwhile, top_hash)) if meanwhile else nullcontext():
            pointers = find_pointers(listing, top_hash, read, workers)
    if not pointers:
        raise revision_not_found(package_name, store.registry, ref.value)
    return listing, top_hash, pointers


def _pointer_name(ref: RevisionRef) -> str:
    return LATEST if ref.is_latest else ref.value
