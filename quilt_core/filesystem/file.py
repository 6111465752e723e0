"""A file of a package that is open for reading."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO

from quilt_core.domain.content import ContentInfo
from quilt_core.filesystem.errors import file_errors

if TYPE_CHECKING:
    from quilt_core.filesystem.file_system import QuiltFileSystem

_BUFFER = 1 << 16


class PackageFile(io.BufferedReader):
    """A seekable binary file, pinned to the revision that the path named when it was opened.

    Parameters
    ----------
    file:
        The file that the backend opened; it is read in ranges and keeps the last blocks.
    fs, path, item:
        The origin of the file.
    """

    mode = "rb"

    def __init__(self, file: BinaryIO, fs: QuiltFileSystem, path: str, item: ContentInfo) -> None:
        super().__init__(_Source(file, path), _BUFFER)
        self.fs = fs
        self.path = path
        self.size = item.size

    def __reduce__(self) -> Any:
        if self.closed:
            raise ValueError("A closed file cannot be pickled.")
        return reopen, (self.fs, self.path, self.tell())


def reopen(fs: QuiltFileSystem, path: str, position: int) -> PackageFile:
    """A file as it was when it was pickled."""
    file = fs.open(path)
    file.seek(position)
    return file  # type: ignore[no-any-return]


class _Source(io.RawIOBase):
    """The raw reader, which raises file errors."""

    def __init__(self, file: BinaryIO, path: str) -> None:
        super().__init__()
        self._file = file
        # This bypasses the buffer, so that reading many bytes takes one request.
        self._raw: Any = file.raw if isinstance(file, io.BufferedReader) else file
        self._path = path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with file_errors(self._path):
            return int(self._raw.readinto(buffer))

    def readall(self) -> bytes:
        with file_errors(self._path):
            return bytes(self._raw.read())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._raw.seek(offset, whence))

    def tell(self) -> int:
        return int(self._raw.tell())

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()
