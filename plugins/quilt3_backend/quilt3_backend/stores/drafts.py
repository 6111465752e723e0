"""Write files of a registry's folder so that a crash leaves either the old or the new file.

A file is first written as a draft, and gets its name when all of it is on the disk. Drafts are in a
separate folder that no reader of a registry uses, neither this backend nor quilt3. The next writer
removes drafts that a killed writer left there.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from quilt3_backend.stores.local_errors import local_write_errors
from quilt_core import deadline

_DRAFTS = ".quilt/drafts"
_PAUSE = 0.005
"""Seconds between two attempts to get a lock, which other writers hold for about as long."""


def replace_file(registry: Path, path: Path, content: bytes | IO[bytes]) -> None:
    """Write a file below a registry's folder, replacing an existing one.

    `content` may be a file, which is written completely.

    It is on the disk, including its name, when this returns. Raises the errors of
    `local_write_errors` and then leaves nothing behind.
    """
    with (
        local_write_errors("write", path),
        _draft(registry, content) as draft,
        _folder_of(path),
    ):
        draft.replace(path)


def claim_file(registry: Path, path: Path, content: bytes) -> bool:
    """Like `replace_file`, but never replaces a file; returns whether it was written."""
    with (
        local_write_errors("write", path),
        _draft(registry, content) as draft,
        _folder_of(path),
    ):
        try:
            path.hardlink_to(draft)  # all of it or none
        except FileExistsError:
            return False
        return True


def lock(handle: int, kind: int) -> None:
    """Wait for a lock on an open folder, no longer than the call may take.

    Raises `OSError` if there are no locks, and `TransportError` if the time is up.
    """
    while True:
        try:
            return fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            deadline.pause(_PAUSE)


@contextmanager
def _draft(registry: Path, content: bytes | IO[bytes]) -> Iterator[Path]:
    """A draft with this content, on the disk; it is removed afterwards."""
    folder = registry / _DRAFTS
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        _take_away_leftovers(folder, handle)
        # A writer holds this lock, which the operating system frees when the writer dies.
        lock(handle, fcntl.LOCK_SH)
        draft = folder / uuid.uuid4().hex
        try:
            with draft.open("xb") as file:
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    content.seek(0)
                    shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
            yield draft
        finally:
            draft.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _take_away_leftovers(folder: Path, handle: int) -> None:
    """Delete all drafts, unless another writer is active: then a later writer does it."""
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for leftover in folder.iterdir():
            leftover.unlink(missing_ok=True)


@contextmanager
def _folder_of(path: Path) -> Iterator[None]:
    """Make the folder for a file that gets its name now, and ensure that the name persists.

    Folders that were made for a file that was not written are removed again.
    """
    new = [one for one in (path.parent, *path.parent.parents) if not one.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for one in new:
            with suppress(OSError):  # not made yet, or used by another writer
                one.rmdir()
        raise
    for one in {path.parent, *(made.parent for made in new)}:
        _sync(one)


def _sync(folder: Path) -> None:
    """Sync a folder's names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
