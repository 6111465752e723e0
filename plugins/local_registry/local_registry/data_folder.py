"""The folder that keeps everything, which only one registry uses at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_registry.s3.objects.journal import sync_folder

if os.name == "posix":
    import fcntl

LOCK = "lock"
OBJECTS = "objects"


@contextmanager
def data_folder(path: Path) -> Iterator[Path]:
    """Lock the folder for this registry; it is created if it is missing, accessible only to its
    owner.

    The system releases the lock when the process ends, in whatever way.

    Raises `BlockingIOError` if another registry uses the folder, and `OSError` if it cannot be
    written or the system has no such locks.
    """
    if os.name != "posix":
        raise OSError("a data folder needs the file locks of a POSIX system")
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    sync_folder(path.parent)
    lock = path / LOCK
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        lock.chmod(0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode("ascii", "replace").strip()
            raise BlockingIOError(
                f"the data folder {path} is in use by another local registry"
                + (f" (process {holder})" if holder else "")
                + ": stop that one, or name another folder"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield path
    finally:
        os.close(handle)
