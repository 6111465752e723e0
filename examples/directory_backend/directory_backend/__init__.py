"""A backend of quiltops over a folder: `quilt_core.connect("directory", registry="file:///…")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quilt_core import BackendPlugin, Settings

_SERVICE = ("catalog", "buckets", "tabulator", "api_keys", "aws", "admin")
_NO_SERVICE = "a folder has no registry service, users or AWS behind it"
_NO_OBJECTS = "it keeps packages, and the files that they refer to are read where they are"
_NO_LIFECYCLE = "it is an example, and leaves this out"


def create_backend(settings: Settings) -> BackendPlugin:
    """Make the backend; the entry point names this function."""
    from directory_backend.reading import Reading
    from directory_backend.searching import Searching
    from directory_backend.writing import Writing
    from quilt_core import BackendPlugin
    from quilt_core.hookspecs import operations

    return BackendPlugin(
        name="directory",
        hook_version=1,
        implementers=(Reading(), Searching(), Writing()),
        # Only what has a reason that users should know. What it does not implement is unsupported
        # anyway, and what the core composes of the rest (verify_package, query, …) is supported,
        # because it is not declared here.
        unsupported={
            **{name: _NO_SERVICE for group in _SERVICE for name in operations(group)},
            **dict.fromkeys(operations("objects"), _NO_OBJECTS),
            **dict.fromkeys(("promote_package", "rollback_package"), _NO_LIFECYCLE),
            "list_workflows": "a folder has no workflows",
        },
    )
