"""The steps from which quilt-mcp composes its operations, and which this backend does not need."""

from __future__ import annotations

from abc import update_abstractmethods
from typing import Any, TypeVar

from quilt_mcp.ops.quilt_ops import QuiltOps

C = TypeVar("C", bound=type)


def without_primitives(backend: C) -> C:
    """Implement the abstract steps that a class of quilt-mcp's `QuiltOps` inherits.

    quilt-mcp composes an operation of steps (`_backend_get_package`, `_backend_push_package`, …),
    which each backend must have. A backend that implements whole operations needs none of them; an
    operation that is not overridden raises an error that says so.
    """
    for name in QuiltOps.__abstractmethods__:
        if name.startswith("_") and name not in backend.__dict__:
            setattr(backend, name, _missing(name))
    update_abstractmethods(backend)
    return backend


def _missing(name: str) -> Any:
    def missing(self: object, *_given: object, **_named: object) -> Any:
        raise NotImplementedError(f"{type(self).__name__} answers whole operations, not {name}.")

    missing.__name__ = name
    return missing
