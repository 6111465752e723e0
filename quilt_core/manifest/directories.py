"""The user metadata in a directory's record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def directory_metadata(meta: Mapping[str, Any] | None) -> dict[str, Any]:
    """A directory's user metadata, from its record.

    The record's `meta` is the user's metadata itself (docs/protocol.md, H.2). If it consists only
    of an object `user_meta`, as in entries and as a registry may return it (D.3), that object is
    the user's metadata.

    Parameters
    ----------
    meta:
        The record's `meta`; None if it has none.
    """
    found = dict(meta or {})
    nested = found.get("user_meta")
    return dict(nested) if found.keys() == {"user_meta"} and isinstance(nested, Mapping) else found
