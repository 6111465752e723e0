"""Differences from fsspec: the file system is read-only, and errors are never mistaken for missing
files.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from fsspec.spec import AbstractFileSystem

from quilt_core.filesystem.errors import ReadOnlyError


class ReadOnlyFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """Refuses every write, and does not treat errors as missing files, as fsspec does."""

    @abstractmethod
    def kind_of(self, path: str) -> str | None:
        """ "file", "directory", or None if there is nothing. Errors that prevent an answer are
        raised.
        """

    def exists(self, path: str, **kwargs: Any) -> bool:
        """Whether the path exists. Errors that prevent an answer are raised."""
        return self.kind_of(path) is not None

    def isdir(self, path: str) -> bool:
        """Whether it is a directory and not a file. Errors that prevent an answer are raised."""
        return self.kind_of(path) == "directory"

    def isfile(self, path: str) -> bool:
        """Whether it is a file. Errors that prevent an answer are raised."""
        return self.kind_of(path) == "file"

    def walk(
        self,
        path: str,
        maxdepth: int | None = None,
        topdown: bool = True,
        on_error: str | Callable[[OSError], object] = "omit",
        **kwargs: Any,
    ) -> Iterator[Any]:
        """As in fsspec, except that "omit" leaves out only missing files."""
        chosen = _omit_what_is_not_there if on_error == "omit" else on_error
        yield from super().walk(path, maxdepth, topdown, chosen, **kwargs)

    def _refuse(self, path: Any = "", *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse the write: the error is both an `OSError` (EROFS) and a `NotSupportedError`."""
        raise ReadOnlyError(str(path))

    mkdir = makedirs = rmdir = rm = rm_file = _rm = _refuse
    cp_file = copy = mv = touch = pipe_file = pipe = put_file = put = _refuse


def _omit_what_is_not_there(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
