"""Manifests as Parquet files, so that each revision is read once.

A file belongs to a scope, which represents a registry and an identity, so that no user sees what
only another user was allowed to read. Only this user can read it, and losing it does no harm.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from quilt_core.errors import BackendError
from quilt_core.transfer.cache_folder import cache_folder
from quilt_core.transfer.temporary import is_temporary, remove_abandoned, temporary_path

_KIND = "query"
_UNUSED = 30 * 24 * 3600
_TOUCH = 24 * 3600


class TableCache:
    """A folder of Parquet files.

    Parameters
    ----------
    folder:
        The path of the folder; by default the folder `query` of the user's cache or, if that cannot
        be used, a temporary folder, which is removed with this object.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = cache_folder() / _KIND if folder is None else folder
        self._temporary: Path | None = None

    def folder(self, scope: str) -> Path:
        """The folder of a scope, which is created if it does not exist, accessible only to this
        user.

        Raises `OSError` if not even a temporary folder can be created.
        """
        digest = hashlib.sha256(scope.encode(errors="surrogatepass")).hexdigest()[:32]
        if self._temporary is None:
            folder = self._folder / digest
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if _is_ours(self._folder) and _is_ours(folder) and os.access(folder, os.W_OK):
                    return folder
            except OSError:
                pass
            self._temporary = Path(tempfile.mkdtemp(prefix="quiltops-query-cache-"))
            weakref.finalize(self, shutil.rmtree, self._temporary, ignore_errors=True)
        folder = self._temporary / digest
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def clean(self, scope: str, keep: Collection[Path]) -> None:
        """Remove files that no query has used for 30 days or that a crash left behind.

        Another process may remove them at the same time; a file that cannot be removed stays.
        """
        folder = self.folder(scope)
        remove_abandoned([folder])
        limit = time.time() - _UNUSED
        for path in folder.iterdir():
            if path not in keep and not is_temporary(path.name):
                with suppress(OSError):
                    if path.stat().st_mtime < limit:
                        path.unlink()


@contextmanager
def file_errors() -> Iterator[None]:
    """Errors of the files of a query become `BackendError`."""
    try:
        yield
    except OSError as error:
        raise BackendError(
            f"The files of the query cannot be written: {error}.",
            hint="Set QUILT_CORE_CACHE_DIR and TMPDIR to folders with enough space.",
        ) from error


def write_once(path: Path, write: Callable[[Path], None]) -> Path:
    """Let `write` make a file, which appears completely or not at all; an existing file is kept.

    Raises whatever `write` raises, and `OSError` if the file cannot be written.
    """
    if is_there(path):
        return path
    temporary = temporary_path(path.parent)
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def is_there(path: Path) -> bool:
    """Whether a file of the cache exists; if so, it counts as used."""
    try:
        age = time.time() - path.stat().st_mtime
    except OSError:
        return False
    if age > _TOUCH:
        with suppress(OSError):
            os.utime(path)
    return True


def _is_ours(folder: Path) -> bool:
    """Whether nobody else can write into a folder, or read it."""
    if os.name != "posix":
        return True
    found = folder.stat()
    if found.st_uid != os.getuid():
        return False
    if found.st_mode & 0o077:
        folder.chmod(0o700)
    return True
