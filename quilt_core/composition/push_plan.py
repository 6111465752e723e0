"""The plan of a push before it uploads: the files, and which of them the registry already holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from quilt_core.composition.failures import files, problems_shown
from quilt_core.domain.content import ContentInfo
from quilt_core.domain.entries import ProgressCallback, Workflow
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.transfer import PushMode, PushSource
from quilt_core.domain.uris import FileUri, ObjectUri, S3Uri, parse_object_uri
from quilt_core.errors import ValidationError
from quilt_core.manifest import EntryHash, sort_key
from quilt_core.revisions import is_versioned
from quilt_core.transfer.folders import FileState, LocalFile, list_folder
from quilt_core.transfer.patterns import Selection

_LONGEST_KEY = 1024
"""The maximum length of an object's key in S3, in bytes."""
PushItem = LocalFile | tuple[str, bytes] | tuple[str, S3Uri]


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


def key_of(item: PushItem) -> str:
    """The logical key of a file to push."""
    return item.key if isinstance(item, LocalFile) else item[0]


def items_of(request: PushRequest, root: str) -> list[PushItem]:
    """The files that a push takes, in path-component order.

    Parameters
    ----------
    request:
        The push.
    root:
        "" or the catalog's prefix of objects with its slash, as for `target_of`.

    Raises
    ------
    ValidationError
        When files cannot be pushed (the error names them all), the source is not a folder, there is
        nothing to push, or metadata is given for a file that does not exist.
    """
    selection = Selection(request.include, request.exclude)
    items: list[PushItem]
    if isinstance(request.source, Path):
        listed = list_folder(request.source, selection)
        items, problems = list(listed.files), listed.problems
    else:
        items, problems = _given(request.source, selection)
    problems |= _too_long(request, root, items)
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
    unknown = sorted(set(request.entry_metadata) - {key_of(item) for item in items})
    if unknown:
        raise ValidationError(
            f"There is metadata for {', '.join(map(repr, unknown[:10]))}, which is not part of "
            "the push.",
            hint="The keys of `entry_metadata` are logical keys.",
            context={"logical_keys": unknown},
        )
    return items


def _too_long(request: PushRequest, root: str, items: list[PushItem]) -> dict[str, str]:
    """The files whose objects would have keys that S3 does not accept."""
    if request.registry.bucket is None:
        return {}
    used = len(f"{root}{request.package_name}/".encode())
    lengths = {
        key_of(item): used + len(key_of(item).encode())
        for item in items
        if isinstance(item, LocalFile) or not isinstance(item[1], S3Uri)
    }
    return {
        key: f"its object's key would have {length} bytes, but S3 allows only {_LONGEST_KEY}"
        for key, length in lengths.items()
        if length > _LONGEST_KEY
    }


def _given(
    source: Mapping[str, Any], selection: Selection
) -> tuple[list[PushItem], dict[str, str]]:
    items: list[PushItem] = []
    problems: dict[str, str] = {}
    for key in sorted(source, key=sort_key):
        value = source[key]
        if not selection.takes(key):
            continue
        if isinstance(value, Path):
            try:
                found = value.stat()
                if not value.is_file():
                    problems[key] = f"{str(value)!r} is not a file"
                    continue
            except OSError as error:
                problems[key] = f"{str(value)!r} cannot be read: {error.strerror}"
                continue
            items.append(LocalFile(key, value, FileState.of(found)))
        else:
            items.append((key, value))
    return items, problems


@attrs.frozen
class Held:
    """Content that the registry holds in an object that is never overwritten."""

    hash: EntryHash
    uri: ObjectUri
    published: bool
    """Whether a revision refers to it; otherwise a push that ended early wrote it."""


class Holdings:
    """The contents of the latest revision, by logical key and by hash.

    Parameters
    ----------
    entries:
        The files of the latest revision.
    """

    def __init__(self, entries: Iterable[ContentInfo] = ()) -> None:
        self.entries = {item.path: item for item in entries}
        self._kinds: dict[int, dict[str, None]] = {}
        self._held: dict[tuple[int, EntryHash], Held] = {}
        for item in self.entries.values():
            held = held_by(item)
            if held is not None:
                self.add(item.size, held)

    def add(self, size: int, held: Held) -> None:
        """Add an object of `size` bytes, unless one with these bytes is already known."""
        self._kinds.setdefault(size, {})[held.hash.type] = None
        self._held.setdefault((size, held.hash), held)

    def kinds(self, size: int) -> Iterable[str]:
        """The types of the hashes that objects of a size have."""
        return self._kinds.get(size, ())

    def find(self, key: str, size: int, found: EntryHash) -> Held | None:
        """An object with these bytes, preferably the one at `key`."""
        item = self.entries.get(key)
        if item is not None and item.hash == found and item.size == size:
            own = held_by(item)
            if own is not None:
                return own
        return self._held.get((size, found))

    def replaced_by(self, keys: Iterable[str]) -> Iterator[str]:
        """The files that conflict with new ones: those below a new key, or in its path."""
        new = set(keys)
        above = {parent for key in new for parent in _parents(key)}
        for path in self.entries:
            if path not in new and (path in above or new.intersection(_parents(path))):
                yield path


def held_by(item: ContentInfo) -> Held | None:
    """The object of an entry, if it has a hash and is never overwritten."""
    uri = uri_of(item)
    if uri is None or item.hash is None or not is_versioned(uri):
        return None
    return Held(item.hash, uri, published=True)


def uri_of(item: ContentInfo) -> ObjectUri | None:
    """The object that an entry refers to; None when its physical key names none."""
    try:
        return parse_object_uri(item.physical_key or "")
    except ValidationError:
        return None


def target_of(registry: Registry, root: str, package_name: PackageName, key: str) -> ObjectUri:
    """The key for the object of a file; `root` is "" or the catalog's prefix with its slash."""
    if registry.path is not None:
        return FileUri(registry.path.joinpath(str(package_name), *key.split("/")))
    return S3Uri(str(registry.bucket), f"{root}{package_name}/{key}")


def _parents(key: str) -> tuple[str, ...]:
    found = []
    while key := key.rpartition("/")[0]:
        found.append(key)
    return tuple(found)
