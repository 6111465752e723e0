"""The contents of pointers, so that only new ones are read."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import datetime
from pathlib import Path

from quilt_core.query.cache import TableCache
from quilt_core.transfer.temporary import temporary_path

_SETTLED = 2.0
"""Seconds after which a file system's times show whether a file was written again."""


class PointerCache:
    """The top hashes of pointers, by their location and state; thread-safe.

    Parameters
    ----------
    scope:
        The scope of the cache; None for one that is not kept.
    """

    def __init__(self, scope: str | None) -> None:
        self._cache = TableCache()
        self._path: Path | None = None
        self._old: dict[str, list[str]] = {}
        self._seen: dict[str, list[str]] = {}
        self._changed = False
        if scope is not None:
            with contextlib.suppress(OSError, ValueError):
                self._path = self._cache.folder(scope) / "pointers.json"
                loaded = json.loads(self._path.read_bytes())
                if isinstance(loaded, dict):
                    self._old = loaded

    def get(self, key: str, state: str) -> str | None:
        """The content of the pointer in this state; None if it is not known."""
        known = self._old.get(key)
        if not (isinstance(known, list) and len(known) == 2 and known[0] == state):
            return None
        self._seen[key] = known
        return str(known[1])

    def put(self, key: str, state: str, top_hash: str, modified: datetime | None) -> None:
        """Record the content of a pointer, unless it may be written again within the same
        instant.
        """
        if modified is not None and modified.timestamp() < time.time() - _SETTLED:
            self._seen[key] = [state, top_hash]
            self._changed = True

    def save(self) -> None:
        """Save the records; failing to write the cache is not an error."""
        if self._path is None or not (self._changed or len(self._seen) < len(self._old)):
            return
        temporary = temporary_path(self._path.parent)
        with contextlib.suppress(OSError):
            temporary.write_text(json.dumps(self._seen), encoding="utf-8")
            temporary.replace(self._path)
