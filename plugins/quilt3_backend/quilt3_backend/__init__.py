"""The quilt3 backend of quiltops.

Importing it imports neither quilt3 nor boto3; they are imported for the first operation that needs
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_registry.query.options import ATHENA_OPTIONS

from quilt_core.settings import backend_options

if TYPE_CHECKING:
    from quilt_core.plugins import BackendPlugin
    from quilt_core.settings import Settings


@backend_options(*ATHENA_OPTIONS)
def create_backend(settings: Settings) -> BackendPlugin:
    """Make the backend for one connection; the entry point `quilt_core.backends: quilt3`."""
    from quilt3_backend.backend import build_backend

    return build_backend(settings)
