"""The public names of quiltops that are neither domain objects nor errors; see `quilt_core`."""

from quilt_core.hookspecs import HOOK_VERSION, hookimpl, hookspec
from quilt_core.ops import Capability, QuiltOps, connect
from quilt_core.plugins import BackendPlugin
from quilt_core.settings import Option, Secret, Settings, backend_options, load_settings

__all__ = [
    "HOOK_VERSION",
    "BackendPlugin",
    "Capability",
    "Option",
    "QuiltOps",
    "Secret",
    "Settings",
    "backend_options",
    "connect",
    "hookimpl",
    "hookspec",
    "load_settings",
]
