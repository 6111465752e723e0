"""The buckets and what is in them: one state, changed by records only."""

from __future__ import annotations

import base64
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs
import msgspec

from local_registry.clock import Clock
from local_registry.s3.objects import model
from local_registry.s3.objects.bodies import Bodies
from local_registry.s3.objects.journal import DamagedError, Journal, sync_folder
from local_registry.s3.objects.keys import Keys
from local_registry.s3.objects.model import Checksum, Part, Piece, Upload, Version

_DECODER = msgspec.msgpack.Decoder(model.Entry)
_ENCODER = msgspec.msgpack.Encoder()
_WORTH_REWRITING = 1_000  # records that say nothing any more
Recorder = Callable[[model.Change], None]


@attrs.define(kw_only=True)
class Bucket:
    """A bucket: its settings, its keys, and the uploads in parts that go on."""

    name: str
    region: str
    made: int
    versioning: model.Versioning = ""
    documents: dict[str, bytes] = attrs.field(factory=dict)
    keys: Keys = attrs.field(factory=Keys)
    uploads: dict[str, OngoingUpload] = attrs.field(factory=dict)


@attrs.define
class OngoingUpload:
    """An upload with the parts that came so far, by number."""

    upload: Upload
    parts: dict[int, Part] = attrs.field(factory=dict)


