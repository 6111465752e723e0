"""The composition of `download_package`."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

import attrs
import msgspec

from quilt_core.composition.budget import ByteBudget
from quilt_core.composition.calls import Calls
from quilt_core.composition.content import object_of, wrong_bytes
from quilt_core.composition.failures import Failures
from quilt_core.composition.places import (
    check_folder,
    is_a_folder,
    make_folder,
    obstacle,
    put_in_place,
    unwritable,
)
from quilt_core.composition.superseded import SupersededFiles
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.transfer import DownloadResult
from quilt_core.errors import BackendError, QuiltOpsError, ValidationError
from quilt_core.manifest import SHA256_CHUNKED, EntryHash, sort_key
from quilt_core.parallel import for_each
from quilt_core.progress import ProgressReporter
from quilt_core.shared_lookups import shared_lookups
from quilt_core.transfer.folders import FileState
from quilt_core.transfer.hash_records import HashRecords
from quilt_core.transfer.hashing import can_hash, file_blocks, hash_blocks, hash_path
from quilt_core.transfer.patterns import Selection
from quilt_core.transfer.records import DownloadRecord, Written
from quilt_core.transfer.safe_paths import (
    Lookalikes,
    Target,
    collisions,
    existing_folder,
    ignores_case,
    key_problem,
)
from quilt_core.transfer.spool import Spool
from quilt_core.transfer.temporary import remove_abandoned, temporary_name

WORKERS = 64
_READERS = 8
"""The number of existing files that are read at the same time."""


@attrs.frozen(kw_only=True)
class DownloadRequest:
    """The arguments of `download_package`; see the hook."""

    package_name: PackageName
    registry: Registry
    destination: Path
    path: str
    top_hash: RevisionRef
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    dry_run: bool
    delete: bool
    progress: ProgressCallback | None

    def means(self, key: str, selection: Selection) -> bool:
        """Whether a file was requested."""
        inside = not self.path or key == self.path or key.startswith(f"{self.path}/")
        return inside and selection.takes(key)


class _Item(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file to download, as stored in the plan."""

    path: str
    size: int
    physical_key: str | None
    hash: EntryHash | None


