"""The type of an entry's hash, for annotations that are resolved only when somebody asks.

Manifests bring msgspec, which a command's help does without. `entry_hash.EntryHash` in an
annotation imports them when the annotation is resolved, as `typing.get_type_hints` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quilt_core.manifest.model import EntryHash

__all__ = ["EntryHash"]


def __getattr__(name: str) -> Any:
    if name != "EntryHash":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from quilt_core.manifest.model import EntryHash

    return EntryHash
