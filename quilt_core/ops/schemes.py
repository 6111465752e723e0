"""Which registries a backend serves, by the scheme of their addresses."""

from __future__ import annotations

from typing import Any

from quilt_core.domain.names import Registry
from quilt_core.errors import ValidationError
from quilt_core.plugins.records import BackendPlugin

_EXAMPLES = {"s3": "s3://my-bucket", "file": "file:///folder"}


def check_served(
    registry: Any, backend: BackendPlugin, operation: str | None = None, source: str | None = None
) -> None:
    """Refuse a registry whose scheme the backend does not declare.

    Parameters
    ----------
    registry:
        The registry argument of an operation; values that are neither a `Registry` nor a tuple of
        them are ignored.
    backend:
        The connection's backend.
    operation:
        The operation, for the message.
    source:
        Where the registry was configured, for the message; None if it was given in the call.

    Raises
    ------
    ValidationError
        When the backend does not serve the scheme; the message names those that it serves.
    """
    for one in registry if isinstance(registry, tuple) else (registry,):
        if isinstance(one, Registry) and one.scheme not in backend.schemes:
            served = ", ".join(_EXAMPLES.get(scheme, f"{scheme}://…") for scheme in backend.schemes)
            whence = "" if source is None else f" (from {source})"
            raise ValidationError(
                f"The backend {backend.name!r} does not serve the registry {one.url}{whence}.",
                operation=operation,
                backend=backend.name,
                hint=f"It serves registries such as {served or 'none at all'}.",
                context={"registry": one.url},
            )
