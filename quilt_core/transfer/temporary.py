"""Temporary files: their names, and the removal of those that a crash left behind."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path
from secrets import token_hex

from quilt_core.transfer.processes import is_running, this_machine

_NAME = re.compile(r"\.quiltops-([0-9a-f]{8})-([0-9]+)-[0-9a-f]{16}\.part")
_A_DAY = 24 * 3600


def temporary_path(folder: Path) -> Path:
    """A path in `folder` that no other process uses: it contains the machine and the process."""
    return folder / temporary_name()


def temporary_name() -> str:
    """The name of a temporary file."""
    return f".quiltops-{this_machine()}-{os.getpid()}-{token_hex(8)}.part"


def is_temporary(name: str) -> bool:
    """Whether a file's name is one that `temporary_path` makes."""
    return _NAME.fullmatch(name) is not None


def remove_abandoned(folders: Iterable[Path]) -> int:
    """Remove the temporary files of processes that have ended; return how many there were.

    It is not known whether a process of another machine has ended, so its files are removed when
    they have not been changed for a day. Files that cannot be removed stay.
    """
    removed = 0
    for folder in folders:
        try:
            names = [name for name in os.listdir(folder) if _NAME.fullmatch(name)]  # noqa: PTH208
        except OSError:
            continue
        for name in names:
            try:
                if _is_abandoned(folder / name):
                    (folder / name).unlink()
                    removed += 1
            except OSError:
                continue
    return removed


def _is_abandoned(path: Path) -> bool:
    found = _NAME.fullmatch(path.name)
    assert found is not None  # noqa: S101 - the caller has matched the name
    if found[1] == this_machine() and (running := is_running(int(found[2]))) is not None:
        return not running
    return path.stat().st_mtime < time.time() - _A_DAY