@attrs.define
class _Plan:
    """The requested files, in order, and which of them have to be fetched.

    They are kept in a file, because a package may have very many; one byte per file records whether
    it exists with the right content.
    """

    items: Spool[_Item]
    total_bytes: int = 0
    right: bytearray = attrs.field(factory=bytearray)

    def wanted(self) -> Iterator[_Item]:
        """The files that are missing or differ."""
        return (item for item, right in zip(self.items, self.right, strict=True) if not right)

    def paths(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The paths of the files to fetch, and of those that are already right."""

        def paths(found: bool) -> tuple[str, ...]:
            if found not in self.right:
                return ()
            marked = zip(self.items, self.right, strict=True)
            return tuple(item.path for item, right in marked if right == found)

        return paths(False), paths(True)


@shared_lookups()
def download(calls: Calls, request: DownloadRequest) -> DownloadResult:
    """Write the files that are missing or differ; see the hook `download_package`."""
    selection = Selection(request.include, request.exclude)
    name, registry = request.package_name, request.registry
    top_hash = calls.package_info(name, registry, request.top_hash).top_hash
    ref = RevisionRef.parse(top_hash)
    listing = calls.browse(name, registry, ref, request.path, recursive=True)
    target = Target(request.destination)
    with (
        Spool(_Item) as items,
        HashRecords() as hashes,
        DownloadRecord(registry.url, str(name), request.destination) as record,
    ):
        plan = _planned(listing, selection, target, items)
        work = _Work(calls, request, target, hashes, record, len(items))
        work.compare(plan)
        replaced = work.replaced()
        wanted_bytes = sum(item.size for item in plan.wanted())
        if any(plan.wanted()):
            check_folder(request.destination, wanted_bytes)
            work.check_places(plan)
        if not request.dry_run:
            work.fetch(plan, wanted_bytes)
        gone = SupersededFiles(request, selection, target, record) if request.delete else None
        if gone is not None:
            gone.delete({item.path for item in items})
        downloaded, unchanged = plan.paths()
        return DownloadResult(
            package_name=str(name),
            registry=registry.url,
            dry_run=request.dry_run,
            top_hash=top_hash,
            folder=str(request.destination),
            downloaded=downloaded,
            replaced=replaced,
            unchanged=unchanged,
            deleted=tuple(sorted(gone.deleted, key=sort_key)) if gone else (),
            kept=tuple(sorted(gone.kept, key=sort_key)) if gone else (),
            total_bytes=plan.total_bytes,
            downloaded_bytes=wanted_bytes,
        )


def _planned(
    listing: Iterable[ContentInfo], selection: Selection, target: Target, items: Spool[_Item]
) -> _Plan:
    """The files that are asked for.

    Raises `ValidationError`, which names all keys that cannot be files in the folder.
    """
    root = target.root
    above = existing_folder(root)
    plan, lookalikes = _Plan(items), Lookalikes()
    problems: dict[str, str] = {}
    for item in listing:
        if not selection.takes(item.path):
            continue
        items.add(_Item(item.path, item.size, item.physical_key, item.hash))
        plan.total_bytes += item.size
        lookalikes.add(item.path)
        if found := key_problem(item.path):
            problems[item.path] = found
        elif target.leaves(item.path):
            problems[item.path] = "a link leads from its place out of the folder"
    if lookalikes.may_be() and ignores_case(above):
        problems |= {
            second: f"it would be the same file as {first!r} on this file system"
            for first, second in collisions(item.path for item in items)
        }
    if problems:
        raise unwritable(
            root,
            problems,
            hint="Leave them out with `exclude`, or read them with open_content.",
        )
    return plan


class _Work:
    """Compares and fetches the files of a download, many at once."""

    def __init__(
        self,
        calls: Calls,
        request: DownloadRequest,
        target: Target,
        hashes: HashRecords,
        record: DownloadRecord,
        total: int,
    ) -> None:
        self._calls = calls
        self._request = request
        self._target = target
        self._hashes = hashes
        self._record = record
        self._failures = Failures("downloaded", total)
        self._budget = ByteBudget()
        self._made: set[str] = set()
        self._in_place: dict[str, FileState] = {}
        self._obstacles: dict[str, str] = {}

    def compare(self, plan: _Plan) -> None:
        """Find out which files already exist with the right content."""
        reporter = self._reporter("comparing", plan.total_bytes)
        plan.right = bytearray(len(plan.items))

        def compare(numbered: tuple[int, _Item]) -> None:
            number, item = numbered
            plan.right[number] = self._is_right(item)
            reporter.advance(item.size)

        for_each(compare, enumerate(plan.items), _READERS)

    def _is_right(self, item: _Item) -> bool:
        place = self._target.place(item.path)
        try:
            found = os.lstat(place)
            state = FileState.of(found)
            if stat.S_ISDIR(found.st_mode):
                self._obstacles[item.path] = is_a_folder(place)
                return False
            self._in_place[item.path] = state
            if not stat.S_ISREG(found.st_mode) or state.size != item.size:
                return False
            if self._has_hash(place, state, item):
                del self._in_place[item.path]
                return True
        except (OSError, ValueError):
            pass  # a file that cannot be read counts as wrong; its folder may still be written to
        return False

    def check_places(self, plan: _Plan) -> None:
        """Refuse places that cannot be written to, before anything is written.

        Raises `ValidationError`, which names all files that they are for.
        """
        known: dict[str, str | None] = {}
        for item in plan.wanted():
            folder = os.path.dirname(self._target.place(item.path))  # noqa: PTH120
            if found := obstacle(folder, known):
                self._obstacles.setdefault(item.path, found)
        if self._obstacles:
            raise unwritable(
                self._target.root,
                dict(sorted(self._obstacles.items())),
                hint="Move away what is in their places, or leave them out with `exclude`.",
            )

    def replaced(self) -> tuple[str, ...]:
        """What `fetch` will replace although no earlier download wrote it, or not as it is now."""
        for written in self._record.files(self._in_place).values():
            if self._in_place[written.key] == written.state:
                del self._in_place[written.key]
        return tuple(sorted(self._in_place, key=sort_key))

    def _has_hash(self, path: str, state: FileState, item: _Item) -> bool:
        if item.hash is None or not can_hash(item.hash.type):
            return False
        found = self._hashes.find(path, state, item.hash.type)
        if found is None:
            found = hash_path(item.hash.type, Path(path), item.size)
            if FileState.of(os.lstat(path)) == state:
                self._hashes.remember(path, state, found)
        return found == item.hash

    def fetch(self, plan: _Plan, total: int) -> None:
        """Write the files to fetch, `total` bytes in all; raises one error for all that failed."""
        folders = {os.path.dirname(self._target.place(item.path)) for item in plan.wanted()}  # noqa: PTH120
        remove_abandoned([self._target.root, *map(Path, folders)])
        reporter = self._reporter("downloading", total)

        def one(item: _Item) -> None:
            if self._failures.stopped:
                return
            try:
                with self._budget.of(item.size):
                    self._fetch(item, reporter)
            except QuiltOpsError as error:
                self._failures.add(item.path, error)
            except OSError as error:
                self._failures.add(item.path, _of_system(error))
            except BaseException:
                self._failures.stop()
                raise

        for_each(one, plan.wanted(), WORKERS)
        self._failures.raise_any("What was there before in their places is as it was.")

    def _fetch(self, item: _Item, reporter: ProgressReporter) -> None:
        place = self._target.place(item.path)
        folder = os.path.dirname(place)  # noqa: PTH120 - text costs a tenth of a path
        if folder not in self._made:
            make_folder(folder)
            self._made.add(folder)
        uri = object_of(item, self._request.registry, "download_package")
        temporary = os.path.join(folder, temporary_name())  # noqa: PTH118
        # A block as large as the file, so that one request opens and reads it.
        try:
            with (
                self._calls.open_object(uri, item.size) as source,
                open(temporary, "xb", buffering=0) as sink,  # noqa: PTH123
            ):
                found = _copy(item, source, sink, reporter)
            put_in_place(temporary, place)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108
            raise
        state = FileState.of(os.stat(place))  # noqa: PTH116
        self._record.add(Written(item.path, state))
        self._hashes.remember(place, state, found)

    def _reporter(self, phase: str, total: int) -> ProgressReporter:
        return ProgressReporter(self._request.progress, "download_package", phase, total, "bytes")


def _copy(item: _Item, source: BinaryIO, sink: RawIOBase, reporter: ProgressReporter) -> EntryHash:
    """Copy an object, compare the copied bytes with the entry, and return their hash."""
    kind = item.hash.type if item.hash else SHA256_CHUNKED
    if not can_hash(kind):
        raise BackendError(
            f"it has a {kind} hash, which cannot be verified here",
            hint="CRC64NVME needs the package awscrt: pip install awscrt.",
        )
    copied = 0

    def blocks() -> Iterator[bytes | memoryview]:
        nonlocal copied
        for block in file_blocks(source, item.size):
            copied += len(block)
            if copied > item.size:
                raise wrong_bytes(item, copied, None)
            _write(sink, block)
            reporter.advance(len(block))
            yield block

    try:
        found = hash_blocks(kind, blocks(), item.size)
    except ValueError:
        raise wrong_bytes(item, copied, None) from None
    if item.hash is not None and found != item.hash:
        raise wrong_bytes(item, copied, found.value)
    return found


def _write(sink: RawIOBase, block: bytes | memoryview) -> None:
    """Write all of a block: an unbuffered file may write less than it is given."""
    written = sink.write(block) or 0
    while written < len(block):
        written += sink.write(block[written:]) or 0


def _of_system(error: OSError) -> ValidationError:
    return ValidationError(
        f"it cannot be written: {error.strerror or error}", context={"path": str(error.filename)}
    )
