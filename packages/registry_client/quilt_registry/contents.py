"""The contents of a package, read from its manifest, as `browse_content` returns them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quilt_core.domain.content import ContentInfo, ContentType
from quilt_core.domain.names import PackageName, Registry
from quilt_core.error_messages import path_not_found
from quilt_core.manifest import ListedDirectory, Listing, ManifestEntry, directory_metadata


def files_below(
    entries: Iterable[ManifestEntry], path: str, package_name: PackageName, registry: Registry
) -> Iterator[ContentInfo]:
    """All files at and below a path, one by one, in the order of `entries`.

    Raises `NotFoundError` at the end if there are none, except for an empty package.
    """
    prefix, found = (f"{path}/" if path else ""), not path
    for entry in entries:
        key = entry.logical_key
        if key.startswith(prefix) or key == path:
            found = True
            yield _file(entry)
    if not found:
        raise path_not_found(path, package_name, registry)


def listed_contents(listing: Listing) -> list[ContentInfo]:
    """The results of `quilt_core.manifest.list_directory`, in its order."""
    return [*map(_directory, listing.directories), *map(_file, listing.files)]


def user_meta_of(meta: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The user's part of an entry's metadata; anything that is not an object counts as none.

    quilt3 accepts any JSON here.
    """
    user_meta = meta.get("user_meta") if meta else None
    return user_meta if user_meta and isinstance(user_meta, Mapping) else {}


def _file(entry: ManifestEntry) -> ContentInfo:
    return ContentInfo(
        path=entry.logical_key,
        type=ContentType.FILE,
        size=entry.size,
        metadata=user_meta_of(entry.meta),
        physical_key=entry.physical_key,
        hash=entry.hash,
    )


def _directory(directory: ListedDirectory) -> ContentInfo:
    return ContentInfo(
        path=directory.path,
        type=ContentType.DIRECTORY,
        size=directory.size,
        metadata=directory_metadata(directory.meta),
        physical_key=None,
    )
