"""Local files as objects: listed, described, read and written like those in S3."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from quilt_registry.transfer import Part, SourceState, Written

from quilt3_backend.stores.local_errors import local_errors, local_write_errors
from quilt_core import deadline
from quilt_core.domain.objects import ObjectInfo
from quilt_core.domain.uris import FileUri
from quilt_core.errors import ConflictError, NotSupportedError, ValidationError
from quilt_core.transfer.temporary import is_temporary, remove_abandoned, temporary_path

_DEFAULT_BLOCK = 1 << 17


def list_files(folder: Path, *, recursive: bool, limit: int | None) -> Iterator[ObjectInfo]:
    """The files below a folder, as for the hook `list_objects`.

    Links to files and folders are followed. Raises `ValidationError` if the folder is a file, for a
    link to a folder that contains it, and for a name that a URI cannot have.
    """
    with local_errors("list", folder):
        there = folder.exists()
        if there and not folder.is_dir():
            raise ValidationError(f"{folder} is a file, not a folder.")
    below = _walk(folder, recursive=recursive, inside=()) if there else iter(())
    return islice(below, limit)


def _walk(folder: Path, *, recursive: bool, inside: tuple[Path, ...]) -> Iterator[ObjectInfo]:
    real = folder.resolve()
    if real in inside:
        raise ValidationError(
            f"{folder} is a link to a folder that contains it; the listing would never end."
        )
    with local_errors("list", folder), os.scandir(folder) as entries:
        found = [(one.name + "/" if one.is_dir() else one.name, one) for one in entries]
    for name, entry in sorted(found, key=lambda one: one[0]):
        path = Path(entry.path)
        if name.endswith("/"):
            if recursive:
                yield from _walk(path, recursive=True, inside=(*inside, real))
            else:
                yield _folder(path)
        elif entry.is_file() and not is_temporary(name):
            yield describe_file(path)


def describe_file(path: Path) -> ObjectInfo:
    """A file, as for the hook `get_object_info`."""
    url = _url(path)
    with local_errors("look up the file", path):
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise IsADirectoryError(str(path))
    return ObjectInfo(
        uri=url,
        size=status.st_size,
        modified=datetime.fromtimestamp(status.st_mtime, UTC),
        version=None,
        etag=None,
        content_type=None,
        storage_class=None,
        checksum=None,
    )


def _folder(path: Path) -> ObjectInfo:
    return ObjectInfo(
        uri=f"{_url(path)}/", size=None, modified=None, version=None, etag=None,
        content_type=None, storage_class=None, checksum=None, is_prefix=True,
    )  # fmt: skip


def _url(path: Path) -> str:
    try:
        return FileUri(path).url
    except UnicodeEncodeError:
        raise ValidationError(
            f"{os.fsencode(path)!r} has a name that is not Unicode, which URIs do not support."
        ) from None


def open_file(path: Path, block_size: int | None) -> BinaryIO:
    """Open a file, as for the hook `open_object`."""
    describe_file(path)  # a pipe would block when it is opened
    with local_errors("open", path):
        raw = FileReader(path)
    return cast(
        "BinaryIO", io.BufferedReader(raw, min(block_size or _DEFAULT_BLOCK, _DEFAULT_BLOCK))
    )


class FileReader(io.FileIO):
    """A file as it was when it was opened: if it has changed since, reading raises
    `ConflictError`.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self._path = path
        self._state = self._look()

    def readinto(self, buffer: object, /) -> int:
        """Read, and check that the file has not changed since it was opened.

        Raises `TransportError` when the time is over or the call was cancelled.
        """
        deadline.check()
        with local_errors("read", self._path):
            count: int = super().readinto(buffer)  # type: ignore[arg-type]
        self._check()
        return count

    def readall(self) -> bytes:
        """Like `readinto`, to the end."""
        deadline.check()
        with local_errors("read", self._path):
            content = super().readall() or b""
        self._check()
        return content

    def _check(self) -> None:
        if self._look() != self._state:
            raise ConflictError(
                f"{self._path} was changed while it was being read.",
                hint="Open it again.",
                context={"uri": FileUri(self._path).url},
            )

    def _look(self) -> tuple[int, int]:
        status = os.fstat(self.fileno())
        return status.st_size, status.st_mtime_ns


class FileWriter:
    """Writes files so that a reader sees the old one or the whole new one, never a part."""

    def put(self, uri: FileUri, part: Part, metadata: Mapping[str, str]) -> Written:
        """Write a file of one part."""
        return self.put_parts(uri, [part], metadata)

    def put_parts(
        self,
        uri: FileUri,
        parts: Iterable[Part],
        metadata: Mapping[str, str],
        source: SourceState | None = None,
    ) -> Written:
        """Write a file part by part; nothing is left behind if that fails, also if the time is over
        or the call is cancelled meanwhile.
        """
        if metadata:
            raise NotSupportedError("put_object", "quilt3", "local files have no object metadata")
        with local_write_errors("write", uri.path):
            if uri.path.is_dir():
                raise ValidationError(f"{uri} is a folder.", context={"uri": uri.url})
            draft = temporary_path(uri.path.parent)
            uri.path.parent.mkdir(parents=True, exist_ok=True)
            _tidy_up(uri.path.parent)
            try:
                with draft.open("xb") as file:
                    for part in parts:
                        deadline.check()
                        file.write(part.content)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(uri.path)
            finally:
                draft.unlink(missing_ok=True)
        return Written(version=None, checksum=None)


@lru_cache(maxsize=4096)
def _tidy_up(folder: Path) -> None:
    """Remove what killed processes have left in a folder; done once per process."""
    remove_abandoned([folder])
