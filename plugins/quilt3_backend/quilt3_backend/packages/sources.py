"""Making the entries of a manifest from the objects that the user names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs
from quilt_registry.s3 import ObjectFacts, ObjectLookup, hash_objects, head_object

from quilt3_backend.connection import Connection
from quilt3_backend.stores.local_errors import local_errors
from quilt_core.domain.entries import NewEntry, ProgressCallback
from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri
from quilt_core.errors import BackendError
from quilt_core.manifest import EntryHash, ManifestEntry, hash_file, with_replaced
from quilt_core.parallel import bounded_map
from quilt_core.progress import ProgressReporter
from quilt_core.regular_files import check_regular
from quilt_core.revisions import KeptEntries, RevisionRequest, keep_entries, object_to_look_up
from quilt_core.revisions.kept import hash_in_question


@attrs.frozen(kw_only=True)
class Sources:
    """Looks up objects and hashes those whose hash is not known; for one operation."""

    connection: Connection
    operation: str
    progress: ProgressCallback | None

    def read(
        self,
        entries: Iterable[NewEntry],
        unknown: Collection[ObjectUri],
        *,
        hashed: bool = True,
    ) -> Iterator[ManifestEntry]:
        """The manifest entries of new entries, in their order; a dry run needs no hashes.

        The `unknown` objects among them are looked up now, and the entries are made one at a time.
        What is neither known nor looked up is only planned.

        Raises
        ------
        NotFoundError
            When an object does not exist; the message names the URI.
        PermissionDeniedError
            When it cannot be read.
        TransportError, AuthenticationError, BackendError
            As `quilt_registry.s3.s3_errors`.
        """
        known = self._facts(unknown, hashed=hashed)

        def made(entry: NewEntry) -> ManifestEntry:
            url, size, found = entry.uri.url, entry.size, entry.hash
            if not entry.is_known and entry.uri in known:
                facts, found = known[entry.uri]
                url, size = facts.uri.url, facts.size
            return ManifestEntry(
                logical_key=entry.logical_key,
                physical_key=url,
                size=size or 0,
                hash=found,
                meta={"user_meta": dict(entry.metadata)} if entry.metadata else {},
            )

        return map(made, entries)

    def keep(
        self, request: RevisionRequest, entries: Collection[ManifestEntry], copied: Collection[str]
    ) -> KeptEntries:
        """The entries that an update keeps; entries that name a version and have no hash are
        hashed.

        Raises
        ------
        ValidationError
            For all entries with neither a hash nor a version, and for those in `copied` (logical
            keys) whose objects now hold other bytes.
        """
        kept = keep_entries(
            request,
            entries,
            ObjectLookup(s3=self.connection.s3, workers=self.connection.workers),
            in_question=hash_in_question,
            copied=copied,
        )
        unhashed = [
            (entry, place)
            for entry in kept.entries
            if entry.hash is None and (place := object_to_look_up(entry)) is not None
        ]
        known = self._facts((place for _, place in unhashed), hashed=not request.dry_run)
        hashed = {
            entry.logical_key: with_changes(entry, hash=known[place][1])
            for entry, place in unhashed
        }
        return attrs.evolve(kept, entries=with_replaced(kept.entries, hashed))

    def require(self, uris: Iterable[S3Uri]) -> None:
        """Look up objects that a dry run would copy; raises the errors of `read`."""
        self._look_up(list(dict.fromkeys(uris)))

    def _facts(
        self, uris: Iterable[ObjectUri], *, hashed: bool
    ) -> Mapping[ObjectUri, tuple[SourceFacts, EntryHash | None]]:
        """What is known about each object, which is looked up once however often it is named."""
        distinct = list(dict.fromkeys(uris))
        found = self._look_up(distinct)
        hashes = self._hash(found) if hashed else [None] * len(found)
        return dict(zip(distinct, zip(found, hashes, strict=True), strict=True))

    def _look_up(self, uris: Sequence[ObjectUri]) -> list[SourceFacts]:
        reporter = ProgressReporter(
            self.progress, self.operation, "looking up objects", len(uris), "objects"
        )

        def look_up(uri: ObjectUri) -> SourceFacts:
            if isinstance(uri, FileUri):
                found: SourceFacts = _look_up_file(uri)
            else:
                found = head_object(self.connection.s3(), uri)
            reporter.advance()
            return found

        return list(bounded_map(look_up, uris, self.connection.workers))

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
    """A file on this machine and its size in bytes."""

    uri: FileUri
    size: int


SourceFacts = ObjectFacts | FileFacts


def with_changes(entry: ManifestEntry, **changes: Any) -> ManifestEntry:
    """A copy of an entry with other fields."""
    import msgspec

    return msgspec.structs.replace(entry, **changes)


def _look_up_file(uri: FileUri) -> FileFacts:
    with local_errors("look up the file", uri.path):
        status = uri.path.stat()
        check_regular(status.st_mode, uri.path)
        return FileFacts(uri=uri, size=status.st_size)


def _hash_file(facts: FileFacts, reporter: ProgressReporter) -> EntryHash:
    try:
        with local_errors("hash the file", facts.uri.path):
            value = hash_file(facts.uri.path)
    except ValueError as error:
        raise BackendError(
            f"{facts.uri} changed while it was being read: {error}.",
            context={"uri": facts.uri.url},
        ) from error
    reporter.advance(facts.size)
    return value
