"""The registry's state besides S3, in SQLite, with one small typed store per module."""

from __future__ import annotations

from local_registry.state.store import State

__all__ = ["State"]
