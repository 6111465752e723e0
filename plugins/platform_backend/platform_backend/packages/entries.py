"""All entries of a revision, whatever their number.

`contentsFlatMap` returns null for "more than `max`", never for "none". It is requested again with a
larger `max`; beyond the registry's limit, or what fits well in memory, the manifest itself is read
as a stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, TypeVar

import attrs
from quilt_registry import fields
from quilt_registry.s3 import manifest_chunks

from platform_backend.packages.damage import S3Source
from platform_backend.packages.flat_map import manifest_entries
from platform_backend.packages.lookup import Lookup
from quilt_core import clock
from quilt_core.domain.names import PackageName, Registry, RevisionKind, RevisionRef
from quilt_core.error_messages import size_not_known
from quilt_core.errors import AuthenticationError, PermissionDeniedError
from quilt_core.manifest import (
    DirectoryRecord,
    Listing,
    ManifestEntry,
    list_directory,
    read_manifest,
    sort_key,
    use_entries,
)

FIRST_MAX = 10_000
"""The number of entries that are requested first, as in the catalog (docs/protocol.md, D.1)."""

LARGEST_MAX = 50_000
"""The maximum number of entries that are requested if the manifest can be read: about 20 MB of
JSON.
"""
T = TypeVar("T")
NO_ACCESS = (AuthenticationError, PermissionDeniedError)
"""The errors if this identity may not read a manifest, in which case all entries are requested from
the registry.
"""


@attrs.frozen(kw_only=True)
class Contents:
    """A revision and its entries."""

    package: fields.Node
    revision: fields.Node
    """The nodes of the answer, for other fields that its document requests."""
    asked: float
    """The time of the request, in Unix seconds of this machine."""
    top_hash: str
    user_meta: dict[str, Any] | None
    """The package's user metadata; None if it has none."""
    _listed: list[ManifestEntry] | None
    """The entries that the registry listed, in path-component order; None if the manifest is read
    instead.
    """
    _open: Callable[[], Iterable[bytes]]
    """Gives the manifest from its beginning."""

    @property
    def entries(self) -> Iterable[ManifestEntry]:
        """In path-component order; a stream, to be read once, when the package is large."""
        return self._listed if self._listed is not None else read_manifest(self._open()).entries()

    def use(
        self, make: Callable[[Iterable[ManifestEntry]], T]
    ) -> tuple[T, tuple[DirectoryRecord, ...] | None]:
        """The result of `make` for the entries, and the directories that have metadata.

        A large package is read once and not held in memory; if it is not in order, it is read
        again, and `make` is called again. The directories are None if only the registry was asked,
        which does not list them.
        """
        if self._listed is not None:
            return make(self._listed), None
        directories: list[DirectoryRecord] = []
        made = use_entries(self._open, lambda _header, entries: make(entries), directories)
        return made, tuple(directories)


@attrs.frozen(kw_only=True)
class ContentsReader:
    """Reads contents with one client."""

    lookup: Lookup
    s3: S3Source

    def read(
        self,
        package_name: PackageName,
        registry: Registry,
        ref: RevisionRef,
        document: str = "package_entries",
    ) -> Contents:
        """A revision with all its entries: one request, and one more if there are more than 10,000
        entries.

        `document` may name a document that requests further fields.

        Raises
        ------
        NotFoundError
            When the package or the revision does not exist.
        AuthenticationError
            When the manifest must be read and the registry gives no credentials for that.
        """
        asked = clock.now()
        package, revision = self.lookup.package_revision(
            document, package_name, registry, ref, max=FIRST_MAX
        )
        top_hash = fields.get_str(revision, "hash")
        opened: list[Iterator[bytes]] = []
        return Contents(
            package=package,
            revision=revision,
            asked=asked,
            top_hash=top_hash,
            user_meta=fields.get_optional_record(revision, "userMeta"),
            listed=self._listed(package_name, registry, revision, opened),
            open=lambda: opened.pop() if opened else self._open(registry.bucket or "", top_hash),
        )

    def _listed(
        self,
        package_name: PackageName,
        registry: Registry,
        revision: fields.Node,
        opened: list[Iterator[bytes]],
    ) -> list[ManifestEntry] | None:
        """The entries that the registry lists; None if the manifest, in `opened`, is read
        instead.
        """
        # From here on the hash is used, so that all answers are about the same revision.
        exact = RevisionRef(fields.get_str(revision, "hash"), RevisionKind.HASH)
        total = fields.get_optional_int(revision, "totalEntries") or 0

        def ask_for_all() -> Any:
            found = self.lookup.revision(
                "package_entries", package_name, registry, exact, max=total
            )
            return found.get("contentsFlatMap")

        flat_map = revision.get("contentsFlatMap")
        if flat_map is None and FIRST_MAX < total <= LARGEST_MAX:
            flat_map = ask_for_all()
        if flat_map is None:
            try:
                opened.append(self._open(registry.bucket or "", exact.value))
            except NO_ACCESS:
                flat_map = ask_for_all() if total > LARGEST_MAX else None
                if flat_map is None:
                    raise
            else:
                return None
        try:
            found = manifest_entries(flat_map).values()
        except fields.InexactSizeError as rounded:
            with _or_not_known(rounded):
                opened.append(self._open(registry.bucket or "", exact.value))
            return None
        return sorted(found, key=lambda entry: sort_key(entry.logical_key))

    def total_bytes(
        self, registry: Registry, top_hash: str, rounded: fields.InexactSizeError
    ) -> int:
        """The sum of a revision's sizes, from its manifest.

        Raises `ProtocolError` if this identity cannot read it, because the registry's number was
        rounded.
        """
        with _or_not_known(rounded):
            s3, bucket = self.s3(), registry.bucket or ""
            return use_entries(
                lambda: manifest_chunks(s3, bucket, top_hash),
                lambda _header, entries: sum(entry.size for entry in entries),
            )

    def list_exactly(
        self,
        package_name: PackageName,
        registry: Registry,
        ref: RevisionRef,
        path: str,
        rounded: fields.InexactSizeError,
    ) -> Listing | None:
        """One level of a revision, from its manifest; None if there is nothing at the path.

        Raises `ProtocolError` if this identity cannot read it, because the registry's number was
        rounded.
        """
        revision = self.lookup.revision("package_info", package_name, registry, ref)
        with _or_not_known(rounded):
            chunks = self._open(registry.bucket or "", fields.get_str(revision, "hash"))
            return list_directory(read_manifest(chunks), path)

    def _open(self, bucket: str, top_hash: str) -> Iterator[bytes]:
        """A manifest's chunks; errors are raised here and not while they are read."""
        chunks = manifest_chunks(self.s3(), bucket, top_hash)
        return chain([next(chunks, b"")], chunks)


@contextmanager
def _or_not_known(rounded: fields.InexactSizeError) -> Iterator[None]:
    """The error if an answer was rounded and this identity may not read the manifest."""
    try:
        yield
    except NO_ACCESS as error:
        raise size_not_known(rounded.name) from error
