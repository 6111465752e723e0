"""The bytes of objects: small ones in the index, large ones in separate files."""

from __future__ import annotations

import os
import secrets
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from local_registry.s3.objects.journal import DamagedError, sync_folder
from local_registry.s3.objects.model import Piece

INLINE_BYTES = 16 * 1024


class Bodies:
    """The files of a store, in a permanent folder or in one that is removed with the process."""

    def __init__(self, folder: Path | None) -> None:
        """Use a folder (made when missing); `None`: a temporary one, for as long as this lives."""
        self._stack = ExitStack()
        self._kept = folder is not None
        if folder is None:
            made = tempfile.TemporaryDirectory(prefix="quiltops-registry-")
            folder = Path(self._stack.enter_context(made))
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder

    def keep(self, data: bytes, crc: int | None = None) -> Piece:
        """Keep bytes, whose CRC-32 the caller may know; a file is on the disk when this returns.

        Raises `OSError`.
        """
        crc = zlib.crc32(data) if crc is None else crc
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

    def read(self, pieces: Iterable[Piece], start: int = 0, stop: int | None = None) -> bytes:
        """The bytes of pieces from `start` until before `stop`.

        Raises `DamagedError` when a file is gone, or a whole one is not as it was written.
        """
        return b"".join(self._within(pieces, start, stop))

    def chunks(self, pieces: Iterable[Piece]) -> Iterator[bytes]:
        """The bytes of one piece after the other; raises `DamagedError` as `read` does."""
        return map(self._whole, pieces)

    def discard(self, names: Iterable[str]) -> None:
        """Remove files."""
        for name in names:
            self._path(name).unlink(missing_ok=True)

    def check(self, pieces: Iterable[tuple[str, Piece]]) -> None:
        """Check that the file of each piece exists and is complete; remove all other files.

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

    def _within(self, pieces: Iterable[Piece], start: int, stop: int | None) -> Iterator[bytes]:
        at = 0
        for piece in pieces:
            first = max(start - at, 0)
            last = piece.size if stop is None else min(stop - at, piece.size)
            at += piece.size
            if (first, last) == (0, piece.size):
                yield self._whole(piece)
            elif first < last and piece.file:
                with self._opened(piece) as file:
                    file.seek(first)
                    yield file.read(last - first)
            elif first < last:
                yield piece.data[first:last]

    def _whole(self, piece: Piece) -> bytes:
        data = piece.data
        if piece.file:
            with self._opened(piece) as file:
                data = file.read()
        if len(data) != piece.size or zlib.crc32(data) != piece.crc:
            raise DamagedError(f"{self._path(piece.file)} is not as it was written")
        return data

    def _opened(self, piece: Piece) -> IO[bytes]:
        try:
            return self._path(piece.file).open("rb")
        except FileNotFoundError as error:
            raise DamagedError(
                f"{error.filename}, which has bytes of an object, is gone"
            ) from error

    def _path(self, name: str) -> Path:
        return self._folder / name
