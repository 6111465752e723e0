"""The order of entries: by path component, so that `a/b` comes before `a.txt`.

The top hash depends on it (docs/protocol.md, H.2). Comparing keys with the slash mapped to the
lowest character gives the same order as comparing lists of components, at a tenth of the cost.
"""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

from quilt_core.disk_errors import disk_errors

IN_MEMORY = 1 << 20
"""The number of bytes of lines that are held in memory before they go to a temporary file."""


def sort_key(logical_key: str) -> str:
    """A key that sorts logical keys by path component.

    Parameters
    ----------
    logical_key:
        A logical key such as `data/a.csv`.
    """
    return logical_key.replace("/", "\0")


def sort_lines(
    lines: Iterable[bytes],
    key_of: Callable[[bytes], str],
    *,
    run_size: int = 100_000,
    run_bytes: int = 32 << 20,
) -> Iterator[bytes]:
    """Sort lines by the sort key of their logical keys, in bounded memory.

    All lines are read before the first one is returned. Lines that are in order are kept in a
    temporary file and returned unchanged; others are sorted in runs, which are merged.

    Parameters
    ----------
    lines:
        Lines, each without its newline.
    key_of:
        Returns the sort key of a line; called when each line is read, and again when lines are
        sorted.
    run_size, run_bytes:
        The maximum number of lines, and of bytes of lines, in memory at once.

    Raises
    ------
    BackendError
        When the temporary files cannot be written.
    """
    with ExitStack() as files:
        kept = files.enter_context(temporary_file())
        in_order, last = True, ""
        for line in lines:
            key = key_of(line)
            in_order = in_order and last <= key
            last = key
            with disk_errors():
                kept.write(line + b"\n")
        with disk_errors():
            kept.seek(0)
        if in_order:
            yield from lines_of(kept)
        else:
            yield from _sorted(lines_of(kept), key_of, run_size, run_bytes, files)


def _sorted(
    lines: Iterable[bytes],
    key_of: Callable[[bytes], str],
    run_size: int,
    run_bytes: int,
    files: ExitStack,
) -> Iterator[bytes]:
    runs: list[IO[bytes]] = []
    buffer: list[bytes] = []
    held = 0
    for line in lines:
        buffer.append(line)
        held += len(line)
        if len(buffer) >= run_size or held >= run_bytes:
            runs.append(_write_run(buffer, key_of, files))
            buffer, held = [], 0
    buffer.sort(key=key_of)
    yield from heapq.merge(*map(lines_of, runs), buffer, key=key_of)


def _write_run(buffer: list[bytes], key_of: Callable[[bytes], str], files: ExitStack) -> IO[bytes]:
    run = files.enter_context(temporary_file())
    buffer.sort(key=key_of)
    with disk_errors():
        run.writelines(line + b"\n" for line in buffer)
        run.seek(0)
    return run


def lines_of(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a temporary file from its current position on, each without its newline."""
    return (line[:-1] for line in file)


@contextmanager
def temporary_file() -> Iterator[IO[bytes]]:
    """A file that is in memory while it is small; raises `BackendError` if it cannot be created."""
    with disk_errors():
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed below
    try:
        yield file
    finally:
        file.close()
