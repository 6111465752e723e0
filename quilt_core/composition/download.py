"""The composition of `download_package`."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import attrs

from quilt_core.composition.budget import ByteBudget
from quilt_core.composition.calls import Calls
from quilt_core.composition.content import object_of, wrong_bytes
from quilt_core.composition.failures import Failures, files, problems_shown
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.entries import ProgressCallback
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.transfer import DownloadResult
from quilt_core.errors import BackendError, QuiltOpsError, ValidationError
from quilt_core.manifest import SHA256_CHUNKED, EntryHash, sort_key
from quilt_core.parallel import bounded_map
from quilt_core.progress import ProgressReporter
from quilt_core.transfer.folders import FileState
from quilt_core.transfer.hash_records import HashRecords
from quilt_core.transfer.hashing import can_hash, file_blocks, hash_blocks, hash_path
from quilt_core.transfer.patterns import Selection
from quilt_core.transfer.records import DownloadRecord, Written
from quilt_core.transfer.safe_paths import (
    Target,
    collisions,
    existing_folder,
    ignores_case,
    key_problem,
)
from quilt_core.transfer.temporary import remove_abandoned, temporary_path

WORKERS = 64
_OF_LARGE_FILE = 8 << 20
"""Bytes of memory that a large file holds, of which a few blocks are read ahead."""


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
        """Whether a file is among those that are asked for."""
        inside = not self.path or key == self.path or key.startswith(f"{self.path}/")
        return inside and selection.takes(key)


def download(calls: Calls, request: DownloadRequest) -> DownloadResult:
    """Write what is not there and right; see the hook `download_package`."""
    selection = Selection(request.include, request.exclude)
    name, registry = request.package_name, request.registry
    top_hash = calls.package_info(name, registry, request.top_hash).top_hash
    ref = RevisionRef.parse(top_hash)
    listing = calls.browse(name, registry, ref, request.path, recursive=True)
    items = [item for item in listing if selection.takes(item.path)]
    target = Target(request.destination)
    _check_keys(items, target)
    record = DownloadRecord(registry.url, str(name), request.destination)
    with HashRecords() as hashes:
        work = _Work(calls, request, target, hashes, record, len(items))
        wanted = work.not_right(items)
        if not request.dry_run:
            _check_space(wanted, request.destination)
            work.fetch(wanted)
    gone = _Gone(request, selection, target, record) if request.delete else None
    if gone is not None:
        gone.delete({item.path for item in items})
    fetched = {item.path for item in wanted}
    return DownloadResult(
        package_name=str(name),
        registry=registry.url,
        dry_run=request.dry_run,
        top_hash=top_hash,
        folder=str(request.destination),
        downloaded=tuple(item.path for item in wanted),
        unchanged=tuple(item.path for item in items if item.path not in fetched),
        deleted=tuple(sorted(gone.deleted, key=sort_key)) if gone else (),
        kept=tuple(sorted(gone.kept, key=sort_key)) if gone else (),
        total_bytes=sum(item.size for item in items),
        downloaded_bytes=sum(item.size for item in wanted),
    )


def _check_keys(items: list[ContentInfo], target: Target) -> None:
    """Raise `ValidationError`, with all of them, for keys that can be no files of the folder."""
    root = target.root
    if root.exists() and not root.is_dir():
        raise ValidationError(f"{str(root)!r} is a file.", hint="Pass a folder to download into.")
    problems = {item.path: found for item in items if (found := key_problem(item.path))}
    for item in items:
        if item.path not in problems and target.leaves(item.path):
            problems[item.path] = "a symbolic link on its path leads out of the folder"
    folder = existing_folder(root)
    twins = collisions(item.path for item in items)
    if twins and ignores_case(folder):
        problems |= {
            second: f"it would be the same file as {first!r} on this file system"
            for first, second in twins
        }
    if problems:
        raise ValidationError(
            f"{files(len(problems))} cannot be written into {str(root)!r}: "
            f"{problems_shown(problems)}. Nothing was written.",
            hint="Leave them out with `exclude`, or read them with open_content.",
            context={"failures": problems},
        )


def _check_space(wanted: list[ContentInfo], folder: Path) -> None:
    needed = sum(item.size for item in wanted)
    free = shutil.disk_usage(existing_folder(folder)).free
    if needed > free:
        raise ValidationError(
            f"{str(folder)!r} has space for {free} bytes, but {needed} bytes are to be downloaded. "
            "Nothing was written.",
            hint="Free some space, or download only a part: `path`, `include`.",
            context={"needed": needed, "free": free},
        )


class _Work:
    """Compares, and fetches, the files of a download, many at once."""

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
        self._budget = ByteBudget(of_large=_OF_LARGE_FILE)
        self._made: set[Path] = set()

    def not_right(self, items: list[ContentInfo]) -> list[ContentInfo]:
        """The files that are not there, or are other ones."""
        total = sum(item.size for item in items)
        reporter = self._reporter("comparing", total)

        def compare(item: ContentInfo) -> bool:
            right = self._is_right(item)
            reporter.advance(item.size)
            return right

        rights = bounded_map(compare, items, 8)
        return [item for item, right in zip(items, rights, strict=True) if not right]

    def _is_right(self, item: ContentInfo) -> bool:
        path = self._target.path(item.path)
        try:
            state = FileState.of(path.lstat())
            if path.is_symlink() or not path.is_file() or state.size != item.size:
                return False
            if item.hash is None or not can_hash(item.hash.type):
                return False
            found = self._hashes.find(path, state, item.hash.type)
            if found is None:
                found = hash_path(item.hash.type, path, item.size)
                if FileState.of(path.lstat()) == state:
                    self._hashes.remember(path, state, found)
        except (OSError, ValueError):
            return False  # what cannot be read is not right; writing it will tell why
        return found == item.hash

    def fetch(self, items: list[ContentInfo]) -> None:
        """Write the files; one error for all that failed."""
        folders = dict.fromkeys(self._target.path(item.path).parent for item in items)
        remove_abandoned([self._target.root, *folders])
        reporter = self._reporter("downloading", sum(item.size for item in items))

        def one(item: ContentInfo) -> None:
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

        for _ in bounded_map(one, items, WORKERS):
            pass
        self._failures.raise_any("Existing files in their places were not changed.")

    def _fetch(self, item: ContentInfo, reporter: ProgressReporter) -> None:
        path = self._target.path(item.path)
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        if path.is_dir() and not path.is_symlink():
            raise ValidationError(
                f"{str(path)!r} is a folder, but the package has a file there",
                hint="Move the folder away.",
            )
        temporary = temporary_path(path.parent)
        uri = object_of(item, self._request.registry, "download_package")
        # A block as large as the file: it is opened and read by one request.
        try:
            with (
                self._calls.open_object(uri, item.size) as source,
                temporary.open("xb") as sink,
            ):
                found = _copy(item, source, sink, reporter)
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        state = FileState.of(path.stat())
        self._record.add(Written(item.path, state.size, state.modified, state.inode))
        self._hashes.remember(path, state, found)

    def _reporter(self, phase: str, total: int) -> ProgressReporter:
        return ProgressReporter(self._request.progress, "download_package", phase, total, "bytes")


def _copy(
    item: ContentInfo, source: BinaryIO, sink: BinaryIO, reporter: ProgressReporter
) -> EntryHash:
    """Copy an object, and compare what is copied with the entry; return its hash."""
    kind = item.hash.type if item.hash else SHA256_CHUNKED
    if not can_hash(kind):
        raise BackendError(
            f"it has a {kind} hash, which cannot be verified here",
            hint="CRC64NVME needs the package awscrt: pip install awscrt.",
        )
    copied = 0

    def blocks() -> Iterator[bytes]:
        nonlocal copied
        for block in file_blocks(source):
            copied += len(block)
            if copied > item.size:
                raise wrong_bytes(item, copied, None)
            sink.write(block)
            reporter.advance(len(block))
            yield block

    try:
        found = hash_blocks(kind, blocks(), item.size)
    except ValueError:
        raise wrong_bytes(item, copied, None) from None
    if item.hash is not None and found != item.hash:
        raise wrong_bytes(item, copied, found.value)
    return found


def _of_system(error: OSError) -> ValidationError:
    return ValidationError(
        f"it cannot be written: {error.strerror or error}", context={"path": str(error.filename)}
    )


class _Gone:
    """Deletes what earlier downloads wrote and the revision does not have."""

    def __init__(
        self,
        request: DownloadRequest,
        selection: Selection,
        target: Target,
        record: DownloadRecord,
    ) -> None:
        self._request = request
        self._selection = selection
        self._target = target
        self._record = record
        self.deleted: list[str] = []
        self.kept: list[str] = []

    def delete(self, keys: set[str]) -> None:
        """Delete what was recorded and is not among `keys`, the files of the revision."""
        left = []
        for key, written in self._record.files().items():
            meant = self._request.means(key, self._selection) and key_problem(key) is None
            if key in keys or not meant or self._target.leaves(key):
                left.append(written)
            elif not self._is_as_written(written):
                continue  # it is gone, or somebody's own now
            elif self._request.dry_run:
                self.deleted.append(key)
                left.append(written)
            elif not self._delete(key):
                left.append(written)
        if not self._request.dry_run:
            self._record.replace(left)

    def _is_as_written(self, written: Written) -> bool:
        try:
            found = FileState.of(self._target.path(written.key).lstat())
        except OSError:
            return False
        same = FileState(written.size, written.modified, written.inode) == found
        if not same:
            self.kept.append(written.key)
        return same

    def _delete(self, key: str) -> bool:
        path = self._target.path(key)
        try:
            path.unlink()
        except OSError:
            self.kept.append(key)
            return False
        self.deleted.append(key)
        for folder in path.parents:
            if folder == self._target.root:
                break
            try:
                folder.rmdir()
            except OSError:
                break  # it holds something else
        return True
