"""A backend of quiltops over a folder: `quilt_core.connect("directory", registry="file:///…")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quilt_core import BackendPlugin, Settings

_NO_SERVICE = "a folder has no registry service, users or AWS behind it"


def create_backend(settings: Settings) -> BackendPlugin:
    """Make the backend; the entry point names this function."""
    from directory_backend.reading import Reading
    from directory_backend.searching import Searching
    from directory_backend.writing import Writing
    from quilt_core import BackendPlugin
    from quilt_core.hookspecs import operations

    implementers = (Reading(), Searching(), Writing())
    implemented = {name for one in implementers for name in dir(one)}
    return BackendPlugin(
        name="directory",
        hook_version=1,
        implementers=implementers,
        unsupported={name: _NO_SERVICE for name in operations() if name not in implemented},
    )
