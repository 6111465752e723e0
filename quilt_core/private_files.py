"""Files that only this user may read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_private(path: Path, text: str) -> None:
    """Write a file of mode 0600, completely or not at all; a previous file stays until then.

    Parameters
    ----------
    path:
        The file; its folder must exist.
    text:
        Its content, written as UTF-8.

    Raises
    ------
    OSError
        When it cannot be written; a previous file is unchanged.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".partial")  # of mode 0600
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
