"""The composition of `verify_package`."""

from __future__ import annotations

import stat
from pathlib import Path

from quilt_core.composition.calls import Calls
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.names import PackageName, Registry, RevisionRef
from quilt_core.domain.transfer import FileDifference, VerifyResult
from quilt_core.manifest import EntryHash
from quilt_core.parallel import bounded_map
from quilt_core.shared_lookups import shared_lookups
from quilt_core.transfer.folders import FileState, LocalFile, list_folder
from quilt_core.transfer.hashing import can_hash, hash_path
from quilt_core.transfer.patterns import Selection
from quilt_core.transfer.safe_paths import Target, key_problem

_WORKERS = 8
_MISSING = "missing"


@shared_lookups()
def verify(
    calls: Calls,
    name: PackageName,
    registry: Registry,
    folder: Path,
    ref: RevisionRef,
    path: str,
) -> VerifyResult:
    """Compare a folder with a revision; see the hook `verify_package`."""
    listed = list_folder(folder, Selection())
    there = {file.key: file for file in listed.files}
    top_hash = calls.package_info(name, registry, ref).top_hash
    items = list(calls.browse(name, registry, RevisionRef.parse(top_hash), path, recursive=True))
    keys = {item.path for item in items}
    target = Target(folder)
    # Files of the package count even if .quiltignore would exclude them.
    for item in items:
        if item.path not in there and item.path not in listed.problems:
            found = _look_up(target, item.path, listed.problems)
            if found is not None:
                there[item.path] = found

    def compare(item: ContentInfo) -> FileDifference | None:
        file, problem = there.get(item.path), listed.problems.get(item.path)
        return _compare(item, target.path(item.path), file, problem)

    differing = [one for one in bounded_map(compare, items, _WORKERS) if one is not None]
    missing = tuple(one.path for one in differing if one.reason == _MISSING)
    inside = [key for key in there if not path or key == path or key.startswith(f"{path}/")]
    return VerifyResult(
        package_name=str(name),
        registry=registry.url,
        top_hash=top_hash,
        folder=str(folder),
        matching=len(items) - len(differing),
        missing=missing,
        extra=tuple(key for key in inside if key not in keys),
        differing=tuple(one for one in differing if one.reason != _MISSING),
    )


def _look_up(target: Target, key: str, problems: dict[str, str]) -> LocalFile | None:
    """The file of a key, if there is one; `problems` gets the reason why that cannot be told."""
    if key_problem(key) or target.leaves(key):
        return None
    try:
        found = target.path(key).stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        problems[key] = f"it cannot be read: {error.strerror or error}"
        return None
    return LocalFile(key, FileState.of(found)) if stat.S_ISREG(found.st_mode) else None


def _compare(
    item: ContentInfo, path: Path, file: LocalFile | None, problem: str | None
) -> FileDifference | None:
    """How a file differs from its entry; None if it does not."""
    if file is None:
        return _difference(item, problem or _MISSING, None, None)
    if file.state.size != item.size:
        return _difference(item, "size", file.state.size, None)
    if item.hash is None or not can_hash(item.hash.type):
        kind = item.hash.type if item.hash else "no"
        return _difference(item, f"the entry has {kind} hash to compare", item.size, None)
    try:
        found = hash_path(item.hash.type, path, item.size)
    except ValueError:
        return _difference(item, "it changed while it was read", None, None)
    except OSError as error:
        return _difference(item, f"it cannot be read: {error.strerror or error}", item.size, None)
    return None if found == item.hash else _difference(item, "hash", item.size, found)


def _difference(
    item: ContentInfo, reason: str, size: int | None, found: EntryHash | None
) -> FileDifference:
    return FileDifference(
        path=item.path,
        reason=reason,
        expected_size=item.size,
        found_size=size,
        expected_hash=item.hash,
        found_hash=found,
    )
