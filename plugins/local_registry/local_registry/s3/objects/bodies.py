"""The bytes of objects: few of them in the index, many in files of their own."""

from __future__ import annotations

import os
import secrets
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from local_registry.s3.objects.journal import DamagedError, sync_folder
from local_registry.s3.objects.model import Piece

INLINE_BYTES = 16 * 1024


class Bodies:
    """The files of a store, in a folder that is kept or in one that goes with the process."""

    def __init__(self, folder: Path | None) -> None:
        """Use a folder (made when missing); `None`: a temporary one, for as long as this lives."""
        self._stack = ExitStack()
        self._kept = folder is not None
        if folder is None:
            made = tempfile.TemporaryDirectory(prefix="quiltops-registry-")
            folder = Path(self._stack.enter_context(made))
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder

    def keep(self, data: bytes) -> Piece:
        """Keep bytes; a file is on the disk when this returns. Raises `OSError`."""
        crc = zlib.crc32(data)
        if len(data) <= INLINE_BYTES:
            return Piece(len(data), crc, data=data)
        name = secrets.token_hex(16)
        path = self._path(name)
        handle = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        try:
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(handle, view) :]
                if self._kept:
                    os.fsync(handle)
            finally:
                os.close(handle)
            if self._kept:
                sync_folder(path.parent)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return Piece(len(data), crc, file=name)

    def open(self, pieces: Sequence[Piece]) -> Body:
        """The bytes of pieces, readable even when their files are removed meanwhile.

        Raises `DamagedError` when a file is gone.
        """
        with ExitStack() as stack:
            files: list[IO[bytes] | None] = []
            for piece in pieces:
                if not piece.file:
                    files.append(None)
                    continue
                try:
                    files.append(stack.enter_context(self._path(piece.file).open("rb")))
                except FileNotFoundError as error:
                    raise DamagedError(f"{error.filename}, which has bytes, is gone") from error
            return Body(list(zip(pieces, files, strict=True)), stack.pop_all())

    def discard(self, names: Iterable[str]) -> None:
        """Remove files."""
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def check(self, pieces: Iterable[tuple[str, Piece]]) -> None:
        """See that the file of each piece is there and whole; remove all other files.

        Each piece comes with the name of its object. Raises `DamagedError`.
        """
        sizes = {entry.name: entry.stat().st_size for entry in os.scandir(self._folder)}
        needed: set[str] = set()
        for name, piece in pieces:
            if piece.file and sizes.get(piece.file) != piece.size:
                found = sizes.get(piece.file)
                raise DamagedError(
                    f"{self._folder / piece.file}, which has bytes of {name}, "
                    + ("is gone" if found is None else f"has {found} bytes, not {piece.size}")
                )
            needed.add(piece.file)
        self.discard(sizes.keys() - needed)

    def close(self) -> None:
        """Remove a temporary folder."""
        self._stack.close()

    def _path(self, name: str) -> Path:
        return self._folder / name


class Body:
    """Open bytes of an object: read them once, all or a range, or close it."""

    def __init__(self, pieces: list[tuple[Piece, IO[bytes] | None]], files: ExitStack) -> None:
        self._pieces = pieces
        self._files = files

    def read(self, start: int = 0, stop: int | None = None) -> bytes:
        """The bytes from `start` until before `stop`; raises `DamagedError`."""
        with self._files:
            return b"".join(self._within(start, stop))

    def chunks(self) -> Iterator[bytes]:
        """The bytes of one piece after the other; raises `DamagedError`."""
        with self._files:
            for piece, file in self._pieces:
                yield _whole(piece, file)

    def close(self) -> None:
        """Close the files; a second call does nothing."""
        self._files.close()

    def _within(self, start: int, stop: int | None) -> Iterator[bytes]:
        at = 0
        for piece, file in self._pieces:
            first = max(start - at, 0)
            last = piece.size if stop is None else min(stop - at, piece.size)
            at += piece.size
            if first >= last:
                continue
            if file is None or (first, last) == (0, piece.size):
                whole = _whole(piece, file)
                yield whole if (first, last) == (0, piece.size) else whole[first:last]
            else:
                file.seek(first)
                yield file.read(last - first)


def _whole(piece: Piece, file: IO[bytes] | None) -> bytes:
    data = piece.data if file is None else file.read()
    if len(data) != piece.size or zlib.crc32(data) != piece.crc:
        raise DamagedError(f"bytes of the data folder are not as they were written: {piece.file}")
    return data
