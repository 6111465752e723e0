"""Split a manifest from any source into lines, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

BLOCK = 1 << 17
MAX_LINE = 16_000_000
"""The maximum length of a line in bytes; quilt3 writes at most 1,000,000, or what its user
configured.
"""

Source = str | os.PathLike[str] | IO[bytes] | Iterable[bytes]
"""A path, a binary file, or chunks of bytes of any sizes."""


class LongLineError(Exception):
    """The line after the last block is longer than `MAX_LINE`."""


def read_blocks(source: Source) -> Iterator[bytes]:
    """A manifest in blocks of whole lines, with newlines between them and none at the end.

    Raises `LongLineError` for a line longer than `MAX_LINE`, and the errors of reading the source.
    """
    rest = b""
    for block in _blocks(source):
        end = block.rfind(b"\n")
        if end >= 0:
            yield b"".join((rest, memoryview(block)[:end]))
            rest = block[end + 1 :]
        else:
            rest += block
        if len(rest) > MAX_LINE:
            raise LongLineError
    if rest:
        yield rest


def _blocks(source: Source) -> Iterator[bytes]:
    if isinstance(source, (str, os.PathLike)):
        with Path(source).open("rb") as file:
            yield from iter(lambda: file.read(BLOCK), b"")
    elif hasattr(source, "read"):
        yield from iter(lambda: source.read(BLOCK), b"")
    else:
        # Without `yield from`, which would close the source as well when this is collected: that
        # may happen while the source itself is being closed.
        for block in source:  # noqa: UP028
            yield block
