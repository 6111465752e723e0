"""All entries of a revision, whatever their number.

`contentsFlatMap` answers null for "more than `max`", never for "none": it is asked again with a
larger `max`, and past what the registry gives, the manifest itself is read as a stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from platform_backend.packages.convert import manifest_entries
from platform_backend.packages.lookup import Lookup
from quilt_core.domain.names import PackageName, Registry, RevisionKind, RevisionRef
from quilt_core.http import wire
from quilt_core.manifest import ManifestEntry, read_manifest, sort_key
from quilt_core.storage import manifest_chunks

FIRST_MAX = 10_000
"""How many entries are asked for at first, as the catalog does (protocol note D.1)."""

S3Source = Callable[[], Any]
"""Makes an S3 client with the identity's own credentials; called when a manifest must be read."""


@attrs.frozen(kw_only=True)
class Contents:
    """A revision and its entries."""

    package: wire.Node
    top_hash: str
    user_meta: dict[str, Any] | None
    """The package's user metadata; None where it has none."""
    entries: Iterable[ManifestEntry]
    """In path-component order; a stream, to be read once, when the package is large."""


@attrs.frozen(kw_only=True)
class ContentsReader:
    """Reads contents with one client."""

    lookup: Lookup
    s3: S3Source

    def read(self, package_name: PackageName, registry: Registry, ref: RevisionRef) -> Contents:
        """A revision with all its entries: one request, two for more than 10,000 entries.

        Raises
        ------
        NotFoundError
            When the package or the revision is not there.
        AuthenticationError
            When the manifest must be read, and the registry gives no credentials for that.
        """
        package, revision = self._ask(package_name, registry, ref, FIRST_MAX)
        top_hash = wire.text(revision, "hash")
        # From here on the hash, so that the answers belong together.
        exact = RevisionRef(top_hash, RevisionKind.HASH)
        flat_map = revision.get("contentsFlatMap")
        total = wire.optional_integer(revision, "totalEntries")
        if flat_map is None and total is not None and total > FIRST_MAX:
            larger = self._ask(package_name, registry, exact, total)[1]
            flat_map = larger.get("contentsFlatMap")
        return Contents(
            package=package,
            top_hash=top_hash,
            user_meta=wire.optional_record(revision, "userMeta"),
            entries=self.entries_of(flat_map, registry, top_hash),
        )

    def entries_of(
        self, flat_map: Any, registry: Registry, top_hash: str
    ) -> Iterable[ManifestEntry]:
        """The entries in a flat map; those of the manifest when it is null."""
        if flat_map is not None:
            found = manifest_entries(flat_map).values()
            return sorted(found, key=lambda entry: sort_key(entry.logical_key))
        return self._stream(registry.bucket or "", top_hash)

    def _stream(self, bucket: str, top_hash: str) -> Iterator[ManifestEntry]:
        reader = read_manifest(manifest_chunks(self.s3(), bucket, top_hash))
        for line in reader.sorted_lines():
            record = reader.parse(line)
            if isinstance(record, ManifestEntry):
                yield record

    def _ask(
        self, package_name: PackageName, registry: Registry, ref: RevisionRef, most: int
    ) -> tuple[wire.Node, wire.Node]:
        return self.lookup.package_revision(
            "package_entries", package_name, registry, ref, max=most
        )
