"""Process the files of a push: use what the registry holds, and upload the rest."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from enum import Enum
from itertools import islice

import msgspec

from quilt_core.composition.budget import IN_MEMORY, ByteBudget
from quilt_core.composition.calls import Calls
from quilt_core.composition.failures import Failures, meets_every_file
from quilt_core.composition.holdings import Former, Held, Holdings
from quilt_core.composition.push_plan import PushItem, PushPlan, prefix_of
from quilt_core.composition.pushed_content import PushedContent, changed
from quilt_core.domain.entries import Progress
from quilt_core.domain.objects import StoredObject
from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri, parse_object_uri
from quilt_core.errors import NotFoundError, QuiltOpsError, ValidationError
from quilt_core.manifest import SHA256_CHUNKED, EntryHash
from quilt_core.progress import ProgressReporter
from quilt_core.revisions import VersionCheck, is_versioned
from quilt_core.transfer.folders import FileState
from quilt_core.transfer.hash_records import MOST_AHEAD, HashRecords
from quilt_core.transfer.hashing import can_hash, hash_path
from quilt_core.transfer.records import UploadRecord


class FileChange(Enum):
    """How a file compares with the latest revision."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


PlannedFile = tuple[PushItem, Former | None]
"""A file of the plan, and the entry that the latest revision has for it."""


