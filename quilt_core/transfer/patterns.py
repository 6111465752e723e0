"""The selection of files: `.quiltignore`, and patterns to include and exclude.

All patterns are those of `.gitignore` (implemented by the library `pathspec`) and are matched
against the path from the folder's root, which is the logical key. `pathspec` is imported only if
there is a pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quilt_core.errors import ValidationError
from quilt_core.transfer.brackets import plain_brackets

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".quiltignore"


def _compile(lines: Sequence[str], where: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(map(_as_pathspec_reads, lines))
    except ValueError as error:  # pathspec's own error is a ValueError
        raise ValidationError(f"{where} has a pattern that cannot be read: {error}.") from error


def _as_pathspec_reads(line: str) -> str:
    """A pattern in the form in which `pathspec` reads it as git does."""
    if line.startswith("#"):
        return ""
    text = line.rstrip(" ")
    if len(text) < len(line) and _ends_with_escape(text):
        text += " "
    text = plain_brackets(text)
    if text and text[-1].isspace() and text[-1] != " ":  # git keeps it, `pathspec` strips it
        before = text[:-1]
        text = f"{before[:-1] if _ends_with_escape(before) else before}[{text[-1]}]"
    return text


def _ends_with_escape(text: str) -> bool:
    """Whether a backslash at the end escapes what follows, and is not escaped itself."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


class Selection:
    """The files that `include` selects and `exclude` does not exclude.

    Parameters
    ----------
    include:
        Patterns, one of which must match; without any, all files are selected.
    exclude:
        Patterns, none of which may match. As in `.gitignore`, `!pattern` re-includes a file.

    Raises
    ------
    ValidationError
        When a pattern cannot be parsed.
    """

    def __init__(self, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        self._include = _compile(include, "include") if include else None
        self._exclude = _compile(exclude, "exclude") if exclude else None

    def takes(self, key: str) -> bool:
        """Whether a file is selected, by its logical key."""
        if self._include is not None and not self._include.match_file(key):
            return False
        return self._exclude is None or not self._exclude.match_file(key)


class IgnoreRules:
    """The rules of the `.quiltignore` files of a folder, which are added during the walk through
    it.

    The rules of a file apply in its own folder and below; if several files have rules for a path,
    the deepest one decides.
    """

    def __init__(self) -> None:
        self._specs: dict[str, GitIgnoreSpec] = {}

    def add(self, folder: str, text: str) -> None:
        """Add the `.quiltignore` of a folder, which is given as its path from the root, without
        slashes at its ends.

        Raises `ValidationError` for a pattern that cannot be parsed.
        """
        where = f"{folder}/{IGNORE_FILE}" if folder else IGNORE_FILE
        self._specs[folder] = _compile(
            [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")], where
        )

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path, from the root, is excluded. This is not called for the contents of an
        excluded folder.
        """
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
