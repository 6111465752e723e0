"""Read a manifest as a stream: the header immediately, the records as they are requested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from quilt_core.manifest.lines import MAX_LINE, LongLineError, Source, read_blocks
from quilt_core.manifest.model import (
    DirectoryRecord,
    EntryHash,
    ManifestEntry,
    ManifestError,
    ManifestHeader,
)
from quilt_core.manifest.order import sort_key, sort_lines
from quilt_core.nesting import DEEPEST_DOCUMENT, TOO_DEEP, is_deeper

Record = DirectoryRecord | ManifestEntry
_DAMAGE = (msgspec.DecodeError, UnicodeDecodeError)
"""The exceptions for a line that is not a record."""
_SHORT = 2 * DEEPEST_DOCUMENT
"""The number of bytes up to which a line cannot be nested too deeply; most lines are shorter."""
_DIGITS = 12
"""The number of digits of a line's number while it is sorted."""
T = TypeVar("T")


class OutOfOrderError(Exception):
    """A manifest's entries are not sorted by path component, or one occurs twice."""


class _Line(msgspec.Struct, gc=False):
    logical_key: str
    physical_keys: list[str] | UnsetType | None = UNSET
    size: int | None = None
    hash: EntryHash | None = None
    meta: dict[str, Any] | None = None


class _KeyOnly(msgspec.Struct, gc=False):
    logical_key: str


_decode_line = msgspec.json.Decoder(_Line).decode
_decode_key = msgspec.json.Decoder(_KeyOnly).decode
_decode_header = msgspec.json.Decoder(dict[str, Any]).decode


