"""The contract: one hookspec per QuiltOps operation, one module per operation group.

These docstrings are everything that a backend author needs. Every operation's hook has
`firstresult=True`, takes the arguments named in its specification, and returns an object. It never
returns None, which pluggy reads as "declined".

No argument is ever dropped. Every implementation must declare all parameters that have no default
in the specification; otherwise, connecting fails. Parameters with a default can be left out: the
default is the neutral value, and if a caller passes another value, the core raises
`NotSupportedError` before it calls the backend. Implementations do not declare defaults themselves.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

from quilt_core.hookspecs import (
    api_keys,
    aws,
    buckets,
    catalog,
    content,
    lifecycle,
    objects,
    packages,
    query,
    revisions,
    tabulator,
    transfer,
)
from quilt_core.hookspecs.admin import api_keys as admin_api_keys
from quilt_core.hookspecs.admin import buckets as admin_buckets
from quilt_core.hookspecs.admin import policies, roles, sso, users
from quilt_core.hookspecs.markers import (
    HOOK_VERSION,
    OLDEST_HOOK_VERSION,
    PROJECT,
    hookimpl,
    hookspec,
)

OPERATION_GROUPS: dict[str, tuple[ModuleType, ...]] = {
    "catalog": (catalog,),
    "buckets": (buckets,),
    "packages": (packages, revisions, lifecycle),
    "content": (content,),
    "objects": (objects,),
    "transfer": (transfer,),
    "query": (query,),
    "tabulator": (tabulator,),
    "api_keys": (api_keys,),
    "aws": (aws,),
    "admin": (users, roles, policies, sso, admin_buckets, admin_api_keys),
}
"""The specification modules by operation group."""


@cache
def operations(group: str | None = None) -> tuple[str, ...]:
    """The names of all operations, or of one group, in the order of their specifications."""
    groups = OPERATION_GROUPS.values() if group is None else (OPERATION_GROUPS[group],)
    return tuple(
        name
        for modules in groups
        for module in modules
        for name, value in vars(module).items()
        if hasattr(value, f"{PROJECT}_spec")
    )


__all__ = [
    "HOOK_VERSION",
    "OLDEST_HOOK_VERSION",
    "OPERATION_GROUPS",
    "PROJECT",
    "hookimpl",
    "hookspec",
    "operations",
]
