"""The files of a folder, as a push takes them and a verification compares them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import attrs

from quilt_core.domain.uris import is_unicode
from quilt_core.errors import ValidationError
from quilt_core.manifest import sort_key
from quilt_core.transfer.patterns import IGNORE_FILE, IgnoreRules, Selection
from quilt_core.transfer.temporary import is_temporary


@attrs.frozen
class FileState:
    """The state from which a later change of a file is recognized: size in bytes, time in ns, and
    inode.
    """

    size: int
    modified: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> FileState:
        """The state from the result of `stat`."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


@attrs.frozen
class LocalFile:
    """A file of a folder, by its path from the root, with `/` on every system."""

    key: str
    path: Path
    state: FileState


@attrs.frozen
class Listed:
    """The contents of a folder: the selected files, and those that cannot be used, with reasons."""

    files: list[LocalFile]
    problems: dict[str, str]


def list_folder(root: Path, selection: Selection) -> Listed:
    """List the files below a folder, without those that `.quiltignore` excludes.

    A link is followed if its target is also in the folder; a link that leaves the folder, or whose
    target is a folder that contains it, is a problem. So is anything that is neither a file nor a
    folder or cannot be read, and a name that is not Unicode.

    Raises
    ------
    ValidationError
        When `root` is not a folder, or a `.quiltignore` cannot be read.
    """
    if not root.is_dir():
        what = "not a folder" if root.exists() else "not there"
        raise ValidationError(
            f"{str(root)!r} is {what}.", hint="Pass a folder that contains files."
        )
    walk = _Walk(root.resolve(), selection)
    walk.folder(root, "", frozenset())
    walk.files.sort(key=lambda file: sort_key(file.key))
    return Listed(walk.files, walk.problems)


class _Walk:
    def __init__(self, root: Path, selection: Selection) -> None:
        self.files: list[LocalFile] = []
        self.problems: dict[str, str] = {}
        self._root = root
        self._selection = selection
        self._rules = IgnoreRules()

    def folder(self, path: Path, key: str, above: frozenset[tuple[int, int]]) -> None:
        """Add the files of a folder; `above` are the folders that contain it, as device
        and inode.
        """
        for entry in self._entries(path, key):
            if not is_temporary(entry.name):
                child = f"{key}/{entry.name}" if key else entry.name
                self._entry(entry, child, above)

    def _entries(self, path: Path, key: str) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(path) as found:
                entries = list(found)
        except OSError as error:
            self.problems[key or "."] = f"the folder cannot be read: {error.strerror}"
            return iter(())
        if any(entry.name == IGNORE_FILE for entry in entries):
            self._rules.add(key, _read_rules(path / IGNORE_FILE))
        return iter(entries)

    def _entry(self, entry: os.DirEntry[str], key: str, above: frozenset[tuple[int, int]]) -> None:
        if not is_unicode(key):
            shown = key.encode(errors="backslashreplace").decode()
            self.problems[shown] = "its name is not valid Unicode, which packages do not support"
            return
        try:
            found = entry.stat()  # of the target of a link
            is_folder = stat.S_ISDIR(found.st_mode)
        except OSError as error:
            if self._selection.takes(key) and not self._rules.ignores(key, is_folder=False):
                self.problems[key] = f"it cannot be read: {error.strerror}"
            return
        if self._rules.ignores(key, is_folder=is_folder):
            return
        if not is_folder and not self._selection.takes(key):
            return
        if entry.is_symlink() and (reason := self._outside(Path(entry.path))):
            self.problems[key] = reason
        elif is_folder:
            identity = (found.st_dev, found.st_ino)
            if entry.is_symlink() and identity in above:
                self.problems[key] = "it is a link to a folder that contains it"
            else:
                self.folder(Path(entry.path), key, above | {identity})
        elif stat.S_ISREG(found.st_mode):
            # On Windows, entries of a folder's listing have no inode, but the files themselves
            # have.
            state = FileState.of(found if os.name == "posix" else os.stat(entry.path))  # noqa: PTH116
            self.files.append(LocalFile(key, Path(entry.path), state))
        else:
            self.problems[key] = "it is neither a file nor a folder"

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
