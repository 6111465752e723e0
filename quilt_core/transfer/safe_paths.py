"""The path in a folder for a file of a package, and the keys for which there is none."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from array import array
from collections.abc import Iterable
from pathlib import Path
from secrets import token_hex

from quilt_core.domain.file_paths import check_current_folder
from quilt_core.errors import ValidationError

_DRIVE = re.compile(r"[A-Za-z]:")
_NOT_ON_WINDOWS = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{kind}{number}" for kind in ("COM", "LPT") for number in "123456789¹²³"]
)
ON_WINDOWS = os.name == "nt"
_AT_ONCE = 20_000
"""The number of keys that are compared with each other at once."""


def key_problem(key: str, *, windows: bool = ON_WINDOWS) -> str | None:
    """The reason why no file can be written for a key; None if one can be written.

    A key that would leave the folder by the rules of POSIX or of Windows is refused on both. A key
    that is only not a valid name on Windows is refused only there.
    """
    for part in key.split("/"):
        problem = _leaving(part) or (_not_on_windows(part) if windows else None)
        if problem is not None:
            return problem
    return None


def _leaving(part: str) -> str | None:
    if part in ("", ".", ".."):
        return f"the part {part!r} of its path does not name a file"
    if "\0" in part:
        return "it has a NUL character"
    if part.startswith("\\") or ".." in part.split("\\"):
        return "it leads out of the folder by the rules of Windows"
    if _DRIVE.match(part):
        return f"{part!r} begins with a drive of Windows"
    return None


def _not_on_windows(part: str) -> str | None:
    if found := _NOT_ON_WINDOWS.search(part):
        return f"Windows does not allow {found[0]!r} in a name"
    if part[-1] in ". ":
        return f"Windows does not allow names that end with {part[-1]!r}"
    if part.partition(".")[0].rstrip().upper() in _DEVICES:
        return f"{part!r} is a device of Windows"
    return None


class Target:
    """A folder into which files are written, and never outside it.

    Parameters
    ----------
    root:
        The folder, which need not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._prefix = os.path.join(root, "")  # noqa: PTH118 - text, as in `place`
        self._resolved = real_path(root)
        self._inside: dict[str, bool] = {}

    def path(self, key: str) -> Path:
        """The path for a key that has no `key_problem`."""
        return self.root.joinpath(*key.split("/"))

    def place(self, key: str) -> str:
        """Like `path`, but as text, which costs a tenth."""
        return self._prefix + (key if os.sep == "/" else key.replace("/", os.sep))

    def leaves(self, key: str) -> bool:
        """Whether a link on the way to a key's file leads out of the folder."""
        folder = key.rpartition("/")[0]
        known = self._inside.get(folder)
        if known is None:
            found = real_path(self.root.joinpath(*folder.split("/")))
            known = self._inside[folder] = found.is_relative_to(self._resolved)
        return not known


def real_path(path: Path) -> Path:
    """A path without links, as far as they can be followed: `Path.resolve` raises errors for links
    to themselves in some versions of Python.

    Raises `ValidationError` for a relative path if the current folder was removed.
    """
    check_current_folder(path)
    return Path(os.path.realpath(path))


def status_of(path: Path) -> os.stat_result | None:
    """The state of the file or folder at a path that a user gives; None if there is nothing.

    Raises `ValidationError` if the system does not tell.
    """
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ValidationError(
            f"{str(path)!r} cannot be read: {error.strerror or error}.",
            context={"path": str(path)},
        ) from error


def existing_folder(path: Path) -> Path:
    """The nearest existing folder at or above a path.

    Raises `ValidationError` if there is a file, or if the system does not tell what is there.
    """
    path = path.absolute()
    while (found := status_of(path)) is None and path != path.parent:
        path = path.parent
    if found is not None and not stat.S_ISDIR(found.st_mode):
        raise ValidationError(f"{str(path)!r} is a file.", hint="Name a folder to download into.")
    return path


def ignores_case(folder: Path) -> bool:
    """Whether the file system of a folder treats `A` and `a` as the same name, which is tested with
    a file.
    """
    name = f".quiltops-case-{token_hex(8)}"
    probe = folder / name
    try:
        probe.touch(exist_ok=False)
    except OSError:
        return False  # the following write will report the problem
    try:
        return (folder / name.upper()).exists()
    finally:
        probe.unlink()


class Lookalikes:
    """Detects keys that may be the same path where case or the Unicode form of accents does not
    count.

    It keeps only eight bytes per key, which is enough to know that there are no such keys.
    """

    def __init__(self) -> None:
        self._files = array("q")
        self._folders: set[int] = set()
        self._last = ""

    def add(self, key: str) -> None:
        """Add the key of a file."""
        folded = _folded(key)
        self._files.append(hash(folded))
        folder = folded.rpartition("/")[0]
        if folder == self._last:
            return
        self._last = folder
        while folder and (number := hash(folder)) not in self._folders:
            self._folders.add(number)
            folder = folder.rpartition("/")[0]

    def may_be(self) -> bool:
        """Whether `collisions` may find any; False is certain."""
        parts = 1 + len(self._files) // _AT_ONCE  # a set of all keys would take much memory
        for part in range(parts):
            numbers = [number for number in self._files if number % parts == part]
            if len(set(numbers)) < len(numbers) or not self._folders.isdisjoint(numbers):
                return True
        return False


def _folded(key: str) -> str:
    """The common form of keys that differ only in case or in the Unicode form of accents."""
    return key.lower() if key.isascii() else unicodedata.normalize("NFC", key).casefold()


def collisions(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of keys that are the same path where case or the Unicode form of accents does not
    count.

    These are two files, or a file and a folder. Folders that differ only in this way become one
    folder, which does no harm.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    found = []
    for key in keys:
        folded = _folded(key)
        twin = files.get(folded) or folders.get(folded)
        if twin is not None:
            found.append((twin, key))
        files.setdefault(folded, key)
        while (folded := folded.rpartition("/")[0]) and folded not in folders:
            folders[folded] = key
            if folded in files:
                found.append((files[folded], key))
    return found
