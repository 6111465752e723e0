"""Which files are meant: `.quiltignore`, and patterns to include and exclude.

All of them are patterns as git has them in `.gitignore` (by the library `pathspec`), matched
against the path from the folder's root, which is the logical key. `pathspec` is imported when there
is a pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quilt_core.errors import ValidationError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".quiltignore"


def _compile(lines: Sequence[str], where: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError as error:  # pathspec's own error is one
        raise ValidationError(f"{where} has a pattern that cannot be read: {error}.") from error


class Selection:
    """The files that `include` takes and `exclude` does not leave out.

    Parameters
    ----------
    include:
        Patterns, one of which must match; none takes all files.
    exclude:
        Patterns, none of which may match. As in `.gitignore`, `!pattern` takes a file back in.

    Raises
    ------
    ValidationError
        For a pattern that cannot be read.
    """

    def __init__(self, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        self._include = _compile(include, "include") if include else None
        self._exclude = _compile(exclude, "exclude") if exclude else None

    def takes(self, key: str) -> bool:
        """Whether a file is meant, by its logical key."""
        if self._include is not None and not self._include.match_file(key):
            return False
        return self._exclude is None or not self._exclude.match_file(key)


class IgnoreRules:
    """The rules of the `.quiltignore` files of a folder, which are added while it is walked.

    A file's rules hold in its own folder and below; of several files that say something about a
    path, the deepest one decides.
    """

    def __init__(self) -> None:
        self._specs: dict[str, GitIgnoreSpec] = {}

    def add(self, folder: str, text: str) -> None:
        """Take up the `.quiltignore` of a folder, named from the root without slashes at its ends.

        Raises `ValidationError` for a pattern that cannot be read.
        """
        where = f"{folder}/{IGNORE_FILE}" if folder else IGNORE_FILE
        self._specs[folder] = _compile(text.splitlines(), where)

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path, from the root, is left out. What lies in an ignored folder is not asked
        for."""
        if not self._specs:
            return False
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            spec = self._specs.get(folder)
            if spec is not None:
                relative = path[len(folder) + 1 :] if folder else path
                decided = spec.check_file(f"{relative}/" if is_folder else relative).include
                if decided is not None:
                    return decided
        return False
