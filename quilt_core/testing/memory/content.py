"""Content operations."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_core.domain.base import to_plain
from quilt_core.domain.content import ContentInfo, ContentType
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.error_messages import not_a_file, path_not_found
from quilt_core.hookspecs import hookimpl
from quilt_core.manifest import ManifestEntry, directory_metadata, sort_key
from quilt_core.testing.memory.session import Session
from quilt_core.testing.memory.store import StoredRevision


class ContentOperations:
    """Browsing and content URLs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @hookimpl
    def browse_content(
        self,
        package_name: PackageName,
        registry: Registry,
        path: str,
        top_hash: RevisionRef,
        recursive: bool,
    ) -> Iterable[ContentInfo]:
        revision = self._session.revision(registry, package_name, top_hash)
        if path in revision.entries:
            return [file_info(revision.entries[path])]
        prefix = f"{path}/" if path else ""
        below = {key: e for key, e in revision.entries.items() if key.startswith(prefix)}
        if path and not below and not any(key.startswith(prefix) for key in revision.directories):
            raise path_not_found(path, package_name, registry)
        if recursive:
            return [file_info(below[key]) for key in sorted(below, key=sort_key)]
        return _level(revision, prefix, below)

    @hookimpl
    def get_content_url(
        self, package_name: PackageName, registry: Registry, path: str, top_hash: RevisionRef
    ) -> str:
        revision = self._session.revision(registry, package_name, top_hash)
        entry = revision.entries.get(path)
        if entry is not None:
            # Nothing serves memory over HTTP; a data: URL gives the bytes to any client.
            return self._session.data_url(entry)
        if any(key.startswith(f"{path}/") for key in (*revision.entries, *revision.directories)):
            raise not_a_file(path, package_name, registry)
        raise path_not_found(path, package_name, registry)


def _level(
    revision: StoredRevision, prefix: str, below: dict[str, ManifestEntry]
) -> list[ContentInfo]:
    sizes: dict[str, int] = {}
    files = []
    for key, entry in below.items():
        name, slash, _ = key[len(prefix) :].partition("/")
        if slash:
            sizes[name] = sizes.get(name, 0) + entry.size
        else:
            files.append(entry)
    for path in revision.directories:
        name = path.removeprefix(prefix).partition("/")[0]
        if path.startswith(prefix) and name:
            sizes.setdefault(name, 0)  # nothing but metadata
    directories = [
        ContentInfo(
            path=prefix + name,
            type=ContentType.DIRECTORY,
            size=sizes[name],
            metadata=to_plain(directory_metadata(revision.directories.get(f"{prefix}{name}/"))),
            physical_key=None,
        )
        for name in sorted(sizes)
    ]
    return directories + [file_info(e) for e in sorted(files, key=lambda e: e.logical_key)]


def file_info(entry: ManifestEntry) -> ContentInfo:
    """An entry as a domain object."""
    return ContentInfo(
        path=entry.logical_key,
        type=ContentType.FILE,
        size=entry.size,
        metadata=to_plain(entry.user_meta),
        physical_key=entry.physical_key,
        hash=entry.hash,
    )
