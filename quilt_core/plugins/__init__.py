"""Plugins: find them by metadata, choose one backend by name, load only that one.

A broken plugin never breaks another: each failure becomes a record that `quiltops plugins`
shows, and choosing the broken one raises `PluginError` with the cause.
"""

from quilt_core.plugins.choice import Choice, choose_backend, find_backend
from quilt_core.plugins.discovery import backends, discover, extensions, forget_plugins
from quilt_core.plugins.loading import create_backend, load_target
from quilt_core.plugins.manager import (
    implemented_operations,
    new_manager,
    register_backend,
    register_extension,
    register_installed_extensions,
)
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
    "PluginRecord",
    "PluginStatus",
    "backends",
    "choose_backend",
    "create_backend",
    "discover",
    "extensions",
    "find_backend",
    "forget_plugins",
    "implemented_operations",
    "load_target",
    "new_manager",
    "register_backend",
    "register_extension",
    "register_installed_extensions",
]