class ObjectStore:
    """Everything that one registry keeps in S3; safe to share between threads.

    Reads take `lock`; writes happen inside `change`. Without a folder everything goes with the
    process.
    """

    def __init__(self, folder: Path | None = None, *, clock: Clock = time.time) -> None:
        """Open what a folder keeps (made when missing).

        Raises `OSError` when it cannot be read or written, and `DamagedError` when something in it
        is not as it was written.
        """
        self.lock = threading.RLock()
        self.buckets: dict[str, Bucket] = {}
        self._clock = clock
        self._references: Counter[str] = Counter()
        self._unneeded: list[str] = []
        self._journal: Journal | None = None
        if folder is None:
            self.bodies = Bodies(None)
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(folder.parent)
        self.bodies = Bodies(folder / "bodies")
        self._journal = Journal(folder / "journal")
        try:
            self._replay(self._journal)
        except BaseException:
            self._journal.close()
            raise

    def now(self) -> int:
        """Unix seconds; S3 knows no smaller ones."""
        return int(self._clock())

    @contextmanager
    def change(self) -> Iterator[Recorder]:
        """Read and write without interruption by others; changes recorded in the block are on the
        disk when it is left.

        Raises `OSError` when the disk does not take it.
        """
        with self.lock:
            yield self._record
            end = self._journal.end if self._journal else 0
            unneeded, self._unneeded = self._unneeded, []
        self._settle(end, unneeded)

    @contextmanager
    def holding(self, pieces: Sequence[Piece]) -> Iterator[None]:
        """Keep the files of pieces for the time of the block, whatever becomes of their object.

        A caller that looks up the pieces must enter while still holding the lock. Raises `OSError`.
        """
        with self.lock:
            self._refer(pieces)
        try:
            yield
        finally:
            with self.lock:
                self._release(pieces)
                end = self._journal.end if self._journal else 0
                unneeded, self._unneeded = self._unneeded, []
            if unneeded:
                self._settle(end, unneeded)

    @contextmanager
    def staged(self, data: bytes, given: Checksum | None) -> Iterator[Piece]:
        """Incoming bytes, which are removed at the end of the block if nothing refers to them.

        given: a checksum of theirs that was verified. Raises `OSError`.
        """
        crc = None
        if given is not None and given.algorithm == "CRC32":
            crc = int.from_bytes(base64.b64decode(given.value), "big")
        piece = self.bodies.keep(data, crc)
        try:
            yield piece
        finally:
            if piece.file and piece.file not in self._references:
                self.bodies.discard([piece.file])

    def close(self) -> None:
        """Close the journal."""
        with self.lock:
            if self._journal is not None:
                self._journal.close()
            self.bodies.close()

    def _settle(self, end: int, unneeded: Sequence[str]) -> None:
        """Files go when it is on the disk that they are not needed."""
        if self._journal is not None:
            self._journal.sync(end)
        self.bodies.discard(unneeded)

    def _record(self, change: model.Change) -> None:
        if self._journal is not None:
            self._journal.append([_ENCODER.encode(change)])
        self._apply(change)

    def _replay(self, journal: Journal) -> None:
        count = 0
        for payload in journal.read():
            try:
                entry = _DECODER.decode(payload)
                if isinstance(entry, model.Began):
                    _check_format(journal.path, entry.format)
                else:
                    self._apply(entry)
            except (msgspec.MsgspecError, KeyError) as error:
                raise DamagedError(
                    f"record {count + 1} of {journal.path} makes no sense: {error!r}"
                ) from error
            count += 1
        self._unneeded.clear()
        self.bodies.check(self._pieces())
        live = list(self._snapshot())
        if not count or count > len(live) + max(_WORTH_REWRITING, len(live)):
            journal.rewrite(map(_ENCODER.encode, live))

    def _pieces(self) -> Iterator[tuple[str, Piece]]:
        for bucket in self.buckets.values():
            for version in bucket.keys:
                for piece in version.pieces:
                    yield f"s3://{bucket.name}/{version.key} (version {version.id})", piece
            for ongoing in bucket.uploads.values():
                for part in ongoing.parts.values():
                    for piece in part.pieces:
                        yield f"an upload to s3://{bucket.name}/{ongoing.upload.key}", piece

    def _snapshot(self) -> Iterator[model.Entry]:
        yield model.Began(model.FORMAT)
        for bucket in self.buckets.values():
            name = bucket.name
            yield model.BucketMade(name, bucket.region, bucket.made)
            if bucket.versioning:
                yield model.VersioningSet(name, bucket.versioning)
            for resource, document in bucket.documents.items():
                yield model.Configured(name, resource, document)
            for version in bucket.keys:
                yield model.Stored(name, version)
            for identifier, ongoing in bucket.uploads.items():
                yield model.UploadBegun(name, ongoing.upload)
                for part in ongoing.parts.values():
                    yield model.PartStored(name, identifier, part)

    def _apply(self, change: model.Change) -> None:
        match change:
            case model.BucketMade(name, region, made):
                self.buckets[name] = Bucket(name=name, region=region, made=made)
            case model.BucketGone(name):
                for ongoing in self.buckets.pop(name).uploads.values():
                    self._release_parts(ongoing)
            case model.VersioningSet(name, versioning):
                self.buckets[name].versioning = versioning
            case model.Configured(name, resource, document):
                _configure(self.buckets[name], resource, document)
            case model.Stored(name, version):
                self._store(self.buckets[name], version)
            case model.Removed(name, key, identifier):
                self._release_version(self.buckets[name].keys.remove(key, identifier))
            case model.Tagged() | model.Restored():
                self._change_version(change)
            case model.UploadBegun(name, upload):
                self.buckets[name].uploads[upload.id] = OngoingUpload(upload)
            case model.PartStored(name, identifier, part):
                parts = self.buckets[name].uploads[identifier].parts
                self._refer(part.pieces)
                if part.number in parts:
                    self._release(parts[part.number].pieces)
                parts[part.number] = part
            case model.UploadGone(name, identifier):
                self._release_parts(self.buckets[name].uploads.pop(identifier))

    def _change_version(self, change: model.Tagged | model.Restored) -> None:
        keys = self.buckets[change.bucket].keys
        version = _there(keys.find(change.key, change.id))
        if isinstance(change, model.Tagged):
            attributes = msgspec.structs.replace(version.attributes, tags=change.tags)
            changed = msgspec.structs.replace(version, attributes=attributes)
        else:
            changed = msgspec.structs.replace(version, restored=change.until)
        keys.replace(version, changed)

    def _store(self, bucket: Bucket, version: Version) -> None:
        self._refer(version.pieces)
        self._release_version(bucket.keys.put(version))
        if version.upload in bucket.uploads:
            self._release_parts(bucket.uploads.pop(version.upload))

    def _refer(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if piece.file:
                self._references[piece.file] += 1

    def _release_version(self, version: Version | None) -> None:
        if version is not None:
            self._release(version.pieces)

    def _release_parts(self, ongoing: OngoingUpload) -> None:
        for part in ongoing.parts.values():
            self._release(part.pieces)

    def _release(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if piece.file:
                self._references[piece.file] -= 1
                if not self._references[piece.file]:
                    del self._references[piece.file]
                    self._unneeded.append(piece.file)


def _configure(bucket: Bucket, resource: str, document: bytes | None) -> None:
    if document is None:
        bucket.documents.pop(resource, None)
    else:
        bucket.documents[resource] = document


def _there(version: Version | None) -> Version:
    if version is None:
        raise KeyError("a version that is not there")
    return version


def _check_format(path: Path, found: int) -> None:
    if found != model.FORMAT:
        raise DamagedError(
            f"{path} has format {found}; this version of the local registry knows {model.FORMAT}"
        )
