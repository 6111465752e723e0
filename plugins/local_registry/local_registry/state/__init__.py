"""What the registry remembers beside S3, in SQLite: a small typed store a module."""

from __future__ import annotations

from local_registry.state.store import State

__all__ = ["State"]
