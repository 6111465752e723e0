"""The source of an upload, which is read once: a file, bytes, or an open file."""

from __future__ import annotations

import io
import mmap
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import attrs

from quilt_core.domain.objects import ObjectSource
from quilt_core.domain.uris import is_unicode
from quilt_core.errors import ValidationError
from quilt_registry.transfer.unfinished import SourceState


@attrs.frozen(kw_only=True)
class OpenSource:
    """A source that is being read."""

    file: BinaryIO
    name: str
    """For messages."""
    size: int | None
    """The number of bytes to read; None if it is not known."""
    path: Path | None = None
    before: os.stat_result | None = None
    """The file's state when it was opened."""

    def read(self, count: int) -> bytes | memoryview:
        """The next `count` bytes; fewer only at the end.

        Raises `ValidationError` if it cannot be read or does not return bytes.
        """
        if self.path is not None and (self.size or 0) >= count:
            return self._fill(count)
        pieces, missing = [], count
        while missing:
            try:
                piece = self.file.read(missing)
            except OSError as error:
                raise unreadable(self.name, error) from error
            if not isinstance(piece, (bytes, bytearray)):
                kind = type(piece).__name__
                raise ValidationError(
                    f"The source returns {kind}, not bytes.",
                    hint="Open the file in binary mode; one that would block cannot be read.",
                )
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
        return bytes(pieces[0]) if len(pieces) == 1 else b"".join(pieces)

    @property
    def state(self) -> SourceState | None:
        """The file's state when it was opened; None for anything that is not a file on this
        machine, and for one whose path is not Unicode, which no record can hold.
        """
        if self.path is None or self.before is None or not is_unicode(str(self.path)):
            return None
        return SourceState.of(self.path, self.before)

    def _fill(self, count: int) -> memoryview:
        """The next bytes of a large file, in separately allocated pages.

        Such large blocks would otherwise leave holes in the process's memory that are not returned,
        so that it would hold twice as much as is in transfer.
        """
        pages = memoryview(mmap.mmap(-1, count))
        filled = 0
        try:
            while found := self.file.readinto(pages[filled:]):  # type: ignore[attr-defined]
                filled += found
        except OSError as error:
            raise unreadable(self.name, error) from error
        return pages[:filled]

    def check_unchanged(self, size: int) -> None:
        """After `size` bytes were read, raise `ValidationError` if the file changed in the
        meantime, or can no longer be read.
        """
        changed = self.size is not None and size != self.size
        if self.before is not None:
            try:
                now = os.fstat(self.file.fileno())
            except OSError as error:
                raise unreadable(self.name, error) from error
            changed = changed or _state(now) != _state(self.before)
        if changed:
            raise changing(self.name)


@contextmanager
def open_source(source: ObjectSource) -> Iterator[OpenSource]:
    """Open a source; a file that the caller opened is left open, at its end.

    Raises
    ------
    ValidationError
        For a file that does not exist, is not a regular file (a folder, a device), or may not be
        read.
    """
    if isinstance(source, bytes):
        yield OpenSource(file=io.BytesIO(source), name="the bytes", size=len(source))
        return
    if not isinstance(source, Path):
        yield OpenSource(file=source, name=str(getattr(source, "name", "the file")),
                         size=_remaining(source))  # fmt: skip
        return
    with ExitStack() as stack:
        try:
            if not source.is_file():  # a pipe would block when it is opened
                reason = "it is not a file" if source.exists() else "it is not there"
                raise ValidationError(
                    f"{source} cannot be read: {reason}.", context={"source": str(source)}
                )
            file = stack.enter_context(source.open("rb", buffering=0))
            before = os.fstat(file.fileno())
        except OSError as error:
            raise unreadable(str(source), error) from error
        yield OpenSource(
            file=cast("BinaryIO", file),
            name=str(source),
            size=before.st_size,
            path=source,
            before=before,
        )


def changing(name: str) -> ValidationError:
    """The error for a source that something else writes to."""
    return ValidationError(
        f"{name} changed while it was being read.",
        hint="Try again when nothing writes to it any more.",
        context={"source": name},
    )


def unreadable(name: str, error: OSError) -> ValidationError:
    """The error for a source that the system does not allow to be read."""
    reason = error.strerror or type(error).__name__
    return ValidationError(f"{name} cannot be read: {reason}.", context={"source": name})


def _remaining(file: BinaryIO) -> int | None:
    """The number of bytes of a file from its current position on; None if it cannot be
    determined.
    """
    try:
        here = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(here)
    except (AttributeError, OSError, ValueError):
        return None
    return end - here


def _state(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns
