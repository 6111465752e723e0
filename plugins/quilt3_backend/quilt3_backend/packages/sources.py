"""From the objects that the user names to the entries of a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
from quilt_registry.s3 import ObjectFacts, hash_objects, head_object

from quilt3_backend.connection import Connection
from quilt3_backend.stores.local import local_errors
from quilt_core.domain.entries import NewEntry, ProgressCallback
from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri, parse_object_uri
from quilt_core.errors import NotFoundError
from quilt_core.manifest import EntryHash, ManifestEntry, hash_file
from quilt_core.parallel import bounded_map
from quilt_core.progress import ProgressReporter


@attrs.frozen(kw_only=True)
class Sources:
    """Looks objects up and hashes those whose hash nobody knows; for one operation."""

    connection: Connection
    operation: str
    progress: ProgressCallback | None

    def read(self, entries: Sequence[NewEntry]) -> list[ManifestEntry]:
        """The manifest entries of new entries, in their order.

        Raises
        ------
        NotFoundError
            When an object is not there; it names the URI.
        PermissionDeniedError
            When it cannot be read.
        TransportError, AuthenticationError, BackendError
            As `quilt_registry.s3.s3_errors`.
        """
        known = self._facts(entry.uri for entry in entries if not entry.is_known)

        def made(entry: NewEntry) -> ManifestEntry:
            url, size, found = entry.uri.url, entry.size, entry.hash
            if not entry.is_known:
                facts, found = known[entry.uri]
                url, size = facts.uri.url, facts.size
            return ManifestEntry(
                logical_key=entry.logical_key,
                physical_key=url,
                size=size or 0,
                hash=found,
                meta={"user_meta": dict(entry.metadata)} if entry.metadata else {},
            )

        return [made(entry) for entry in entries]

    def complete(self, entries: Sequence[ManifestEntry]) -> list[ManifestEntry]:
        """Existing entries, those hashed that an old manifest holds without a hash."""
        uris = {
            entry.logical_key: parse_object_uri(entry.physical_key)
            for entry in entries
            if entry.hash is None
        }
        known = self._facts(uris.values())
        return [
            with_changes(entry, hash=known[uris[entry.logical_key]][1])
            if entry.logical_key in uris
            else entry
            for entry in entries
        ]

    def _facts(
        self, uris: Iterable[ObjectUri]
    ) -> Mapping[ObjectUri, tuple[SourceFacts, EntryHash]]:
        """What is known of each object, which is looked at once however often it is named."""
        distinct = list(dict.fromkeys(uris))
        found = self._look_up(distinct)
        hashes = self._hash(found)
        return dict(zip(distinct, zip(found, hashes, strict=True), strict=True))

    def _look_up(self, uris: Sequence[ObjectUri]) -> list[SourceFacts]:
        reporter = ProgressReporter(
            self.progress, self.operation, "looking up objects", len(uris), "objects"
        )

        def look_up(uri: ObjectUri) -> SourceFacts:
            found = _look_up_file(uri) if isinstance(uri, FileUri) else self._look_up_object(uri)
            reporter.advance()
            return found

        return list(bounded_map(look_up, uris, self.connection.workers))

    def _look_up_object(self, uri: S3Uri) -> SourceFacts:
        try:
            return head_object(self.connection.s3(), uri)
        except NotFoundError as error:
            raise NotFoundError(
                f"There is no object {uri}.",
                hint="Check the bucket, the key and the version; '%', '?' and '#' in a key are "
                "percent-encoded.",
                context=dict(error.context),
            ) from error

    def _hash(self, found: Sequence[SourceFacts]) -> list[EntryHash]:
        objects = [facts for facts in found if isinstance(facts, ObjectFacts)]
        unknown = sum(
            facts.size
            for facts in found
            if isinstance(facts, FileFacts) or facts.chunked_hash is None
        )
        reporter = ProgressReporter(self.progress, self.operation, "hashing", unknown, "bytes")
        workers = self.connection.workers
        hashed = (
            hash_objects(self.connection.s3(), objects, workers, reporter.advance)
            if objects
            else iter(())
        )
        return [
            _hash_file(facts, reporter) if isinstance(facts, FileFacts) else next(hashed)
            for facts in found
        ]


@attrs.frozen(kw_only=True)
class FileFacts:
    """A file of this machine and its size in bytes."""

    uri: FileUri
    size: int


SourceFacts = ObjectFacts | FileFacts


def with_changes(entry: ManifestEntry, **changes: Any) -> ManifestEntry:
    """A copy of an entry with other fields."""
    import msgspec

    return msgspec.structs.replace(entry, **changes)


def _look_up_file(uri: FileUri) -> FileFacts:
    with local_errors("look up the file", uri.path):
        if uri.path.is_dir():
            raise IsADirectoryError(str(uri.path))
        return FileFacts(uri=uri, size=uri.path.stat().st_size)


def _hash_file(facts: FileFacts, reporter: ProgressReporter) -> EntryHash:
    with local_errors("hash the file", facts.uri.path):
        value = hash_file(facts.uri.path)
    reporter.advance(facts.size)
    return value
