"""Plugins: find them by metadata, choose one backend by name, load only that one.

A broken plugin never breaks another: each failure becomes a record that `quiltops plugins`
shows, and choosing the broken one raises `PluginError` with the cause.
"""

from quilt_core.plugins.choice import Choice, choose_backend, find_backend
from quilt_core.plugins.discovery import backends, discover, extensions, forget_plugins
from quilt_core.plugins.loading import create_backend, load_target
from quilt_core.plugins.manager import Hooks
from quilt_core.plugins.records import (
    BACKENDS_GROUP,
    EXTENSIONS_GROUP,
    KNOWN_BACKENDS,
    BackendPlugin,
    PluginRecord,
    PluginStatus,
)

__all__ = [
    "BACKENDS_GROUP",
    "EXTENSIONS_GROUP",
    "KNOWN_BACKENDS",
    "BackendPlugin",
    "Choice",
    "Hooks",
    "PluginRecord",
    "PluginStatus",
    "backends",
    "choose_backend",
    "create_backend",
    "discover",
    "extensions",
    "find_backend",
    "forget_plugins",
    "load_target",
]
