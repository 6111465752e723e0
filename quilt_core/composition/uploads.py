"""Process the files of a push: use what the registry holds, and upload the rest."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

import attrs

from quilt_core.composition.budget import IN_MEMORY, ByteBudget
from quilt_core.composition.calls import Calls
from quilt_core.composition.failures import Failures, meets_every_file
from quilt_core.composition.push_plan import (
    Held,
    Holdings,
    PushItem,
    PushRequest,
    key_of,
    target_of,
)
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.entries import NewEntry, Progress
from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri, parse_object_uri
from quilt_core.errors import NotFoundError, QuiltOpsError, ValidationError
from quilt_core.manifest import SHA256_CHUNKED, EntryHash
from quilt_core.progress import ProgressReporter
from quilt_core.revisions import VersionCheck, is_versioned
from quilt_core.transfer.folders import FileState, LocalFile
from quilt_core.transfer.hash_records import HashRecords
from quilt_core.transfer.hashing import can_hash, hash_data, hash_path
from quilt_core.transfer.records import UploadRecord


class FileChange(Enum):
    """How a file compares with the latest revision."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@attrs.frozen
class Prepared:
    """A file of a push whose object exists or, in a dry run, would exist."""

    key: str
    size: int
    change: FileChange
    uploaded: bool
    uri: ObjectUri
    hash: EntryHash | None

    def entry(self, metadata: dict[str, object] | None) -> NewEntry:
        """The entry that refers to it."""
        return NewEntry(self.key, self.uri, metadata or None, self.size, self.hash)


