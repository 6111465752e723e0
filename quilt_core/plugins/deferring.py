"""Implementers that are imported when one of their hooks is first called.

A command, and a request to a server, calls one operation of a connection: what the others stand
on need not be imported for it, nor made for each connection.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

_loading = threading.RLock()
"""Held while an implementer is made, so that two threads do not make two; a connection has many
implementers, and a server many connections, so that none has a lock of its own."""


class DeferredImplementer:
    """Stands for an instance of a class that has not been imported yet; made by `deferred`."""

    __slots__ = ("_arguments", "_made", "_named", "declared")

    def __init__(
        self,
        declared: DeferredClass,
        arguments: tuple[object, ...],
        named: Mapping[str, object],
    ) -> None:
        self.declared = declared
        self._arguments = arguments
        self._named = named
        self._made: object = None

    def implementer(self) -> object:
        """The instance; imported and made by the first call."""
        with _loading:
            if self._made is None:
                self._made = self.declared.load()(*self._arguments, **self._named)
            return self._made


class DeferredClass:
    """A class of implementers, and the operations that it answers; made by `deferred`."""

    def __init__(self, target: str, operations: tuple[str, ...]) -> None:
        self.target = target
        self.operations: Mapping[str, None] = MappingProxyType(dict.fromkeys(operations))

    def __call__(self, *arguments: object, **named: object) -> DeferredImplementer:
        """An implementer of one connection.

        Parameters
        ----------
        arguments, named:
            What the class is called with when the first of its operations is.
        """
        return DeferredImplementer(self, arguments, named)

    def load(self) -> type:
        """The class itself; imported by the first call."""
        module, _, name = self.target.partition(":")
        loaded: type = getattr(import_module(module), name)
        return loaded


def deferred(target: str, *operations: str) -> DeferredClass:
    """Name a class of implementers without importing it.

    Connecting takes the backend's word for what the class answers. Whether it is true is checked
    when the first of the operations is called, as everything else about an implementer is when
    connecting; a backend's tests compare the two (`DeferredClass.load`).

    Parameters
    ----------
    target:
        Module and class, as entry points name them: `"my_backend.writing:WriteOperations"`.
    operations:
        The hooks that the class implements, all of them, each with every parameter of its
        specification.

    Returns
    -------
    DeferredClass
        Called with what the class takes, it gives an implementer for `BackendPlugin`.
    """
    return DeferredClass(target, operations)
