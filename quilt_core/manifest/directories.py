"""What a directory's record says to its user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def directory_metadata(meta: Mapping[str, Any] | None) -> dict[str, Any]:
    """A directory's user metadata, from its record.

    The record holds the user's metadata itself (docs/protocol.md, H.2); where it holds
    nothing but an object `user_meta`, as entries do and as a registry may serve it (D.3),
    that is the user's.

    Parameters
    ----------
    meta:
        The record's `meta`; None where it has none.
    """
    found = dict(meta or {})
    nested = found.get("user_meta")
    return dict(nested) if found.keys() == {"user_meta"} and isinstance(nested, Mapping) else found
