"""The standard streams of a process, which may be closed, full or unable to show a character."""

from __future__ import annotations

import io
import os
import select
import sys
from typing import Any

_STREAMS = (
    # Their numbers, names and modes, and how their number is kept from the next file that is
    # opened: so that the first two fail when they are used, as they would in other programs.
    (0, "stdin", "r", os.O_WRONLY),
    (1, "stdout", "w", os.O_RDONLY),
    (2, "stderr", "w", os.O_WRONLY),
)


class OutputError(Exception):
    """Standard output cannot be written, for a reason other than a pipe that its reader closed."""

    is_told_elsewhere = False
    """Whether what a write has done was printed on standard error instead."""


def prepare_streams() -> None:
    """Let standard output fail with `OutputError`, also if it is closed, and reading from a closed
    standard input fail with `OSError`; what goes to a closed standard error is dropped.

    Characters that the encoding of a stream lacks are escaped.
    """
    for number, name, mode, flags in _STREAMS:
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, flags)
            if handle != number:
                os.dup2(handle, number)
                os.close(handle)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    stdout = sys.stdout
    if isinstance(stdout, io.TextIOWrapper) and type(_raw(stdout)) is io.FileIO:
        output: Any = _Output(stdout.fileno(), "w", closefd=False)
        sys.stdout = io.TextIOWrapper(
            output if stdout.write_through else io.BufferedWriter(output),
            encoding=stdout.encoding,
            line_buffering=stdout.line_buffering,
            write_through=stdout.write_through,
        )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def abandon_output() -> None:
    """Drop what was not written to standard output, so that nothing is tried again at the exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _raw(stream: io.TextIOWrapper) -> Any:
    """The file below the buffer, which `python -u` leaves out."""
    return getattr(stream.buffer, "raw", stream.buffer)


class _Output(io.FileIO):
    """Standard output, whose errors cannot be mistaken for those of other files.

    It writes all that it is given: below a text stream without a buffer (`python -u`), nobody would
    notice that a full disk, or a pipe that another process made non-blocking, took only a part.
    """

    def write(self, data: Any, /) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        try:
            while left:
                written = super().write(left)
                if written is None:
                    select.select((), (self,), ())
                else:
                    left = left[written:]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(error.strerror or str(error)) from error
        return size
