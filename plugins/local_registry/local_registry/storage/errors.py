"""What storage refuses, as the registry's errors."""

from __future__ import annotations

from local_registry.identity.errors import OperationFailedError


def failed(name: str, message: str, **context: object) -> OperationFailedError:
    """An `OperationError` with the names of the lambda's errors (docs/protocol.md, E.5)."""
    return OperationFailedError(name, message, context)
