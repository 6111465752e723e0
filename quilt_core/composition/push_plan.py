"""The plan of a push before it uploads: the files that it takes."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import msgspec

from quilt_core.composition.failures import files, problems_shown
from quilt_core.domain.choices import PushMode
from quilt_core.domain.entries import ProgressCallback, Workflow
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.transfer import PushSource
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import ValidationError
from quilt_core.manifest import sort_key
from quilt_core.transfer.folders import FileState, walk_folder
from quilt_core.transfer.patterns import Selection
from quilt_core.transfer.spool import Spool

_LONGEST_KEY = 1024
"""The maximum length of an object's key in S3, in bytes."""


class PushItem(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file to push, as stored in the plan."""

    key: str
    size: int
    """In bytes; 0 for an object in S3, whose size is not known yet."""
    state: FileState | None
    """None for bytes and for objects in S3."""


@attrs.frozen(kw_only=True)
class PushRequest:
    """The arguments of `push_package`; see the hook."""

    package_name: PackageName
    source: PushSource
    registry: Registry
    mode: PushMode
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    metadata: Mapping[str, Any] | None
    entry_metadata: Mapping[str, Mapping[str, Any]]
    message: str | None
    workflow: Workflow
    force: bool
    expected_top_hash: str | None
    dry_run: bool
    allow_unversioned: bool
    use_cache: bool
    progress: ProgressCallback | None


@attrs.define
class PushPlan:
    """The files that a push takes, in path-component order.

    They are kept in a file, because there may be very many.
    """

    request: PushRequest
    items: Spool[PushItem]
    total_bytes: int = 0
    """Of the local files and bytes; objects in S3 are not counted."""
    references: int = 0
    """The number of objects in S3."""
    _folder: str = ""
    """The source, if it is a folder, as an absolute path that ends with a separator."""

    def __attrs_post_init__(self) -> None:
        if isinstance(self.request.source, Path):
            self._folder = os.path.join(self.request.source.absolute(), "")  # noqa: PTH118

    def content(self, item: PushItem) -> str | bytes | S3Uri:
        """The source of a file: an absolute path, bytes, or an object that is already in S3."""
        if self._folder:
            return self._folder + (item.key if os.sep == "/" else item.key.replace("/", os.sep))
        value = self.request.source[item.key]  # type: ignore[index]
        return str(value.absolute()) if isinstance(value, Path) else value

    def keys(self) -> Iterator[str]:
        """The logical keys."""
        return (item.key for item in self.items)


def planned(request: PushRequest, root: str, items: Spool[PushItem]) -> PushPlan:
    """The files that a push takes.

    Parameters
    ----------
    request:
        The push.
    root:
        "" or the catalog's prefix of objects with its slash, as for `prefix_of`.
    items:
        Takes the files; empty.

    Raises
    ------
    ValidationError
        When files cannot be pushed (the error names them all), the source is not a folder, there is
        nothing to push, or metadata is given for a file that does not exist.
    BackendError
        When there is no space for the plan on the disk.
    """
    plan = PushPlan(request, items)
    problems: dict[str, str] = {}
    unknown = set(request.entry_metadata)
    longest = _LONGEST_KEY - len(f"{root}{request.package_name}/".encode())
    for item, is_object in _selected(request, problems):
        if not is_object and request.registry.bucket and len(item.key.encode()) > longest:
            length = len(item.key.encode()) + _LONGEST_KEY - longest
            problems[item.key] = (
                f"its object's key would have {length} bytes, but S3 allows only {_LONGEST_KEY}"
            )
        elif unreadable := _unreadable(plan.content(item)):
            problems[item.key] = unreadable
        items.add(item)
        plan.total_bytes += item.size
        plan.references += is_object
        unknown.discard(item.key)
    if problems:
        raise ValidationError(
            f"{files(len(problems))} cannot be pushed: {problems_shown(problems)}.",
            hint="Exclude them with .quiltignore or `exclude`, or fix them.",
            context={"failures": problems},
        )
    if not items:
        raise ValidationError(
            "There is nothing to push: no file in the source is selected.",
            hint="Check `include`, `exclude` and .quiltignore.",
        )
    if unknown:
        raise ValidationError(
            f"There is metadata for {', '.join(map(repr, sorted(unknown)[:10]))}, which is not "
            "part of the push.",
            hint="The keys of `entry_metadata` are logical keys.",
            context={"logical_keys": sorted(unknown)},
        )
    return plan


def _selected(request: PushRequest, problems: dict[str, str]) -> Iterator[tuple[PushItem, bool]]:
    """The selected files, each with whether it is an object in S3; `problems` gets those that
    cannot be pushed.
    """
    selection = Selection(request.include, request.exclude)
    if isinstance(request.source, Path):
        for file in walk_folder(request.source, selection, problems):
            yield PushItem(file.key, file.state.size, file.state), False
        return
    for key in sorted(request.source, key=sort_key):
        value = request.source[key]
        if not selection.takes(key):
            continue
        if isinstance(value, Path):
            state = _state(key, value, problems)
            if state is not None:
                yield PushItem(key, state.size, state), False
        elif isinstance(value, S3Uri):
            yield PushItem(key, 0, None), True
        else:
            yield PushItem(key, len(value), None), False


def _unreadable(source: str | bytes | S3Uri) -> str | None:
    """Why a local file cannot be read, as far as its permissions say; None if it can."""
    if isinstance(source, str) and not os.access(source, os.R_OK):
        return f"it cannot be read: {os.strerror(errno.EACCES)}"
    return None


def _state(key: str, path: Path, problems: dict[str, str]) -> FileState | None:
    try:
        found = path.stat()
    except OSError as error:
        problems[key] = f"{str(path)!r} cannot be read: {error.strerror}"
        return None
    if not stat.S_ISREG(found.st_mode):
        problems[key] = f"{str(path)!r} is not a file"
        return None
    return FileState.of(found)


def prefix_of(registry: Registry, root: str, package_name: PackageName) -> S3Uri | None:
    """The common beginning of the objects of a push to a bucket, with an empty logical key; None
    for a folder. `root` is "" or the catalog's prefix with its slash.
    """
    if registry.path is not None:
        return None
    return S3Uri(str(registry.bucket), f"{root}{package_name}/")