class Uploader:
    """Prepares files one by one; it may be called from any thread."""

    def __init__(
        self,
        calls: Calls,
        request: PushRequest,
        holdings: Holdings,
        root: str,
        *,
        hashes: HashRecords,
        record: UploadRecord,
        versions: VersionCheck,
        failures: Failures,
        reporter: ProgressReporter,
    ) -> None:
        self._calls = calls
        self._request = request
        self._holdings = holdings
        self._root = root
        self._hashes = hashes
        self._record = record
        self._failures = failures
        self._reporter = reporter
        self._budget = ByteBudget()
        self._first = threading.Lock()
        self._may_write = False
        self._versions = versions

    def prepare(self, item: PushItem) -> Prepared | None:
        """Ensure that the registry holds a file; returns None if that failed, and records the
        failure.
        """
        if self._failures.stopped:
            return None
        key = key_of(item)
        try:
            if not isinstance(item, LocalFile) and isinstance(item[1], S3Uri):
                return self._refer(key, item[1])
            size = item.state.size if isinstance(item, LocalFile) else len(item[1])
            with self._budget.of(size):
                return self._prepare(item, key, size)
        except _NotBegun:
            return None
        except QuiltOpsError as error:
            self._failures.add(key, error)
        except OSError as error:
            reason = f"it cannot be read: {error.strerror or error}"
            self._failures.add(key, ValidationError(reason, context={"path": str(error.filename)}))
        except BaseException:
            self._failures.stop()
            raise
        return None

    def _refer(self, key: str, uri: S3Uri) -> Prepared:
        """An object that is already in S3: the package refers to it without copying it."""
        info = self._calls.object_info(uri)
        uri = S3Uri(uri.bucket, uri.key, info.version or uri.version_id)
        change = FileChange.NEW
        former = self._holdings.entries.get(key)
        if former is not None:
            same = former.physical_key == uri.url or (
                info.checksum is not None and former.hash == info.checksum
            )
            change = FileChange.UNCHANGED if same else FileChange.CHANGED
        self._reporter.advance(info.size or 0)
        return Prepared(key, info.size or 0, change, False, uri, info.checksum)

    def _prepare(self, item: PushItem, key: str, size: int) -> Prepared:
        content = _Content(item, key, self._hashes)
        former = self._holdings.entries.get(key)
        held = self._find_held(content, size)
        target = target_of(self._request.registry, self._root, self._request.package_name, key)
        if held is not None:
            uri, found, uploaded = held.uri, held.hash, False
        elif isinstance(target, FileUri) and self._is_in_folder(target, content, size):
            uri, found, uploaded = target, content.hash(SHA256_CHUNKED), False
        elif self._request.dry_run:
            return self._done(
                Prepared(key, size, _change(former, content, size), True, target, None)
            )
        else:
            uri, found = self._upload(content, target, size)
            content.learn(found)
            uploaded = True
        change = _change(former, content, size)
        return self._done(Prepared(key, size, change, uploaded, uri, found))

    def _done(self, prepared: Prepared) -> Prepared:
        if not prepared.uploaded or self._request.dry_run:
            self._reporter.advance(prepared.size)  # an upload has already reported its progress
        return prepared

    def _find_held(self, content: _Content, size: int) -> Held | None:
        for kind in self._holdings.kinds(size):
            if can_hash(kind):
                held = self._holdings.find(content.key, size, content.hash(kind))
                if held is not None and self._is_there(held):
                    return held
        return None

    def _is_there(self, held: Held) -> bool:
        """Whether an object exists: one to which a revision refers does; for others the store is
        asked.
        """
        if held.published:
            return True
        try:
            self._calls.object_info(held.uri)
        except NotFoundError:
            return False
        return True

    def _is_in_folder(self, target: FileUri, content: _Content, size: int) -> bool:
        """Whether a folder, which keeps no versions, already holds these bytes in their place."""
        try:
            there = FileState.of(target.path.stat())
        except FileNotFoundError:
            return False
        if there.size == size:
            mine = content.hash(SHA256_CHUNKED)
            if hash_path(SHA256_CHUNKED, target.path, size) == mine:
                return True
        if not self._request.allow_unversioned:
            raise ValidationError(
                f"{target} contains other bytes that earlier revisions may refer to, and a "
                "folder keeps no versions.",
                hint="Give the file another name, or push with allow_unversioned=True "
                "(--allow-unversioned), which changes what those revisions mean.",
                context={"uri": target.url},
            )
        return False

    def _upload(
        self, content: _Content, target: ObjectUri, size: int
    ) -> tuple[ObjectUri, EntryHash]:
        if not self._may_write:
            with self._first:
                if not self._may_write:
                    return self._upload_first(content, target, size)
        return self._put(content, target, size)

    def _upload_first(
        self, content: _Content, target: ObjectUri, size: int
    ) -> tuple[ObjectUri, EntryHash]:
        """Upload one object alone before the others start, which shows whether this identity may
        write here and whether versions are kept.
        """
        if self._failures.stopped:
            raise _NotBegun
        try:
            self._versions.before()
        except QuiltOpsError:
            self._failures.stop()
            raise
        try:
            uri, found = self._put(content, target, size)
        except QuiltOpsError as error:
            # The bucket does not exist. Stop before the next file tries the same.
            if meets_every_file(error) or isinstance(error, NotFoundError):
                self._failures.stop()
            raise
        try:
            self._versions.after(uri)
        except QuiltOpsError:
            self._failures.stop()
            raise
        self._may_write = True
        return uri, found

    def _put(self, content: _Content, target: ObjectUri, size: int) -> tuple[ObjectUri, EntryHash]:
        steps = _Steps(self._reporter, size) if size >= IN_MEMORY else None
        stored = self._calls.put_object(
            content.source(), target, content.known(SHA256_CHUNKED), steps
        )
        content.check_unchanged()
        if stored.size != size:
            raise changed(content.key)
        uri = parse_object_uri(stored.uri)
        if is_versioned(uri):
            self._record.add(stored.uri, stored.size, stored.hash)
        if steps is None:
            self._reporter.advance(size)
        else:
            steps.finish()
        return uri, stored.hash


