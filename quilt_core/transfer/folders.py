"""The files of a folder, as a push takes them and a verification compares them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import attrs
import msgspec

from quilt_core.domain.uris import is_unicode
from quilt_core.errors import ValidationError
from quilt_core.transfer.patterns import IGNORE_FILE, IgnoreRules, Selection
from quilt_core.transfer.safe_paths import status_of
from quilt_core.transfer.temporary import is_temporary

_64_BITS = (1 << 64) - 1


class FileState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The state from which a later change of a file is recognized: size in bytes, times in ns, and
    inode.
    """

    size: int
    modified: int
    changed: int
    """When the file was last written or renamed, or its time of modification set, which a program
    cannot choose; on Windows, when it was created.
    """
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> FileState:
        """The state from the result of `stat`."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino & _64_BITS)


class LocalFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file of a folder, by its path from the root, with `/` on every system."""

    key: str
    state: FileState


@attrs.frozen
class Listed:
    """The contents of a folder: the selected files, and those that cannot be used, with reasons."""

    files: list[LocalFile]
    problems: dict[str, str]


def list_folder(root: Path, selection: Selection) -> Listed:
    """List the files below a folder; see `walk_folder`."""
    problems: dict[str, str] = {}
    return Listed(list(walk_folder(root, selection, problems)), problems)


def walk_folder(root: Path, selection: Selection, problems: dict[str, str]) -> Iterator[LocalFile]:
    """The files below a folder, without those that `.quiltignore` excludes, in path-component
    order.

    Only the names in one folder are in memory at the same time.

    A link is followed if its target is also in the folder; a link that leaves the folder, or whose
    target is a folder that contains it, is a problem. So is anything that is neither a file nor a
    folder or cannot be read, and a name that is not Unicode.

    Parameters
    ----------
    root:
        The folder.
    selection:
        The files to include and to exclude.
    problems:
        Gets the files that cannot be used, with reasons, during the walk.

    Raises
    ------
    ValidationError
        When `root` is not a folder, or a `.quiltignore` cannot be read.
    """
    found = status_of(root)
    if found is None or not stat.S_ISDIR(found.st_mode):
        what = "not there" if found is None else "not a folder"
        raise ValidationError(
            f"{str(root)!r} is {what}.", hint="Pass a folder that contains files."
        )
    yield from _Walk(root.resolve(), selection, problems).folder(str(root), "", frozenset())


class _Walk:
    def __init__(self, root: Path, selection: Selection, problems: dict[str, str]) -> None:
        self._problems = problems
        self._root = root
        self._selection = selection
        self._rules = IgnoreRules()

    def folder(self, path: str, key: str, above: frozenset[tuple[int, int]]) -> Iterator[LocalFile]:
        """The files of a folder; `above` are the folders that contain it, as device and inode."""
        for name in self._names(path, key):
            if not is_temporary(name):
                child = f"{key}/{name}" if key else name
                yield from self._entry(os.path.join(path, name), child, above)  # noqa: PTH118

    def _names(self, path: str, key: str) -> list[str]:
        try:
            names = sorted(os.listdir(path))  # noqa: PTH208 - entries of `scandir` are large
        except OSError as error:
            self._problems[key or "."] = f"the folder cannot be read: {error.strerror or error}"
            return []
        if IGNORE_FILE in names:
            self._rules.add(key, _read_rules(Path(path, IGNORE_FILE)))
        return names

    def _entry(self, path: str, key: str, above: frozenset[tuple[int, int]]) -> Iterator[LocalFile]:
        if not is_unicode(key):
            shown = key.encode(errors="backslashreplace").decode()
            self._problems[shown] = "its name is not valid Unicode, which packages do not support"
            return
        is_link = is_folder = False
        try:
            found = os.lstat(path)
            is_link = stat.S_ISLNK(found.st_mode)
            if is_link:
                found = os.stat(path)  # noqa: PTH116 - of its target
            is_folder = stat.S_ISDIR(found.st_mode)
        except OSError as error:
            if self._selection.takes(key) and not self._rules.ignores(key, is_folder=False):
                self._problems[key] = f"it cannot be read: {error.strerror or error}"
            return
        if self._rules.ignores(key, is_folder=is_folder):
            return
        if not is_folder and not self._selection.takes(key):
            return
        if is_link and (reason := self._outside(Path(path))):
            self._problems[key] = reason
        elif is_folder:
            identity = (found.st_dev, found.st_ino)
            if is_link and identity in above:
                self._problems[key] = "it is a link to a folder that contains it"
            else:
                yield from self.folder(path, key, above | {identity})
        elif stat.S_ISREG(found.st_mode):
            yield LocalFile(key, FileState.of(found))
        else:
            self._problems[key] = "it is neither a file nor a folder"

    def _outside(self, link: Path) -> str | None:
        target = link.resolve()
        if target.is_relative_to(self._root):
            if target == self._root:
                return "it is a link to a folder that contains it"
            return None
        return f"it is a link that leads out of the folder, to {str(target)!r}"


def _read_rules(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValidationError(
            f"{str(path)!r} cannot be read: {error}.",
            hint="Without it, it is not known which files to leave out.",
        ) from error
