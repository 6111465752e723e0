"""The contents at the paths of one file system, requested as rarely as possible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO

from fsspec.dircache import DirCache

from quilt_core.composition.content import object_of, of_its_size
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.names import RevisionKind
from quilt_core.domain.package_uri import package_spec
from quilt_core.filesystem.connections import SharedConnection
from quilt_core.filesystem.errors import file_errors, path_is_directory, path_not_there
from quilt_core.filesystem.listings import Known, Listing
from quilt_core.filesystem.paths import Place
from quilt_core.identity_key import identify
from quilt_core.ops.identity_check import IdentityCheck

_SINGLE_LOOKUPS = 2
"""The number of files of a revision that are looked up individually before it is listed."""


class Contents:
    """Looks paths up.

    The revision that `latest` names is looked up once: every path of the file system then refers to
    that revision, until the cache is cleared. Listings are kept per identity and top hash, and are
    shared by all file systems of the connection.

    Parameters
    ----------
    connection:
        The connection.
    use_cache, expiry:
        Whether anything is kept, and for how many seconds `latest` and the names of packages are
        kept; None keeps them as long as the file system exists.
    """

    def __init__(
        self, connection: SharedConnection, *, use_cache: bool, expiry: float | None
    ) -> None:
        self._ops = connection.ops
        self._shared = connection.listings
        self._use_cache = use_cache
        self._identity = IdentityCheck(connection.ops.settings)
        self.revisions: Any = DirCache(use_cache, expiry)
        """Top hashes by path of the package and its revision; they are included in a pickle."""
        self._packages: Any = DirCache(use_cache, expiry)

    def forget(self, path: str | None) -> None:
        """Forget which revisions are the latest, for all packages or for those at a path."""
        for cache in (self.revisions, self._packages):
            for key in list(cache):
                one, other = f"{key[-1]}/", f"{path}/"
                if path is None or one.startswith(other) or other.startswith(one):
                    cache.pop(key, None)
        if path is None:
            self._shared.clear()

    def packages(self, place: Place) -> list[str]:
        """The names of the packages in a bucket."""
        with file_errors(place.path), self._acting() as identity:
            key = (identity, place.bucket)
            names: list[str] | None = self._packages.get(key)
            if names is None:
                names = self._ops.list_all_packages(place.registry)
                self._packages[key] = names
            return names

    def buckets(self) -> list[str]:
        """The names of the buckets that this identity may use."""
        with file_errors(""):
            return [one.name for one in self._ops.list_buckets()]

    def listing(self, place: Place) -> Listing:
        """All files of the package's revision; it takes one request if nothing is known yet."""
        with self._known(place) as (known, top_hash):
            return known.listing or self._list(place, known, top_hash)

    def entry(self, place: Place) -> ContentInfo | None:
        """The file at a path, or None for a directory; raises `PathNotFoundError` if there is
        neither.

        The first files are looked up individually, so that opening one file does not list a large
        package; such a file may lack its hash.
        """
        with self._known(place) as (known, top_hash):
            if not place.key:
                if known.listing is None:
                    self._ask_modified(place, known, top_hash)  # checks whether the revision exists
                return None
            if known.listing is None and place.key not in known.single:
                if len(known.single) < _SINGLE_LOOKUPS:
                    known.single[place.key] = self._look_up(place, top_hash)
                else:
                    self._list(place, known, top_hash)
            return found_in(known, place)

    def file(self, place: Place) -> ContentInfo:
        """Like `entry`; raises `PathIsDirectoryError` for a directory."""
        item = self.entry(place) if place.package_name is not None else None
        if item is None:
            raise path_is_directory(place.path)
        return item

    def modified(self, place: Place) -> datetime:
        """When the revision was published: none of its files is younger."""
        with self._known(place) as (known, top_hash):
            return self._ask_modified(place, known, top_hash)

    def open(self, place: Place, item: ContentInfo, block_size: int | None) -> BinaryIO:
        """Open a file that was found at a place; raises as `QuiltOps.open_content`.

        Its object is known, so the backend does not have to look it up again.
        """
        supports = self._ops.supports
        if not supports("open_object"):
            with self._known(place) as (_, top_hash):
                name = str(place.package_name)
                return self._ops.open_content(name, place.key, place.registry, top_hash=top_hash)
        uri = object_of(item, place.registry, "open_content")
        wish = block_size if supports("open_object", "block_size") else None
        return of_its_size(item, self._ops.open_object(uri, wish))

    def _ask_modified(self, place: Place, known: Known, top_hash: str) -> datetime:
        if known.modified is None:
            info = self._ops.get_package_info(str(place.package_name), place.registry, top_hash)
            known.modified = info.modified
        return known.modified

    def _look_up(self, place: Place, top_hash: str) -> ContentInfo | None:
        found = self._ops.browse_content(
            str(place.package_name), place.registry, place.key, top_hash
        )
        if not found:
            raise path_not_there(place.path)
        first = found[0]
        return first if first.path == place.key and not first.is_directory else None

    def _list(self, place: Place, known: Known, top_hash: str) -> Listing:
        with known.lock:
            if known.listing is None:
                items = self._ops.browse_content(
                    str(place.package_name), place.registry, top_hash=top_hash, recursive=True
                )
                known.listing = Listing(items)
                self._shared.trim()
            return known.listing

    @contextmanager
    def _known(self, place: Place) -> Iterator[tuple[Known, str]]:
        """What this call's identity knows about the revision of a place, and its top hash."""
        with file_errors(place.path), self._acting() as identity:
            top_hash = self._top_hash(place)
            key = (identity, place.registry.url, str(place.package_name), top_hash)
            yield (self._shared.of(key) if self._use_cache else Known()), top_hash

    def _top_hash(self, place: Place) -> str:
        if place.package_name is None or place.revision is None:
            raise path_not_there(place.path)
        if place.revision.kind is RevisionKind.HASH:
            return place.revision.value
        # In every spelling: `:latest` is the same as no tag.
        key = (f"{place.bucket}/{package_spec(place.package_name, place.revision)}",)
        found: str | None = self.revisions.get(key)
        if found is None:
            info = self._ops.get_package_info(
                str(place.package_name), place.registry, place.revision.value
            )
            self.revisions[key] = found = info.top_hash
        return found

    @contextmanager
    def _acting(self) -> Iterator[str | None]:
        """Uses one identity for all requests of a call; returns the key that represents it."""
        with self._identity.call("browse_content"):
            yield identify(self._ops.settings)()


def found_in(known: Known, place: Place) -> ContentInfo | None:
    """What is known to be at a path; raises `PathNotFoundError` if nothing is there."""
    if known.listing is None:
        return known.single[place.key]
    item = known.listing.files.get(place.key)
    if item is None and not known.listing.is_directory(place.key):
        raise path_not_there(place.path)
    return item
