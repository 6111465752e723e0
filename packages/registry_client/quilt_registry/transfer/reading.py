"""An object of S3 as a seekable file that is read by ranges, in blocks."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from collections.abc import Iterator
from typing import BinaryIO, cast

from quilt_core.domain.uris import S3Uri
from quilt_core.errors import BackendError, QuiltOpsError, TransportError
from quilt_registry.transfer.engine import TransferEngine

DEFAULT_BLOCK = 1 << 20
"""Bytes of a block: large enough that a request is worth it, small enough for a footer."""
_KEPT = 16 << 20
"""Bytes of blocks that are kept in memory, two blocks at least."""
_MOST_AHEAD = 8 << 20
"""Bytes that are read ahead at the most."""


def open_for_reading(engine: TransferEngine, uri: S3Uri, block_size: int | None = None) -> BinaryIO:
    """Open the version that is there now; parameters and errors as in the hook `open_object`."""
    facts = engine.head(uri)
    if facts.is_archived:
        raise BackendError(
            f"{facts.uri} lies in the archive {facts.storage_class} and cannot be read.",
            hint="Restore it first; S3 takes minutes to hours for that.",
            context={"uri": facts.uri.url, "storage_class": facts.storage_class},
        )
    block = block_size or DEFAULT_BLOCK
    raw = ObjectReader(engine=engine, uri=facts.uri, size=facts.size, etag=facts.etag, block=block)
    return cast("BinaryIO", io.BufferedReader(raw, min(block, 1 << 16)))


class ObjectReader(io.RawIOBase):
    """One version of an object, read in blocks: one request for a run of blocks that follow.

    A reader who reads on where the last request ended gets more and more with each request, up to
    `_MOST_AHEAD` bytes. The last blocks are kept, so that short ways back cost nothing.
    """

    def __init__(
        self, *, engine: TransferEngine, uri: S3Uri, size: int, etag: str, block: int
    ) -> None:
        super().__init__()
        self._engine = engine
        self._uri = uri
        self._size = size
        self._etag = etag
        self._block = block
        self._position = 0
        self._next = 0  # the block after the last one that was asked for
        self._ahead = 0  # how many blocks to read beyond those that are wanted
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place; no request is made. `ValueError` for one before the beginning."""
        self._check_open()
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}
        position = base[whence] + offset
        if position < 0:
            raise ValueError(f"{position} lies before the beginning of the object")
        self._position = position
        return position

    def readinto(self, buffer: object) -> int:
        """Fill the buffer; fewer bytes at the end of the object only."""
        self._check_open()
        target = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        stop = min(self._position + len(target), self._size)
        count = max(stop - self._position, 0)
        filled = 0
        for piece in self._pieces(self._position, stop):
            target[filled : filled + len(piece)] = piece
            filled += len(piece)
        self._position += count
        return count

    def readall(self) -> bytes:
        """All that is left, with one request for what is not kept."""
        self._check_open()
        content = b"".join(self._pieces(self._position, self._size))
        self._position = max(self._position, self._size)
        return content

    def close(self) -> None:
        """Forget the blocks."""
        self._blocks.clear()
        super().close()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the object's file is closed")

    def _pieces(self, start: int, stop: int) -> Iterator[memoryview]:
        """The bytes from `start` to before `stop`, block by block."""
        if start >= stop:
            return
        number, last = start // self._block, (stop - 1) // self._block
        while number <= last:
            for one, content in self._run(number, last):
                if one <= last:
                    begin = one * self._block
                    yield memoryview(content)[max(start - begin, 0) : stop - begin]
                    number = one + 1

    def _run(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """Blocks from `first` on: one that is kept, or all up to the next one that is."""
        kept = self._blocks.get(first)
        if kept is not None:
            self._blocks.move_to_end(first)
            yield first, kept
            return
        end = first
        while end < last and end + 1 not in self._blocks:
            end += 1
        if end == last:
            end += self._read_ahead(first, last)
        yield from self._fetch(first, min(end, (self._size - 1) // self._block))

    def _read_ahead(self, first: int, last: int) -> int:
        """How many blocks more to ask for: twice as many as before for a reader who reads on."""
        on = first == self._next and first > 0
        self._ahead = min(max(2 * self._ahead, 1), _MOST_AHEAD // self._block) if on else 0
        ahead = 0
        while ahead < self._ahead and last + ahead + 1 not in self._blocks:
            ahead += 1
        return ahead

    def _fetch(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """The blocks from `first` to `last`, with one request; the last ones are kept."""
        start, stop = first * self._block, min((last + 1) * self._block, self._size)
        whole = start == 0 and stop == self._size
        if whole:
            chunks = self._engine.get(self._uri, self._etag)
        else:
            chunks = self._engine.range(self._uri, start, stop, self._etag)
        self._next = last + 1
        number, pending = first, bytearray()
        for chunk in _named(chunks):
            pending += chunk
            while len(pending) >= self._block and number <= last:
                yield self._keep(number, bytes(pending[: self._block]))
                del pending[: self._block]
                number += 1
        if number * self._block + len(pending) != stop:
            raise TransportError(
                f"Could not read {self._uri}: other bytes came than were asked for.",
                context={"uri": self._uri.url},
            )
        if pending:
            yield self._keep(number, bytes(pending))

    def _keep(self, number: int, content: bytes) -> tuple[int, bytes]:
        self._blocks[number] = content
        while len(self._blocks) > max(_KEPT // self._block, 2):
            self._blocks.popitem(last=False)
        return number, content


def _named(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks; an error of theirs, which the facade does not see, names the operation."""
    try:
        yield from chunks
    except QuiltOpsError as error:
        error.operation = error.operation or "open_object"
        raise
