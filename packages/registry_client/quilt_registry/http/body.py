"""A request body that is too large for memory: some parts are in memory, some in files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from quilt_core.disk_errors import disk_errors
from quilt_core.outcome import Outcome, outcome_unless_told

_BLOCK = 1 << 16


class StreamedBody:
    """A body that is read piece by piece, once per attempt to send it.

    It has a length, so that it is sent with `Content-Length`, and a method `read`, which is all
    that `requests` and urllib3 need.

    Parameters
    ----------
    parts:
        Its parts: bytes, or binary files, which are read from their beginning. The caller closes
        the files.
    """

    def __init__(self, parts: Sequence[bytes | IO[bytes]]) -> None:
        self._parts = parts
        with disk_errors("A request's body"):
            self._length = sum(
                len(part) if isinstance(part, bytes) else part.seek(0, 2) for part in parts
            )
        self._blocks: Iterator[bytes] = iter(())
        self._rest = b""
        self._left = 0
        self.rewind()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(_BLOCK), b"")

    @property
    def is_sent(self) -> bool:
        """Whether all of it has been read since `rewind`, so that it may have arrived."""
        return self._left == 0

    def rewind(self) -> None:
        """Start again from the beginning, before another attempt."""
        self._blocks, self._rest, self._left = self._read_blocks(), b"", self._length

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`, and none at the end; a negative `size` means all.

        Raises `BackendError` if a file cannot be read.
        """
        if size < 0:
            return b"".join(self)
        if not self._rest:
            self._rest = next(self._blocks, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._left -= len(piece)
        return piece

    def _read_blocks(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
                continue
            with _reading():
                part.seek(0)
                block = part.read(_BLOCK)
            while block:
                yield block
                with _reading():
                    block = part.read(_BLOCK)


@contextmanager
def _reading() -> Iterator[None]:
    # A server does not execute an incomplete request.
    with outcome_unless_told(Outcome.NOT_WRITTEN), disk_errors("A request's body"):
        yield
