"""Where records of transfers are kept: files that spare work, and whose loss harms nobody."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


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


def digest_of(*name: str) -> str:
    """What stands for some texts in the name of a file."""
    text = "\0".join(name).encode(errors="surrogatepass")
    return hashlib.sha256(text).hexdigest()[:32]
