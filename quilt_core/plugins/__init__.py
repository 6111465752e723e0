"""Plugins: find them by metadata, choose one backend by name, load only that one.

A broken plugin never breaks another: each failure becomes a record that `quiltops plugins`
shows, and choosing the broken one raises `PluginError` with the cause.
"""

from quilt_core.plugins.deferring import DeferredClass, DeferredImplementer, deferred
from quilt_core.plugins.discovery import (
    backends,
    clear_cache,
    commands,
    discover,
    extensions,
)
from quilt_core.plugins.extending import ExtensionContext, extension_options
from quilt_core.plugins.loading import create_backend, failure, load_target
from quilt_core.plugins.manager import Hooks
from quilt_core.plugins.records import (
    BACKENDS_GROUP,
    COMMANDS_GROUP,
    EXTENSIONS_GROUP,
    KNOWN_BACKENDS,
    BackendPlugin,
    PluginRecord,
    PluginStatus,
)
from quilt_core.plugins.selection import Selection, find_backend, select_backend

__all__ = [
    "BACKENDS_GROUP",
    "COMMANDS_GROUP",
    "EXTENSIONS_GROUP",
    "KNOWN_BACKENDS",
    "BackendPlugin",
    "DeferredClass",
    "DeferredImplementer",
    "ExtensionContext",
    "Hooks",
    "PluginRecord",
    "PluginStatus",
    "Selection",
    "backends",
    "clear_cache",
    "commands",
    "create_backend",
    "deferred",
    "discover",
    "extension_options",
    "extensions",
    "failure",
    "find_backend",
    "load_target",
    "select_backend",
]
