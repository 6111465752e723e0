"""Refusals of the storage, as the registry's errors."""

from __future__ import annotations

from local_registry.identity.errors import OperationFailedError
from local_registry.rules.errors import presentable


def failed(name: str, message: str, **context: object) -> OperationFailedError:
    """An `OperationError` with the names of the lambda's errors (docs/protocol.md, E.5)."""
    return OperationFailedError(name, message, context)


def refused(details: str) -> OperationFailedError:
    """A configuration or a choice that cannot be used: `QuiltException`."""
    return failed("QuiltException", presentable(details), details=presentable(details))


def invalid(details: str) -> OperationFailedError:
    """A revision that its workflow refuses: `WorkflowValidationError`."""
    return failed("WorkflowValidationError", presentable(details), details=presentable(details))
