"""The folder for records of transfers: files that save work and can be deleted without harm."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from quilt_core.transfer.temporary import temporary_path


def cache_folder() -> Path:
    """The folder of the records: `QUILT_CORE_CACHE_DIR` or, if that is not set, the user's cache
    folder.
    """
    given = os.environ.get("QUILT_CORE_CACHE_DIR")
    if given:
        return Path(given)
    import platformdirs

    return Path(platformdirs.user_cache_dir("quiltops", appauthor=False))


def private_file(kind: str, *name: str) -> Path:
    """The path of a record; its folder is created, accessible only to this user.

    Parameters
    ----------
    kind:
        The kind of record, which is the folder's name.
    name:
        Texts that identify the record; they are hashed.

    Raises
    ------
    OSError
        When the folder cannot be created.
    """
    return private_folder(kind) / f"{digest_of(*name)}.jsonl"


def private_folder(kind: str) -> Path:
    """The folder of records of a kind, created with access only for this user; raises `OSError` if
    it cannot be created.
    """
    folder = cache_folder() / kind
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def private_draft(path: Path, content: Iterable[bytes]) -> Iterator[Path]:
    """A file beside a record for its new content, which replaces the record if the block says so.

    Only this user may read it. If it has not replaced the record when the block ends, it is
    removed. Raises `OSError` if it cannot be written.
    """
    draft = temporary_path(path.parent)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(content)
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def digest_of(*name: str) -> str:
    """The part of a file name that represents some texts."""
    text = "\0".join(name).encode(errors="surrogatepass")
    return hashlib.sha256(text).hexdigest()[:32]
