"""Many records that are read repeatedly, kept in a file instead of in memory."""

from __future__ import annotations

import tempfile
import threading
import weakref
from array import array
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Generic, Self, TypeVar

import msgspec

from quilt_core.disk_errors import disk_errors
from quilt_core.manifest.odd_records import BEYOND_MSGPACK, as_json, from_json
from quilt_core.manifest.order import IN_MEMORY, temporary_file

T = TypeVar("T", bound=msgspec.Struct)
_LENGTH = 4
"""The number of bytes before each record that hold its length."""
_SMALL, _LARGE = "I", "Q"
"""The types of the places of numbered records, of four and eight bytes."""
_WINDOW = 1 << 16
"""The number of bytes of records that are read at once, unless a record has more."""
_MOST = 256
"""The maximum number of records in a batch."""
_ARRAY = b"\xdc"
"""The first byte of an array in MessagePack; its length follows in two bytes."""


class Spool(Generic[T]):
    """Records in the order in which they were added; kept in memory while there are few.

    A context manager. First all records are added; then they are read, any number of times, also by
    several iterations at once. They are written and read in batches, which takes a fraction of the
    time.

    Parameters
    ----------
    kind:
        The records' type.
    """

    def __init__(self, kind: type[T]) -> None:
        self._encode_into = msgspec.msgpack.Encoder().encode_into
        self._decoder = msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]
        self._opened = temporary_file()
        self._batch = bytearray()
        self._in_batch = self._count = self._end = 0
        self._reading = threading.Lock()
        self._file: IO[bytes]

    def __enter__(self) -> Self:
        self._file = self._opened.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def __len__(self) -> int:
        return self._count

    def add(self, record: T) -> None:
        """Add a record; raises `BackendError` if the file cannot be written."""
        length = len(self._batch)
        try:
            self._encode_into(record, self._batch, -1)
            self._in_batch += 1
        except BEYOND_MSGPACK:
            del self._batch[length:]
            self._end_batch()
            self._write(as_json([record]))
        self._count += 1
        if self._in_batch == _MOST or len(self._batch) >= _WINDOW:
            self._end_batch()

    def __iter__(self) -> Iterator[T]:
        """All records, in order; raises `BackendError` if the file cannot be read."""
        place = 0
        while place < self._end:
            with self._reading, disk_errors():
                self._file.seek(place)
                length = int.from_bytes(self._file.read(_LENGTH), "big")
                data = self._file.read(length)
            place += _LENGTH + length
            yield from self._decode(data)
        yield from self._decode(self._last())

    def _decode(self, batch: bytes) -> list[T]:
        return from_json(batch, self._decoder.type) or self._decoder.decode(batch)

    def _end_batch(self) -> None:
        self._write(self._last())
        self._batch.clear()
        self._in_batch = 0

    def _write(self, batch: bytes) -> None:
        with disk_errors():
            self._file.seek(self._end)
            self._file.write(len(batch).to_bytes(_LENGTH, "big") + batch)
        self._end += _LENGTH + len(batch)

    def _last(self) -> bytes:
        """The last batch, which is not in the file yet, as one array."""
        return _ARRAY + self._in_batch.to_bytes(2, "big") + self._batch


class NumberedSpool(Generic[T]):
    """Records by number, which are added in any order and from any thread; thread-safe.

    First records are added; then they are read in the order of their numbers, in one thread. Apart
    from four bytes for each number (eight if there are more than 4 GiB), they are kept in a file,
    which is removed with this object.

    Parameters
    ----------
    kind:
        The records' type.
    count:
        The number of records: those that are added have the numbers from 0 to before it.
    """

    def __init__(self, kind: type[T], count: int) -> None:
        self._kind = kind
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(kind).decode
        with disk_errors():
            self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
            self._file.write(b"\0")  # no record begins at 0
        weakref.finalize(self, self._file.close)
        self._places = array(_SMALL, [0]) * count
        """By number, where the record begins; 0 if there is none."""
        self._end = 1
        self._count = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """The number of records that were added."""
        return self._count

    def __contains__(self, number: int) -> bool:
        """Whether the record of a number was added."""
        return self._places[number] != 0

    def add(self, number: int, record: T) -> None:
        """Add the record of a number; raises `BackendError` if the file cannot be written."""
        try:
            data = self._encode(record)
        except BEYOND_MSGPACK:
            data = as_json(record)
        framed = len(data).to_bytes(_LENGTH, "big") + data
        with self._lock, disk_errors():
            self._file.write(framed)
            try:
                self._places[number] = self._end
            except OverflowError:
                self._places = array(_LARGE, self._places)
                self._places[number] = self._end
            self._end += len(framed)
            self._count += 1

    def __iter__(self) -> Iterator[T]:
        """The records by number, without those that were not added; raises `BackendError` if the
        file cannot be read.
        """
        start, window = 0, memoryview(b"")
        for place in self._places:
            if not place:
                continue
            first = place - start + _LENGTH
            last = first + int.from_bytes(window[first - _LENGTH : first], "big")
            if not _LENGTH <= first <= last <= len(window) or last == first:
                start = max(place - _WINDOW // 4, 0)  # they were added in nearly this order
                window = self._window(start, place)
                first = place - start + _LENGTH
                last = first + int.from_bytes(window[first - _LENGTH : first], "big")
            data = window[first:last]
            yield from_json(data, self._kind) or self._decode(data)

    def _window(self, start: int, place: int) -> memoryview:
        """A part of the file with the record at `place`."""
        with disk_errors():
            self._file.seek(place)
            whole = place - start + _LENGTH + int.from_bytes(self._file.read(_LENGTH), "big")
            self._file.seek(start)
            return memoryview(self._file.read(max(_WINDOW, whole)))
