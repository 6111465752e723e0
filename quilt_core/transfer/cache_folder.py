"""Where records of transfers are kept: files that spare work, and whose loss harms nobody."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from quilt_core.transfer.temporary import temporary_path


def cache_folder() -> Path:
    """The folder of the records: `QUILT_CORE_CACHE_DIR`, else the user's cache folder."""
    given = os.environ.get("QUILT_CORE_CACHE_DIR")
    if given:
        return Path(given)
    import platformdirs

    return Path(platformdirs.user_cache_dir("quiltops", appauthor=False))


def private_file(kind: str, *name: str) -> Path:
    """The path of a record; its folder is made, for this user only.

    Parameters
    ----------
    kind:
        The kind of record, which is the folder's name.
    name:
        What it is about: texts, which are hashed.

    Raises
    ------
    OSError
        When the folder cannot be made.
    """
    return private_folder(kind) / f"{digest_of(*name)}.jsonl"


def private_folder(kind: str) -> Path:
    """The folder of records of a kind, made for this user only; `OSError` when it cannot be."""
    folder = cache_folder() / kind
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def private_draft(path: Path, content: Iterable[bytes]) -> Iterator[Path]:
    """A file beside a record, with what is to be written, which the block lets take its place.

    Only this user may read it. What has not become the record when the block ends is removed.
    Raises `OSError` when it cannot be written.
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
    """What stands for some texts in the name of a file."""
    text = "\0".join(name).encode(errors="surrogatepass")
    return hashlib.sha256(text).hexdigest()[:32]
