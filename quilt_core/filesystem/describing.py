"""Files and directories as fsspec's dictionaries."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.content import ContentInfo
from quilt_core.filesystem.listings import Listing
from quilt_core.filesystem.paths import Place


def directory_info(path: str) -> dict[str, Any]:
    """A directory, of which only its existence is known."""
    return {"name": path, "size": 0, "type": "directory"}


def file_info(path: str, item: ContentInfo) -> dict[str, Any]:
    """A file of a package."""
    physical_key = item.physical_key or ""
    _, _, version = physical_key.partition("?versionId=")
    return {
        "name": path,
        "size": item.size,
        "type": "file",
        "hash_type": item.hash.type if item.hash else None,
        "hash": item.hash.value if item.hash else None,
        "physical_key": item.physical_key,
        "version_id": version or None,
        "metadata": dict(item.metadata),
    }


def find_below(
    place: Place, listing: Listing, maxdepth: int | None, withdirs: bool
) -> dict[str, dict[str, Any]]:
    """The results of `find` at and below a place in a package, by path."""
    found: dict[str, dict[str, Any]] = {}
    start = len(place.key) + 1 if place.key else 0
    directories: set[str] = set()
    for key in listing.below(place.key):
        parts = key[start:].split("/")
        depth = len(parts) if maxdepth is None else maxdepth
        if withdirs:
            directories.update(
                key[:start] + "/".join(parts[:level])
                for level in range(1, min(len(parts) - 1, depth) + 1)
            )
        if len(parts) <= depth:
            found[place.below(key)] = file_info(place.below(key), listing.files[key])
    if withdirs and (found or directories or not place.key):
        directories.add(place.key)
    for key in directories - {""}:
        found.setdefault(place.below(key), directory_info(place.below(key)))
    if "" in directories:
        found[place.root] = directory_info(place.root)
    if place.key in listing.files:
        found[place.path] = file_info(place.path, listing.files[place.key])
    return found
