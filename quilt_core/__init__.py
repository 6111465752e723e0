"""quilt-core: work with a Quilt data catalog; the backend is a choice made at `pip install`.

import quilt_core

with quilt_core.connect() as ops:
    for package in ops.search_packages("penguins"):
        print(package.name, package.top_hash)
"""

from quilt_core.domain import *  # noqa: F403 - the domain's public names are ours
from quilt_core.domain import __all__ as _domain_names
from quilt_core.errors import *  # noqa: F403 - so are the errors
from quilt_core.errors import __all__ as _error_names
from quilt_core.hookspecs import HOOK_VERSION, hookimpl, hookspec
from quilt_core.ops import AdminOps, Capability, QuiltOps, connect
from quilt_core.plugins.records import BackendPlugin
from quilt_core.settings import Secret, Settings, load_settings

__version__ = "0.1.0"

__all__ = [  # noqa: PLE0604 - the two lists hold names
    *_domain_names,
    *_error_names,
    "HOOK_VERSION",
    "AdminOps",
    "BackendPlugin",
    "Capability",
    "QuiltOps",
    "Secret",
    "Settings",
    "__version__",
    "connect",
    "hookimpl",
    "hookspec",
    "load_settings",
]
