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
    folder = cache_folder() / kind
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256("\0".join(name).encode(errors="surrogatepass")).hexdigest()
    return folder / f"{digest[:32]}.jsonl"
