"""What is otherwise than in fsspec of a file system that is only read, and never guesses."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from fsspec.spec import AbstractFileSystem

from quilt_core.filesystem.errors import ReadOnlyError


class ReadOnlyFileSystem(AbstractFileSystem):  # type: ignore[misc]
    """Refuses every write, and takes no fault for a file that is not there, as fsspec does."""

    @abstractmethod
    def kind_of(self, path: str) -> str | None:
        """ "file", "directory", or None where nothing is; what keeps us from knowing is raised."""

    def exists(self, path: str, **kwargs: Any) -> bool:
        """Whether anything is there; what keeps us from knowing is raised."""
        return self.kind_of(path) is not None

    def isdir(self, path: str) -> bool:
        """Whether it is a directory, and no file; what keeps us from knowing is raised."""
        return self.kind_of(path) == "directory"

    def isfile(self, path: str) -> bool:
        """Whether it is a file; what keeps us from knowing is raised."""
        return self.kind_of(path) == "file"

    def walk(
        self,
        path: str,
        maxdepth: int | None = None,
        topdown: bool = True,
        on_error: str | Callable[[OSError], object] = "omit",
        **kwargs: Any,
    ) -> Iterator[Any]:
        """As in fsspec, but that "omit" leaves out what is not there, and nothing else."""
        chosen = _omit_what_is_not_there if on_error == "omit" else on_error
        yield from super().walk(path, maxdepth, topdown, chosen, **kwargs)

    def _refuse(self, path: Any = "", *args: Any, **kwargs: Any) -> NoReturn:
        """Nothing is written: `OSError` (EROFS), and `NotSupportedError`."""
        raise ReadOnlyError(str(path))

    mkdir = makedirs = rmdir = rm = rm_file = _rm = _refuse
    cp_file = copy = mv = touch = pipe_file = pipe = put_file = put = _refuse


def _omit_what_is_not_there(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