class Prepared(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file of a push whose object exists or, in a dry run, would exist; as stored in the
    results.
    """

    key: str
    size: int
    change: FileChange
    uploaded: bool
    place: tuple[str, str, str | None] | str
    """The object: bucket, key and version, or the URI of a file."""
    hash: EntryHash | None
    former_metadata: bytes | None
    """The user metadata of the latest revision's entry, as JSON; None if it has none."""

    @property
    def uri(self) -> ObjectUri:
        """The object."""
        return FileUri.parse(self.place) if isinstance(self.place, str) else S3Uri(*self.place)


class Uploader:
    """Prepares files one by one; it may be called from any thread.

    `target` returns the address for the object of a logical key (`targets`); `check` is called once
    before the first upload, and raises if there should be none.
    """

    def __init__(
        self,
        calls: Calls,
        plan: PushPlan,
        holdings: Holdings,
        target: Callable[[str], ObjectUri],
        check: Callable[[], None],
        *,
        hashes: HashRecords,
        record: UploadRecord,
        versions: VersionCheck,
        failures: Failures,
        reporter: ProgressReporter,
    ) -> None:
        self._calls = calls
        self._plan = plan
        self._request = plan.request
        self._holdings = holdings
        self._target = target
        self._check = check
        self.refused: QuiltOpsError | None = None
        """The error of `check`, which concerns the push and not a single file."""
        self._hashes = hashes
        self._record = record
        self._failures = failures
        self._reporter = reporter
        self._budget = ByteBudget()
        self._first = threading.Lock()
        self._may_write = False
        self._versions = versions

    @property
    def some_stay(self) -> bool:
        """Whether there may be files for which `stays` is true."""
        overwrites = self._request.registry.bucket or self._request.allow_unversioned
        return self._plan.references > 0 or not overwrites

    def stays(self, item: PushItem) -> bool:
        """Whether a file will never be uploaded: an object in S3, or a file whose place in a folder
        is taken, by the same bytes or by others, which are not overwritten.
        """
        if isinstance(self._plan.content(item), S3Uri):
            return True
        target = self._target(item.key)
        return isinstance(target, FileUri) and os.path.exists(target.path)  # noqa: PTH110 - no error

    def read_ahead(self, items: Iterable[PlannedFile]) -> Iterator[PlannedFile]:
        """The files, about which the records of hashes are read for many at a time."""
        remaining = iter(items)
        while batch := list(islice(remaining, MOST_AHEAD)):
            if self._holdings.are_hashed:
                sources = (self._plan.content(item) for item, _ in batch)
                self._hashes.read_ahead([one for one in sources if isinstance(one, str)])
            yield from batch

    def prepare(self, item: PushItem, former: Former | None) -> Prepared | None:
        """Ensure that the registry holds a file; returns None if that failed, and records the
        failure.

        `former` is the entry that the latest revision has for it.
        """
        if self._failures.stopped:
            return None
        try:
            source = self._plan.content(item)
            if isinstance(source, S3Uri):
                return self._refer(item.key, source, former)
            with self._budget.of(item.size):
                return self._prepare(PushedContent(item, source, self._hashes), former)
        except _NotBegun:
            return None
        except QuiltOpsError as error:
            self._failures.add(item.key, error)
        except OSError as error:
            reason = f"it cannot be read: {error.strerror or error}"
            failure = ValidationError(reason, context={"path": str(error.filename)})
            self._failures.add(item.key, failure)
        except BaseException:
            self._failures.stop()
            raise
        return None

    def _refer(self, key: str, uri: S3Uri, former: Former | None) -> Prepared:
        """An object that is already in S3: the package refers to it without copying it."""
        info = self._calls.object_info(uri)
        uri = S3Uri(uri.bucket, uri.key, info.version or uri.version_id)
        change = FileChange.NEW
        if former is not None:
            same = former.physical_key == uri.url or (
                info.checksum is not None and former.hash == info.checksum
            )
            change = FileChange.UNCHANGED if same else FileChange.CHANGED
        self._reporter.advance(info.size or 0)
        return _prepared(key, info.size or 0, change, False, uri, info.checksum, former)

    def _prepare(self, content: PushedContent, former: Former | None) -> Prepared:
        size = content.size
        held = self._find_held(content, former)
        target = self._target(content.key)
        found: EntryHash | None
        if held is not None:
            uri, found, uploaded = held.uri, held.hash, False
        elif isinstance(target, FileUri) and self._is_in_folder(target, content):
            uri, found, uploaded = target, content.hash(SHA256_CHUNKED), False
        elif self._request.dry_run:
            uri, found, uploaded = target, None, True
        else:
            uri, found = self._upload(content, target)
            content.learn(found)
            uploaded = True
        change = _change(former, content)
        if not uploaded or self._request.dry_run:
            self._reporter.advance(size)  # an upload has already reported its progress
        return _prepared(content.key, size, change, uploaded, uri, found, former)

    def _find_held(self, content: PushedContent, former: Former | None) -> Held | None:
        for kind in self._holdings.kinds(content.size):
            if can_hash(kind):
                held = self._holdings.find(former, content.size, content.hash(kind))
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

    def _is_in_folder(self, target: FileUri, content: PushedContent) -> bool:
        """Whether a folder, which keeps no versions, already holds these bytes in their place."""
        try:
            there = FileState.of(target.path.stat())
        except (FileNotFoundError, NotADirectoryError):
            return False
        if there.size == content.size:
            mine = content.hash(SHA256_CHUNKED)
            if hash_path(SHA256_CHUNKED, target.path, content.size) == mine:
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

    def _upload(self, content: PushedContent, target: ObjectUri) -> tuple[ObjectUri, EntryHash]:
        if not self._may_write:
            with ExitStack() as others_wait:
                others_wait.enter_context(self._first)
                if not self._may_write:
                    return self._upload_first(content, target, others_wait)
        return self._put(content, target)

    def _upload_first(
        self, content: PushedContent, target: ObjectUri, others_wait: ExitStack
    ) -> tuple[ObjectUri, EntryHash]:
        """Upload one object alone before the others start, which shows whether this identity may
        write here and whether versions are kept.

        `others_wait` is closed earlier if versions are known to be kept and a part of the object
        was sent: beginning an upload in parts needs the same permission.
        """
        if self._failures.stopped:
            raise _NotBegun
        try:
            self._check()
        except QuiltOpsError as error:
            self.refused = error
            self._failures.stop()
            raise _NotBegun from None
        try:
            are_kept = self._versions.before()
        except QuiltOpsError:
            self._failures.stop()
            raise

        def begun() -> None:
            if are_kept:
                self._may_write = True
                others_wait.close()

        try:
            uri, found = self._put(content, target, begun)
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

    def _put(
        self,
        content: PushedContent,
        target: ObjectUri,
        begun: Callable[[], object] | None = None,
    ) -> tuple[ObjectUri, EntryHash]:
        """Upload an object; `begun` is called when a part of a large one was sent."""
        size = content.size
        steps = _Steps(self._reporter, size, begun) if size >= IN_MEMORY else None
        stored = self._calls.put_object(
            content.source(), target, content.known(SHA256_CHUNKED), steps
        )
        content.check_unchanged()
        if stored.size != size:
            raise changed(content.key)
        uri = _written_uri(stored, target)
        if is_versioned(uri):
            self._record.add(stored.uri, stored.size, stored.hash)
        if steps is None:
            self._reporter.advance(size)
        else:
            steps.finish()
        return uri, stored.hash


def targets(plan: PushPlan, root: str) -> Callable[[str], ObjectUri]:
    """The function from the logical key of a file to the address for its object."""
    registry, name = plan.request.registry, plan.request.package_name
    prefix = prefix_of(registry, root, name)
    if prefix is not None:
        bucket, beginning = prefix.bucket, prefix.key
        return lambda key: S3Uri(bucket, beginning + key)
    assert registry.path is not None  # noqa: S101 - otherwise there is a prefix
    folder = registry.path / str(name)
    return lambda key: FileUri(folder.joinpath(*key.split("/")))


def _written_uri(stored: StoredObject, target: ObjectUri) -> ObjectUri:
    """The object's URI with its version. It is nearly always that of `target`, and then need not be
    parsed.
    """
    if isinstance(target, S3Uri):
        uri = S3Uri(target.bucket, target.key, stored.version)
        if uri.url == stored.uri:
            return uri
    return parse_object_uri(stored.uri)


def _prepared(
    key: str,
    size: int,
    change: FileChange,
    uploaded: bool,
    uri: ObjectUri,
    found: EntryHash | None,
    former: Former | None,
) -> Prepared:
    place = (uri.bucket, uri.key, uri.version_id) if isinstance(uri, S3Uri) else uri.url
    return Prepared(
        key, size, change, uploaded, place, found, former.metadata_json if former else None
    )


def _change(former: Former | None, content: PushedContent) -> FileChange:
    """How a file compares with the entry of its key; it is hashed only if that is necessary."""
    if former is None:
        return FileChange.NEW
    known = former.hash
    if former.size != content.size or known is None or not can_hash(known.type):
        return FileChange.CHANGED
    return FileChange.UNCHANGED if content.hash(known.type) == known else FileChange.CHANGED


class _NotBegun(Exception):  # noqa: N818 - it is not an error: the first upload's failure is told
    """An upload that waited for the first one, which failed."""


class _Steps:
    """Passes on the progress of one upload as progress of the whole push."""

    def __init__(
        self, reporter: ProgressReporter, size: int, begun: Callable[[], object] | None
    ) -> None:
        self._reporter = reporter
        self._begun = begun
        self._left = size
        self._lock = threading.Lock()

    def __call__(self, step: Progress) -> None:
        with self._lock:
            total = step.total if step.total is not None else step.done + self._left
            more = self._left - max(total - step.done, 0)
            if step.unit != "bytes" or more <= 0:
                return
            self._left -= more
        if self._begun is not None:
            self._begun()
        self._reporter.advance(more)

    def finish(self) -> None:
        """Report what has not been reported."""
        self._reporter.advance(self._left)
        self._left = 0
