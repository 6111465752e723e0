"""Read a manifest as a stream: its header at once, its records as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from quilt_core.manifest.lines import Source, read_blocks
from quilt_core.manifest.model import (
    DirectoryRecord,
    EntryHash,
    ManifestEntry,
    ManifestError,
    ManifestHeader,
)
from quilt_core.manifest.order import sort_key, sort_lines

Record = DirectoryRecord | ManifestEntry


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
    """A manifest that is being read: `header`, then the records, once.

    `line_number` is the number of the line read last; the header is line 1.
    """

    def __init__(self, source: Source) -> None:
        blocks = read_blocks(source)
        self.line_number = 1
        first = next(blocks, None)
        if first is None:
            raise ManifestError(1, "it is empty")
        line, more, lines = first.partition(b"\n")
        self._blocks = chain([lines], blocks) if more else blocks
        self.header = self._read_header(line)

    def _read_header(self, line: bytes) -> ManifestHeader:
        try:
            header = _decode_header(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ManifestError(1, f"the header is not a JSON object ({error})") from error
        if not isinstance(header.get("version"), str):
            raise ManifestError(1, "the header has no version")
        for key, kinds in (("message", (str, type(None))), ("workflow", (dict, type(None)))):
            if key in header and not isinstance(header[key], kinds):
                raise ManifestError(1, f"the header's {key} is a {type(header[key]).__name__}")
        return ManifestHeader.from_dict(header)

    def __iter__(self) -> Iterator[Record]:
        """The records in the order of the file; each key must differ from the one before."""
        previous = None
        for line in self.raw_lines():
            record = self.parse(line)
            if record.logical_key == previous:
                raise ManifestError(self.line_number, f"{previous!r} is there twice")
            previous = record.logical_key
            yield record

    def entries(self) -> Iterator[ManifestEntry]:
        """The entries only, in the order of the file."""
        for record in self:
            if isinstance(record, ManifestEntry):
                yield record

    def sorted_lines(self) -> Iterator[bytes]:
        """The entries' lines by path component, whatever the file's order.

        All lines are read before the first one comes; memory is bounded by an external sort.
        Raises `ManifestError` for a key that is there twice.
        """
        previous = None
        for line in sort_lines(self.entry_lines(), self.key_of):
            key = self.key_of(line)
            if key == previous:
                raise ManifestError(self.line_number, f"{_name(key)!r} is there twice")
            previous = key
            yield line

    def entry_lines(self) -> Iterator[bytes]:
        """The lines of the entries, unread, in the order of the file."""
        for line in self.raw_lines():
            if b'"physical_keys"' in line or isinstance(self.parse(line), ManifestEntry):
                yield line

    def raw_lines(self) -> Iterator[bytes]:
        """The lines after the header, unread."""
        for block in self._blocks:
            for line in block.split(b"\n"):
                self.line_number += 1
                yield line

    def lines_holding(self, *texts: bytes) -> Iterator[bytes]:
        """The lines after the header that hold one of some texts, or an escape, unread.

        What is between them costs next to nothing, and is not looked at for damage, but for the
        last line: a manifest that is cut short lost its end.
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
        """Read one line; `ManifestError` with the current line number when it is damaged."""
        try:
            parsed = _decode_line(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ManifestError(self.line_number, str(error)) from error
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
        """The sort key of a line's logical key; `ManifestError` when it has none."""
        try:
            return sort_key(_decode_key(line).logical_key)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ManifestError(self.line_number, str(error)) from error


def _holds(lines: bytes, texts: tuple[bytes, ...]) -> bool:
    """Whether a text may be there: as it is, or escaped, which cannot be told without parsing."""
    return b"\\" in lines or any(text in lines for text in texts)


def _name(key: str) -> str:
    return key.replace("\0", "/")


def read_manifest(source: Source) -> ManifestReader:
    """Begin to read a manifest.

    Parameters
    ----------
    source:
        A path, a binary file, or an iterable of chunks of bytes.

    Raises
    ------
    ManifestError
        At once for a damaged header, while reading for anything else: bad JSON or UTF-8, wrong
        types, a missing key, a key that is there twice, a last line that is cut short.
    """
    return ManifestReader(source)
