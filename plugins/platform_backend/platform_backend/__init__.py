"""The platform backend: every QuiltOps operation over a registry's GraphQL API, with a JWT."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_registry.query.options import ATHENA_OPTIONS

from quilt_core.settings import backend_options

if TYPE_CHECKING:
    from quilt_core.plugins import BackendPlugin
    from quilt_core.settings import Settings


@backend_options(*ATHENA_OPTIONS)
def create_backend(settings: Settings) -> BackendPlugin:
    """Make the backend for one connection (entry point `platform` of `quilt_core.backends`).

    Parameters
    ----------
    settings:
        The settings of the connection; no request is made before the first operation.
    """
    from platform_backend.backend import build_backend

    return build_backend(settings)
