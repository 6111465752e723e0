"""Reading two manifests side by side: lines that both have are skipped in blocks."""

from __future__ import annotations

from collections.abc import Iterator

from quilt_core.manifest.model import ManifestEntry
from quilt_core.manifest.order import sort_key
from quilt_core.manifest.read import ManifestReader

_MARK = b'"physical_keys"'
"""A text that only the lines of entries contain, unless they are written unusually."""
_FIRST_STEP, _LAST_STEP = 1 << 13, 1 << 16
"""The number of bytes that are compared at once, doubled as long as they are equal."""


class EntryCursor:
    """A position in a manifest: `line` is the line of an entry, or None at the end.

    Counting skipped lines takes longer than comparing them, so the reader's `line_number` is right
    only with `counts_lines`.
    """

    line: bytes | None

    def __init__(self, reader: ManifestReader, *, counts_lines: bool) -> None:
        self.reader = reader
        self._counts_lines = counts_lines
        self._blocks: Iterator[bytes] = reader.raw_blocks()
        self._block = b""
        self._at = 1
        """The position of the next line; past the end of the block if the block is used up."""
        self._entry: ManifestEntry | None = None
        self._key = ""
        self.advance()

    @property
    def entry(self) -> ManifestEntry:
        """The entry of `line`. Raises `ManifestError` when it is damaged."""
        if self._entry is None:
            assert self.line is not None  # noqa: S101 - nobody asks at the end
            record = self.reader.parse(self.line)
            assert isinstance(record, ManifestEntry)  # noqa: S101 - `line` is no other
            self._entry = record
            self._key = sort_key(record.logical_key)
        return self._entry

    @property
    def key(self) -> str:
        """The sort key of `line`; raises as `entry`."""
        if self._entry is None:
            _ = self.entry
        return self._key

    def advance(self) -> None:
        """Go to the next entry's line."""
        self._entry = None
        while self._at <= len(self._block) or self._has_more():
            end = self._block.find(b"\n", self._at)
            if end < 0:
                end = len(self._block)
            self.line = line = self._block[self._at : end]
            self._at = end + 1
            self.reader.line_number += 1
            if _MARK in line or isinstance(self.reader.parse(line), ManifestEntry):
                return
        self.line = None

    def pass_equal_lines(self, other: EntryCursor) -> None:
        """Go to the last entry's line of the lines that both have from here on.

        Skipped lines are not checked for damage.
        """
        while self._has_more() and other._has_more():
            first, second = self._block, other._block
            shorter = min(len(first) - self._at, len(second) - other._at)
            same = _common_length(first, self._at, second, other._at, shorter)
            if not (_ends_line(first, self._at + same) and _ends_line(second, other._at + same)):
                same = first.rfind(b"\n", self._at, self._at + same) - self._at
                if same < 0:
                    return
            end = self._at + same
            last = first[max(first.rfind(b"\n", self._at, end) + 1, self._at) : end]
            lines = first.count(b"\n", self._at, end) + 1 if self._counts_lines else 0
            for cursor in (self, other):
                cursor._at += same + 1
                cursor.reader.line_number += lines
                # A directory may be anywhere, and its line does not count for the order.
                if _MARK in last:
                    cursor.line, cursor._entry = last, None
            if same < shorter:
                return

    def _has_more(self) -> bool:
        while self._at > len(self._block):
            block = next(self._blocks, None)
            if block is None:
                return False
            self._block, self._at = block, 0
        return True


def _ends_line(block: bytes, position: int) -> bool:
    return position == len(block) or block[position] == 10


def _common_length(first: bytes, i: int, second: bytes, j: int, most: int) -> int:
    """The number of equal bytes from `first[i]` and `second[j]` on, at most `most`."""
    done, step = 0, _FIRST_STEP
    while done < most:
        step = min(step, most - done)
        if not _are_equal(first, i + done, second, j + done, step):
            break
        done += step
        step = min(2 * step, _LAST_STEP)
    else:
        return most
    while step > 1:
        half = step // 2
        if _are_equal(first, i + done, second, j + done, half):
            done += half
            step -= half
        else:
            step = half
    return done


def _are_equal(first: bytes, i: int, second: bytes, j: int, count: int) -> bool:
    return first[i : i + count] == second[j : j + count]
