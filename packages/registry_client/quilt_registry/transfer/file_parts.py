"""Parts of a file, which are read when they are needed instead of being held in memory."""

from __future__ import annotations

import hashlib
import os
import threading
from typing import BinaryIO

import attrs

from quilt_registry.transfer.sources import changing, unreadable

_BLOCK = 1 << 18
"""The number of bytes that are read and sent at once."""


@attrs.frozen(eq=False)
class SharedFile:
    """An open file, of which several threads read different parts."""

    file: BinaryIO
    name: str
    """For messages."""
    _lock: threading.Lock = attrs.field(init=False, factory=threading.Lock)

    def read_into(self, room: memoryview, position: int) -> int:
        """Read bytes at a position; returns how many, at least one.

        Raises `ValidationError` if they cannot be read, or there are none.
        """
        try:
            with self._lock:
                self.file.seek(position)
                count: int = self.file.readinto(room)  # type: ignore[attr-defined]
        except OSError as error:
            raise unreadable(self.name, error) from error
        if not count:
            raise changing(self.name)
        return count


@attrs.frozen
class FilePart:
    """The bytes of a file from `start` to before `stop`."""

    file: SharedFile
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def digest(self) -> bytes:
        """The SHA-256 of the bytes; raises the errors of `SharedFile.read_into`."""
        found = hashlib.sha256()
        reader = FilePartReader(self)
        while block := reader.read(_BLOCK):
            found.update(block)
        return found.digest()

    def content(self) -> bytes:
        """All bytes; raises the errors of `SharedFile.read_into`."""
        return bytes(FilePartReader(self).read())


class PartReader:
    """The position in a part that boto3 reads as a file object.

    Parameters
    ----------
    length:
        The number of bytes of the part.
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._position = 0

    def tell(self) -> int:
        """The position in the part."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move in the part; boto3 does this to learn its length, and to send it again."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}
        self._position = base[whence] + offset
        return self._position


class FilePartReader(PartReader):
    """A part of a file as a file object for boto3.

    Parameters
    ----------
    part:
        The part.
    """

    def __init__(self, part: FilePart) -> None:
        super().__init__(len(part))
        self._part = part
        self._room = memoryview(bytearray(min(_BLOCK, len(part))))

    def read(self, size: int = -1) -> bytes | memoryview:
        """All bytes that are left, or for a size the next block, empty at the part's end.

        A block is valid until the next one is read, and may be larger than requested: the library
        below boto3 requests 16 KiB at a time and sends what it gets. Raises the errors of
        `SharedFile.read_into`.
        """
        if size < 0:
            return b"".join(map(bytes, iter(self._block, b"")))
        return self._block()

    def _block(self) -> memoryview:
        part = self._part
        count = min(len(self._room), self._length - self._position)
        if count:
            count = part.file.read_into(self._room[:count], part.start + self._position)
            self._position += count
        return self._room[:count]