class ManifestReader:
    """A manifest that is being read: `header`, then the records or the lines, which can be read
    once.

    `line_number` is the number of the last line read; the header is line 1.
    """

    def __init__(self, source: Source, deepest: int = DEEPEST_DOCUMENT) -> None:
        self._deepest = deepest
        blocks = self._bounded(read_blocks(source))
        self.line_number = 0
        first = next(blocks, None)
        self.line_number = 1
        if first is None:
            raise ManifestError(1, "it is empty")
        line, more, lines = first.partition(b"\n")
        self._blocks: Iterator[bytes] = chain([lines], blocks) if more else blocks
        self.header = self._read_header(line)

    def _bounded(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from blocks
        except LongLineError as error:
            raise ManifestError(
                self.line_number + 1, f"the line is longer than {MAX_LINE} bytes"
            ) from error

    def _read_header(self, line: bytes) -> ManifestHeader:
        try:
            header = _decode_header(line)
        except RecursionError as error:
            raise ManifestError(1, TOO_DEEP) from error
        except _DAMAGE as error:
            raise ManifestError(1, f"the header is not a JSON object ({error})") from error
        if is_deeper(header, self._deepest, line):
            raise ManifestError(1, TOO_DEEP)
        if not isinstance(header.get("version"), str):
            raise ManifestError(1, "the header has no version")
        for key, kinds in (("message", (str, type(None))), ("workflow", (dict, type(None)))):
            if key in header and not isinstance(header[key], kinds):
                raise ManifestError(1, f"the header's {key} is a {type(header[key]).__name__}")
        return ManifestHeader.from_dict(header)

    def __iter__(self) -> Iterator[Record]:
        """The directories in the order of the file, then the entries by path component.

        Whatever the file's order, memory stays bounded, because an external sort keeps the lines on
        disk. All lines are read before the first record is returned.

        Raises `ManifestError` for a damaged line and for a key that occurs twice, and
        `BackendError` if there is no space on the disk.
        """
        directories: dict[str, tuple[int, DirectoryRecord]] = {}
        entries = self._sorted(directories)
        first = next(entries, None)
        yield from (record for _, record in directories.values())
        if first is not None:
            yield first
            yield from entries

    def entries(self) -> Iterator[ManifestEntry]:
        """The entries only, by path component; raises the same errors as the records."""
        return self._sorted({})

    def ordered_entries(
        self, directories: list[DirectoryRecord] | None = None
    ) -> Iterator[ManifestEntry]:
        """The entries of a file that is in order, each as soon as it is read.

        Raises `OutOfOrderError` at the first entry that does not come after the previous one. Only
        a sort can then tell whether a key occurs twice; apart from that, the entries that were
        returned are right.

        Parameters
        ----------
        directories:
            Receives the directories' records as they are read; None leaves them out.
        """
        last = ""
        lines: dict[str, int] = {}
        for line in self.raw_lines():
            record = self.parse(line)
            if isinstance(record, DirectoryRecord):
                if directories is not None:
                    if record.logical_key in lines:
                        raise self._twice(record.logical_key, lines[record.logical_key])
                    lines[record.logical_key] = self.line_number
                    directories.append(record)
                continue
            key = sort_key(record.logical_key)
            if key <= last:
                raise OutOfOrderError
            last = key
            yield record

    def _sorted(
        self, directories: dict[str, tuple[int, DirectoryRecord]]
    ) -> Iterator[ManifestEntry]:
        for line in self._sorted_lines(directories):
            record = self.parse(line)
            if isinstance(record, ManifestEntry):
                yield record

    def sorted_lines(self) -> Iterator[bytes]:
        """The entries' lines by path component, whatever the file's order; raises the same errors
        as the records.

        `line_number` is that of the last returned line.
        """
        return self._sorted_lines({})

    def _sorted_lines(self, directories: dict[str, tuple[int, DirectoryRecord]]) -> Iterator[bytes]:
        """Like `sorted_lines`; the directories' records, with their lines, are added to
        `directories`.
        """
        return self.sort_numbered(self._numbered_lines(directories))

    def numbered(self, line: bytes) -> bytes:
        """The last line read, prefixed with its number."""
        return b"%0*d" % (_DIGITS, self.line_number) + line

    def sort_numbered(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Sort `numbered` lines of entries by path component; they are returned without their
        numbers.

        `line_number` is that of the last returned line. Raises `ManifestError` for a key that
        occurs twice, and `BackendError` if there is no space on the disk.
        """
        previous, previous_line = None, 0
        for numbered in sort_lines(lines, lambda line: self.key_of(line[_DIGITS:])):
            self.line_number, line = int(numbered[:_DIGITS]), numbered[_DIGITS:]
            key = self.key_of(line)
            if key == previous:
                raise self._twice(_name(key), previous_line)
            previous, previous_line = key, self.line_number
            yield line

    def _numbered_lines(
        self, directories: dict[str, tuple[int, DirectoryRecord]]
    ) -> Iterator[bytes]:
        for line in self.raw_lines():
            if b'"physical_keys"' not in line:
                record = self.parse(line)
                if isinstance(record, DirectoryRecord):
                    key = record.logical_key
                    if key in directories:
                        raise self._twice(key, directories[key][0])
                    directories[key] = self.line_number, record
                    continue
            yield self.numbered(line)

    def _twice(self, key: str, first_line: int) -> ManifestError:
        return twice(key, first_line, self.line_number)

    def entry_lines(self) -> Iterator[bytes]:
        """The lines of the entries, not parsed, in the order of the file."""
        for line in self.raw_lines():
            if b'"physical_keys"' in line or isinstance(self.parse(line), ManifestEntry):
                yield line

    def raw_blocks(self) -> Iterator[bytes]:
        """The rest after the header, in blocks of whole lines; the caller counts the lines."""
        return self._blocks

    def raw_lines(self) -> Iterator[bytes]:
        """The lines after the header, not parsed."""
        for block in self._blocks:
            for line in block.split(b"\n"):
                self.line_number += 1
                yield line

    def lines_holding(self, *texts: bytes) -> Iterator[bytes]:
        """The lines after the header that contain one of some texts, or an escape, not parsed.

        Other lines cost next to nothing and are not checked for damage, except for the last one,
        which shows whether the manifest was cut short.
        """
        block = b""
        for block in self._blocks:
            if not _holds(block, texts):
                self.line_number += block.count(b"\n") + 1
                continue
            for line in block.split(b"\n"):
                self.line_number += 1
                if _holds(line, texts):
                    yield line
        if block:
            self.parse(block.rpartition(b"\n")[2])

    def parse(self, line: bytes) -> Record:
        """Read one line; raises `ManifestError` with the current line number if it is damaged."""
        try:
            parsed = _decode_line(line)
        except RecursionError as error:
            raise ManifestError(self.line_number, TOO_DEEP) from error
        except _DAMAGE as error:
            raise ManifestError(self.line_number, str(error)) from error
        if len(line) > _SHORT and is_deeper({"meta": parsed.meta}, self._deepest, line):
            raise ManifestError(self.line_number, TOO_DEEP)
        key = parsed.logical_key
        if not parsed.physical_keys:
            return DirectoryRecord(logical_key=key, meta=parsed.meta or {})
        if not key or key[0] == "/" or key[-1] == "/":
            raise ManifestError(self.line_number, f"{key!r} is not a logical key")
        if parsed.size is None or parsed.size < 0:
            raise ManifestError(self.line_number, f"{key!r} has no size")
        return ManifestEntry(
            logical_key=key,
            physical_key=parsed.physical_keys[0],
            size=parsed.size,
            hash=parsed.hash,
            meta=parsed.meta or {},
        )

    def key_of(self, line: bytes) -> str:
        """The sort key of a line's logical key; raises `ManifestError` if it has none."""
        try:
            return sort_key(_decode_key(line).logical_key)
        except RecursionError as error:
            raise ManifestError(self.line_number, TOO_DEEP) from error
        except _DAMAGE as error:
            raise ManifestError(self.line_number, str(error)) from error


def _holds(lines: bytes, texts: tuple[bytes, ...]) -> bool:
    """Whether a text may occur, either unchanged or escaped, which only parsing can tell."""
    return b"\\" in lines or any(text in lines for text in texts)


def _name(key: str) -> str:
    return key.replace("\0", "/")


def twice(key: str, first_line: int, second_line: int) -> ManifestError:
    """The error for a logical key that two lines have."""
    first_line, second_line = sorted((first_line, second_line))
    return ManifestError(
        second_line,
        f"{key!r} is there twice, at lines {first_line} and {second_line}",
        context={"logical_key": key, "lines": [first_line, second_line]},
    )


def use_entries(
    open_source: Callable[[], Source],
    use: Callable[[ManifestHeader, Iterator[ManifestEntry]], T],
    directories: list[DirectoryRecord] | None = None,
) -> T:
    """Call `use` with a manifest's header and all its entries by path component, and return its
    result.

    A manifest that is in order is read once and not stored. Otherwise it is opened again and sorted
    on disk, and `use` is called again.

    Parameters
    ----------
    open_source:
        Opens the manifest from its beginning.
    use:
        Reads all entries; it may be called twice.
    directories:
        Receives the directories' records; it has all of them when `use` returns.

    Raises
    ------
    ManifestError
        As `read_manifest`.
    """
    reader = read_manifest(open_source())
    try:
        return use(reader.header, reader.ordered_entries(directories))
    except OutOfOrderError:
        reader = read_manifest(open_source())
        if directories is None:
            return use(reader.header, reader.entries())
        directories.clear()
        return use(reader.header, _entries_of(reader, directories))


def _entries_of(
    records: Iterable[Record], directories: list[DirectoryRecord]
) -> Iterator[ManifestEntry]:
    for record in records:
        if isinstance(record, ManifestEntry):
            yield record
        else:
            directories.append(record)


def read_manifest(source: Source, deepest: int = DEEPEST_DOCUMENT) -> ManifestReader:
    """Start reading a manifest.

    Parameters
    ----------
    source:
        A path, a binary file, or an iterable of chunks of bytes.
    deepest:
        The maximum number of levels of a line.

    Raises
    ------
    ManifestError
        Immediately for a damaged header, and while reading for anything else: bad JSON or UTF-8,
        wrong types, a missing key, a key that occurs twice, a last line that is cut short, metadata
        that is nested too deeply.
    """
    return ManifestReader(source, deepest)
