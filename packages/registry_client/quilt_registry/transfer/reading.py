"""An object of S3 as a seekable file that is read in ranges of blocks."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import BinaryIO, cast

from quilt_core.domain.uris import S3Uri
from quilt_core.error_messages import archived_object
from quilt_core.errors import QuiltOpsError, TransportError
from quilt_registry.transfer.engine import Begun, Chunks, TransferEngine

DEFAULT_BLOCK = 1 << 20
"""The number of bytes of a block: large enough to be worth a request, small enough for a footer."""
_KEPT = 16 << 20
"""The number of bytes of blocks that are kept in memory, at least two blocks; if blocks are larger
than the default, for sequential reading, two pieces of that size.
"""
_MOST_AHEAD = 8 << 20
"""The maximum number of bytes that are read ahead."""


def open_for_reading(engine: TransferEngine, uri: S3Uri, block_size: int | None = None) -> BinaryIO:
    """Open the current version; parameters and errors are those of the hook `open_object`.

    A caller that passes a block size usually reads from the beginning, so the request that opens
    the object reads its first bytes. Otherwise, it only requests the object's metadata.
    """
    begun: Begun | None = None
    if block_size is None:
        facts = engine.head(uri)
        if facts.is_archived:
            raise archived_object("read", facts.uri.url)
        uri, size, etag = facts.uri, facts.size, facts.etag
    else:
        begun = engine.get(uri, block_size)
        uri, size, etag = begun.uri, begun.size, begun.etag
        if size <= min(block_size, DEFAULT_BLOCK):
            return _in_memory(begun)
    raw = ObjectReader(
        engine=engine,
        uri=uri,
        size=size,
        etag=etag,
        least=block_size or DEFAULT_BLOCK,
        begun=begun.chunks if begun else None,
    )
    return cast("BinaryIO", io.BufferedReader(raw, min(block_size or DEFAULT_BLOCK, 1 << 16)))


def _in_memory(begun: Begun) -> BinaryIO:
    """A small object, which has been requested completely."""
    data = b"".join(begun.chunks)
    if len(data) != begun.size:
        raise _other_bytes(begun.uri)
    # The reader wraps it as read-only.
    return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", io.BytesIO(data))))


def _other_bytes(uri: S3Uri) -> TransportError:
    return TransportError(
        f"Could not read {uri}: the answer contains other bytes than requested.",
        context={"uri": uri.url},
    )


class ObjectReader(io.RawIOBase):
    """One version of an object, read in blocks, with one request per run of successive blocks.

    For a reader that continues where the last request ended, each request reads more than the
    previous one, up to `_MOST_AHEAD` bytes. The answer is consumed as it is read; the last blocks
    are kept, so that seeking back a little costs nothing.

    Parameters
    ----------
    engine, uri, size, etag:
        The version, and the engine that reads it.
    least:
        The minimum number of bytes per request.
    begun:
        The first `least` bytes, if they have been requested; otherwise None.
    """

    def __init__(
        self,
        *,
        engine: TransferEngine,
        uri: S3Uri,
        size: int,
        etag: str,
        least: int,
        begun: Chunks | None,
    ) -> None:
        super().__init__()
        self._engine = engine
        self._uri = uri
        self._size = size
        self._etag = etag
        self._block = min(least, DEFAULT_BLOCK)
        self._least = -(-least // self._block)
        self._most = max(_KEPT // self._block, 2) if least <= DEFAULT_BLOCK else 2
        self._position = 0
        self._next = 0  # the block after the last requested one
        self._ahead = 0  # the number of blocks to read ahead
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._coming: Generator[bytes] | None = None
        self._due = 0  # the next block in `_coming`
        self._begun = begun  # until something is read
        self._bytes_begun = min(least, size)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The position of the next read."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position; no request is made. Raises `ValueError` for a position before the
        beginning, and for a `whence` that there is not.
        """
        self._check_open()
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}
        if whence not in base:
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        position = base[whence] + offset
        if position < 0:
            raise ValueError(f"{position} is before the beginning of the object")
        self._position = position
        return position

    def readinto(self, buffer: object) -> int:
        """Fill the buffer; returns fewer bytes only at the end of the object."""
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

    def chunks(self) -> Iterator[bytes | memoryview]:
        """The rest, as it arrives, without cutting it into blocks, copying or keeping it.

        For one reader of the whole object (`quilt_core.transfer.hashing.file_blocks`).
        """
        self._check_open()
        while self._position < self._size:
            begun, self._begun = self._begun, None
            start = self._position
            if begun is not None and start == 0:
                coming, stop = begun, self._bytes_begun
            else:
                stop = min(start + self._least * self._block, self._size)
                coming = self._engine.range(self._uri, start, stop, self._etag)
            with closing(coming):
                for chunk in _named(coming):
                    self._position += len(chunk)
                    yield chunk
            if self._position != stop:
                raise _other_bytes(self._uri)

    def readall(self) -> bytes:
        """The rest, with one request for the part that is not kept."""
        self._check_open()
        content = b"".join(self._pieces(self._position, self._size))
        self._position = max(self._position, self._size)
        return content

    def close(self) -> None:
        """Forget the blocks and the current request."""
        self._blocks.clear()
        for chunks in (self._coming, self._begun):
            if chunks is not None:
                chunks.close()
        super().close()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("the object's file is closed")

    def _pieces(self, start: int, stop: int) -> Iterator[memoryview]:
        """The bytes from `start` to before `stop`, block by block."""
        if start >= stop:
            return
        last = (stop - 1) // self._block
        for number in range(start // self._block, last + 1):
            begin = number * self._block
            yield memoryview(self._get(number, last))[max(start - begin, 0) : stop - begin]

    def _get(self, number: int, last: int) -> bytes:
        """A block: one that is kept or arriving; otherwise request it together with those up to
        `last`.
        """
        if self._begun is not None:
            begun, self._begun = self._begun, None
            self._take(begun, 0, self._bytes_begun)
        kept = self._blocks.get(number)
        if kept is not None:
            self._blocks.move_to_end(number)
            return kept
        if self._coming is None or self._due != number or number == self._next:
            self._ask(number, last)
        assert self._coming is not None  # noqa: S101 - it has just been asked for
        try:
            content = next(self._coming)
        except BaseException:
            self._coming = None  # it has ended; the next read requests the block again
            raise
        self._due += 1
        self._blocks[number] = content
        while len(self._blocks) > self._most:
            self._blocks.popitem(last=False)
        return content

    def _ask(self, first: int, last: int) -> None:
        """Request the blocks from `first` on, up to the next kept one."""
        if first == self._next and first > 0:  # sequential reading: twice as many as before
            self._ahead = min(max(2 * self._ahead, 1), _MOST_AHEAD // self._block)
        else:
            self._ahead = 0
        wanted = max(last + self._ahead, first + self._least - 1)
        end, wanted = first, min(wanted, (self._size - 1) // self._block)
        while end < wanted and end + 1 not in self._blocks:
            end += 1
        start, stop = first * self._block, min((end + 1) * self._block, self._size)
        self._take(self._engine.range(self._uri, start, stop, self._etag), start, stop)

    def _take(self, chunks: Chunks, start: int, stop: int) -> None:
        """Request the bytes from `start` to before `stop`, which arrive while they are read."""
        if self._coming is not None:
            self._coming.close()
        self._due = start // self._block
        self._next = -(-stop // self._block)
        self._coming = self._cut(chunks, start, stop)

    def _cut(self, chunks: Chunks, start: int, stop: int) -> Generator[bytes]:
        """Bytes as they arrive, cut into blocks."""
        pieces: list[bytes | memoryview] = []
        have = 0
        with closing(chunks):
            for chunk in _named(chunks):
                left = memoryview(chunk)
                while left:
                    piece = left[: self._block - have]
                    left = left[len(piece) :]
                    pieces.append(piece)
                    have += len(piece)
                    if have == self._block:
                        start += have
                        yield b"".join(pieces)
                        pieces.clear()
                        have = 0
        if start + have != stop:
            raise _other_bytes(self._uri)
        if have:
            yield b"".join(pieces)


def _named(chunks: Chunks) -> Chunks:
    """The chunks; their errors, which bypass the facade, get the operation's name here."""
    try:
        yield from chunks
    except QuiltOpsError as error:
        error.operation = error.operation or "open_object"
        raise
