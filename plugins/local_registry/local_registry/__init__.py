"""A local Quilt registry for development and tests.

`LocalRegistry` starts it in this process, `RegistryConfig` says how; `local_registry.testing` has
pytest fixtures. Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_registry.config import RegistryConfig
    from local_registry.faults import FaultRule
    from local_registry.server import LocalRegistry

__all__ = ["FaultRule", "LocalRegistry", "RegistryConfig"]

_HOMES = {
    "FaultRule": "local_registry.faults",
    "LocalRegistry": "local_registry.server",
    "RegistryConfig": "local_registry.config",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