def _change(former: ContentInfo | None, content: _Content, size: int) -> FileChange:
    """How a file compares with the entry of its key; it is hashed only if that is necessary."""
    if former is None:
        return FileChange.NEW
    known = former.hash
    if former.size != size or known is None or not can_hash(known.type):
        return FileChange.CHANGED
    return FileChange.UNCHANGED if content.hash(known.type) == known else FileChange.CHANGED


class _NotBegun(Exception):  # noqa: N818 - it is not an error: the first upload's failure is told
    """An upload that waited for the first one, which failed."""


class _Content:
    """The bytes of a file, which are read only once if there are few, and their hashes by type."""

    def __init__(self, item: PushItem, key: str, records: HashRecords) -> None:
        self.key = key
        self._file = item if isinstance(item, LocalFile) else None
        self._data = None if isinstance(item, LocalFile) else item[1]
        self._records = records
        self._hashes: dict[str, EntryHash] = {}

    def hash(self, kind: str) -> EntryHash:
        """The hash of a type, from the records if they have it."""
        if kind not in self._hashes:
            self._hashes[kind] = self._find(kind)
        return self._hashes[kind]

    def known(self, kind: str) -> EntryHash | None:
        """The hash of a type, if it has already been computed."""
        return self._hashes.get(kind)

    def _find(self, kind: str) -> EntryHash:
        if self._file is not None and self._data is None:
            found = self._records.find(self._file.path, self._file.state, kind)
            if found is not None:
                self.check_unchanged()
                return found
        source = self.source()
        if isinstance(source, bytes):
            return self.remember(hash_data(kind, source))
        assert self._file is not None  # noqa: S101 - what is not a file is bytes
        try:
            found = hash_path(kind, source, self._file.state.size)
        except ValueError:
            raise changed(self.key) from None
        self.check_unchanged()
        return self.remember(found)

    def learn(self, found: EntryHash) -> None:
        """Keep the hash that an upload has computed, also for the next push."""
        self._hashes[found.type] = self.remember(found)

    def remember(self, found: EntryHash) -> EntryHash:
        """Keep a hash for the next push."""
        if self._file is not None:
            self._records.remember(self._file.path, self._file.state, found)
        return found

    def source(self) -> Path | bytes:
        """The source of the upload: the bytes of a small file, the path of a large one."""
        if self._data is None:
            assert self._file is not None  # noqa: S101 - what is not a file is bytes
            if self._file.state.size >= IN_MEMORY:
                return self._file.path
            with self._file.path.open("rb") as file:
                self._data = file.read(self._file.state.size + 1)
                after = FileState.of(os.fstat(file.fileno()))
            if len(self._data) != self._file.state.size or after != self._file.state:
                raise changed(self.key)
        return self._data  # type: ignore[return-value]

    def check_unchanged(self) -> None:
        """Raise `ValidationError` if the file was changed since the push began."""
        if self._file is not None and FileState.of(self._file.path.stat()) != self._file.state:
            raise changed(self.key)


def changed(key: str) -> ValidationError:
    """The error for a file that is changed while it is pushed."""
    return ValidationError(
        "it changed while it was read",
        hint="Push again when nothing writes to the files any more.",
        context={"logical_key": key},
    )


class _Steps:
    """Passes on the progress of one upload as progress of the whole push."""

    def __init__(self, reporter: ProgressReporter, size: int) -> None:
        self._reporter = reporter
        self._left = size
        self._lock = threading.Lock()

    def __call__(self, step: Progress) -> None:
        with self._lock:
            total = step.total if step.total is not None else step.done + self._left
            more = self._left - max(total - step.done, 0)
            if step.unit != "bytes" or more <= 0:
                return
            self._left -= more
        self._reporter.advance(more)

    def finish(self) -> None:
        """Report what has not been reported."""
        self._reporter.advance(self._left)
        self._left = 0


def sizes(items: Sequence[PushItem]) -> int:
    """The bytes of the local files; objects in S3 are not counted."""
    return sum(
        item.state.size
        if isinstance(item, LocalFile)
        else 0
        if isinstance(item[1], S3Uri)
        else len(item[1])
        for item in items
    )
