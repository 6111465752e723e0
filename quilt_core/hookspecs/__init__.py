"""The contract: one hookspec per QuiltOps operation, one module per operation group.

These docstrings are everything that a backend author needs. Every operation's hook has
`firstresult=True`, takes the arguments named in its specification, and returns an object. It never
returns None, which pluggy reads as "declined".

No argument is ever dropped. Every implementation must declare all parameters that have no default
in the specification; otherwise, connecting fails. Parameters with a default can be left out: the
default is the neutral value, and if a caller passes another value, the core raises
`NotSupportedError` before it calls the backend. Implementations do not declare defaults themselves.

The following rules hold for every operation, unless its specification says something else.

Arguments: the facade refuses malformed arguments with `ValidationError` before any hook is called.
A hook therefore gets a limit that is None or at least 1, names and ids that are not empty, and
lists of names and ids without repetitions. None means what the specification says; an empty list is
not None, but a list of nothing.

Names: the names of packages, users, roles, tables, API keys and workflows, titles of policies, and
keys of objects are case-sensitive and are compared character by character, without normalization.
Only `*` and `?` in parameters that are described as patterns have a special meaning. Whether two
email addresses that differ only in case count as the same is the registry's decision.

Listings: a listing of nothing is empty, which is not an error; a listing of something that does not
exist or cannot be read raises `NotFoundError`. Each item occurs once. "By name" is the order of
code points, ascending. A listing is complete, or it raises an error.

Times: every time in an answer is in UTC and has its time zone, except in the rows of queries. What
is written has the time at which it was written, by the clock of the store, whatever the time zone
of the machine.

Identities: a call is answered, or refused, for the identity that makes it, by the rights that it
has at that time. What a backend keeps of an answer is never an answer to another identity, nor to
the same one after it was locked out.

Repetitions: a call that sets something to its present value succeeds and changes nothing. Creating
something that exists raises `ConflictError`, and deleting something that does not exist, or was
already deleted, raises `NotFoundError`.

Errors: a call that raises an error has changed nothing, except where the specification says that
the outcome can be another one. The message names what was asked for. Errors about a package that
does not exist, or whose latest revision is another one, have its name and its registry as `package`
and `registry` in their context, those about a revision also `top_hash`, those about a path of it
`path`, and those about an object that does not exist, or that may not be read or written, `uri`.
All errors of a backend's writes of packages have `package` and `registry`: where a backend leaves
them out, the core adds those of the package that was to be written.

Changes: an operation changes only what its specification names. In particular, no operation deletes
objects of a store; only uploads and copies write them.

Progress: `progress` is called with a `Progress` after a step of work whose duration depends on a
number of objects, bytes or revisions; None reports nothing. `operation` is the operation that does
the work: a push can also report the steps of the operation that publishes the revision. Within a
phase, `total` and `unit` stay the same, and `done` never decreases and never exceeds `total`.
Copies of objects, uploads and downloads are reported up to the last object or byte. Apart from
that, a backend decides which phases it reports and how often: a write that copies nothing and a
deletion may report nothing; a deletion that reports anything reports, at its end, all revisions
that it deleted. Reports come one at a time, from any thread, and only before the operation returns.
An exception that `progress` raises ends the operation and reaches the caller unchanged. A write
that is ended before its last step publishes nothing.
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
