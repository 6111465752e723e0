"""The hooks of one connection: one backend's implementers, and the extensions' wrappers."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import attrs
import pluggy

from quilt_core.errors import PluginError, QuiltOpsError
from quilt_core.hookspecs import PROJECT
from quilt_core.outcome import TELLING, Outcome, outcome_of, outcome_unless_told, with_outcome
from quilt_core.plugins.deferring import DeferredClass, DeferredImplementer
from quilt_core.plugins.extending import Extension
from quilt_core.plugins.records import BackendPlugin
from quilt_core.plugins.trace import trace_calls
from quilt_core.plugins.validation import (
    AROUND,
    answers_declared,
    answers_of,
    check_implementer,
    class_implementations,
    load_declared,
    specifications,
)

EXTENSION = "extension:"
"""The prefix of the names of extensions, which are registered beside a backend's implementers."""
COMPOSITION = "core:"
"""The prefix of the names of the core's own implementers."""
_PROBE = "probe"
_NOT_WRITTEN = outcome_unless_told(Outcome.NOT_WRITTEN)


@attrs.frozen
class Implemented:
    """The implementers of a backend, which are in order."""

    names: Sequence[str]
    """The name of each."""
    hooks: Sequence[Mapping[str, Any]]
    """The hooks of each."""
    answers: Mapping[str, frozenset[str]]
    """The operations that they answer, each with the parameters that it accepts."""
    operations: frozenset[str]
    """The names of these operations."""
    unsupported: frozenset[str]
    """The operations that the backend declares it does not have."""


def _check(
    backend: str, implementers: Sequence[object], unsupported: frozenset[str]
) -> Implemented:
    """Check implementers, and the classes of those that are still to be imported.

    Raises `PluginError` when one breaks the contract.
    """
    owner = f"backend {backend!r}"
    hooks: list[Mapping[str, Any]] = []
    met: set[str] = set()
    answered: dict[str, frozenset[str]] = {}
    for implementer in implementers:
        implemented: Mapping[str, Any]
        if isinstance(implementer, DeferredClass):
            implemented = answers = answers_declared(implementer, owner)
        else:
            implemented = found = check_implementer(implementer, owner, wrappers_only=False)
            answers = answers_of(implementer, found)
        if not met.isdisjoint(implemented):
            twice = min(met & implemented.keys())
            raise PluginError(f"The {owner} implements {twice} twice.")
        met.update(implemented)
        answered.update(answers)
        hooks.append(implemented)
    unknown = sorted(unsupported - specifications().keys())
    both = sorted(unsupported & met)
    if unknown or both:
        what = (
            f"declares {unknown[0]!r} unsupported, which is not a hook"
            if unknown
            else f"declares {both[0]!r} unsupported and implements it"
        )
        raise PluginError(f"The {owner} {what}.")
    names = [f"{backend}:{number}" for number in range(len(hooks))]
    return Implemented(names, hooks, MappingProxyType(answered), frozenset(answered), unsupported)


_check_classes = lru_cache(maxsize=16)(_check)
"""For a backend of which every implementer is a class that is still to be imported: nothing of it
depends on the connection, and a server connects for each request."""


@lru_cache(maxsize=16)
def _implemented_by(kind: type, operations: frozenset[str]) -> Mapping[str, Any]:
    """Those of the operations that a class of the core implements."""
    implemented = class_implementations(kind)
    return {name: implemented[name] for name in implemented.keys() & operations}


class _SingleHook:
    """A plugin, or a namespace of specifications, in which pluggy finds only one hook."""

    def __init__(
        self, owner: str, operation: str, function: Any, options: Mapping[str, Any]
    ) -> None:
        setattr(self, operation, function)
        self.owner = owner
        self._names = (operation,)
        self._options = options

    def __dir__(self) -> tuple[str, ...]:
        return self._names


@attrs.frozen
class _Composition:
    """Stands for an instance of a class of the core."""

    kind: type


class _Manager(pluggy.PluginManager):
    """Reads the options from `_SingleHook`, for a hook that was already found and checked."""

    def parse_hookspec_opts(self, module_or_class: Any, name: str) -> Any:
        return module_or_class._options

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        return dict(plugin._options)  # pluggy completes them in place


class Hooks:
    """The implementers that answer the operations of one connection, and the wrappers around them;
    thread-safe.

    A hook is put into the connection's pluggy manager when it is first called: a server that makes
    one connection per request calls only one hook, and pluggy takes milliseconds for all of them.
    Everything is nevertheless checked when it is added.
    """

    def __init__(self) -> None:
        self._is_traced = os.environ.get("QUILT_CORE_TRACE", "") not in ("", "0")
        self._manager: _Manager | None = None
        self._plugins: list[tuple[str, object, Mapping[str, Any]]] = []
        self._callers: dict[str, pluggy.HookCaller] = {}
        self._lock = threading.Lock()
        self._probed: set[str] = set()
        self._seen = threading.local()
        self.closed = False
        """Whether `close` was called."""
        self.around: tuple[tuple[str, Callable[..., Any]], ...] = ()
        """The hooks around every operation, the innermost first, each with its owner."""

    def close(self) -> None:
        """Release the hooks that were called; one that a call under way needs is registered again.

        A manager and its hooks refer to each other. A server that connects for each request would
        otherwise leave them, and all that they hold, to the garbage collector.
        """
        self.closed = True
        with self._lock:
            manager, self._manager, self._callers = self._manager, None, {}
        if manager is not None:
            vars(manager.hook).clear()

    def add_backend(self, backend: BackendPlugin) -> Implemented:
        """Add a backend's implementers.

        Returns
        -------
        Implemented
            What they answer.

        Raises
        ------
        PluginError
            When one breaks the contract.
        """
        known = tuple(
            one.declared if isinstance(one, DeferredImplementer) else one
            for one in backend.implementers
        )
        are_classes = all(isinstance(one, DeferredClass) for one in known)
        check: Callable[..., Implemented] = _check_classes if are_classes else _check
        checked = check(backend.name, known, frozenset(backend.unsupported))
        self._plugins += zip(checked.names, backend.implementers, checked.hooks, strict=True)
        return checked

    def add_composition(self, kind: type, operations: frozenset[str]) -> None:
        """Add a class of the core that answers these operations, after all others.

        It belongs to the core and needs no checks; further operations that it implements are
        ignored. Its instance is made when one of them is called.
        """
        composition = _Composition(kind)
        implemented = _implemented_by(kind, operations)
        self._plugins.append((f"{COMPOSITION}{kind.__name__}", composition, implemented))

    def add_extension(self, extension: Extension) -> None:
        """Add an extension, outside of those that have already been added.

        Raises `PluginError` if the same object has already been added.
        """
        for known, plugin, _ in self._plugins:
            if plugin is extension.plugin:
                what = f"The extension {extension.name!r}"
                raise PluginError(f"{what} is already registered as {known!r}.")
        name = f"{EXTENSION}{extension.name}"
        self._plugins.append((name, extension.plugin, extension.hooks))
        around = extension.hooks.get(AROUND)
        if around is not None:
            self.around = (*self.around, (name, getattr(extension.plugin, around.attribute)))

    def called(self, operation: str) -> list[tuple[str, Callable[..., Any]]]:
        """The functions that implement an operation that was called, each with its owner."""
        caller = self._callers.get(operation)
        return [
            (implementation.plugin.owner, implementation.function)  # type: ignore[attr-defined]
            for implementation in ([] if caller is None else caller.get_hookimpls())
        ]

    def wrapping(self, operation: str) -> list[str]:
        """The names of the extensions that wrap an operation that was called, the innermost
        first.
        """
        return [owner for owner, _ in self.called(operation) if owner.startswith(EXTENSION)]

    @property
    def backend_answer(self) -> type | None:
        """The type of the backend's last answer in this thread, to a wrapped operation."""
        return getattr(self._seen, "answer", None)

    def call(
        self, operation: str, compose: Callable[[type], object], arguments: Mapping[str, Any]
    ) -> Any:
        """Call a hook.

        An error of a write that has no outcome gets one where the extensions that wrap the hook
        leave no doubt: nothing was written if the backend was not called, and otherwise the outcome
        is that of the backend's own error.

        Parameters
        ----------
        operation, compose:
            As for `caller`.
        arguments:
            The hook's arguments.
        """
        if operation not in TELLING:
            return self.caller(operation, compose)(**arguments)
        with _NOT_WRITTEN:
            caller = self.caller(operation, compose)
        if operation not in self._probed:
            return caller(**arguments)
        # An extension may call operations of its own before or after this one.
        outer = getattr(self._seen, "outcome", None)
        self._seen.outcome = Outcome.NOT_WRITTEN
        try:
            return caller(**arguments)
        except QuiltOpsError as error:
            if outcome_of(error) is None and self._seen.outcome is not None:
                with_outcome(error, self._seen.outcome)
            raise
        finally:
            self._seen.outcome = outer

    def caller(self, operation: str, compose: Callable[[type], object]) -> pluggy.HookCaller:
        """The function that calls a hook.

        Parameters
        ----------
        operation:
            The name of the hook.
        compose:
            Makes the instance of a class that was given to `add_composition`.

        Raises
        ------
        KeyError
            When there is no operation with that name.
        """
        # Reading a dictionary needs no lock, and every call passes here.
        known = self._callers.get(operation)
        return self._register_hook(operation, compose) if known is None else known

    def _register_hook(
        self, operation: str, compose: Callable[[type], object]
    ) -> pluggy.HookCaller:
        with self._lock:
            if operation not in self._callers:
                # First, because what is imported only now may turn out to be broken.
                functions = [*self._functions(operation, compose)]
                if self._manager is None:
                    self._manager = _Manager(PROJECT)
                    if self._is_traced:
                        trace_calls(self._manager)
                specification = specifications()[operation]
                options = getattr(specification, f"{PROJECT}_spec")
                holder: Any = _SingleHook(PROJECT, operation, specification, options)
                self._manager.add_hookspecs(holder)
                probed = False
                for name, function, options in functions:
                    if not probed and name.startswith(EXTENSION):
                        probed = True
                        self._probed.add(operation)
                        around = self._probe(operation)
                        probe = _SingleHook(_PROBE, operation, around, {"wrapper": True})
                        self._manager.register(probe, f"{_PROBE}:{operation}")
                    one = _SingleHook(name, operation, function, options)
                    self._manager.register(one, f"{name}:{operation}")
                self._callers[operation] = getattr(self._manager.hook, operation)
            return self._callers[operation]

    def _probe(self, operation: str) -> Callable[[], Generator[None, Any, Any]]:
        """Wraps the backend inside of all extensions, to know who is responsible for a wrong
        answer, and how a write of the backend ended.
        """
        seen = self._seen
        tells = operation in TELLING

        def probe() -> Generator[None, Any, Any]:
            outcome = None
            try:
                answer = yield
            except QuiltOpsError as error:
                outcome = outcome_of(error)
                raise
            finally:
                if tells:
                    seen.outcome = outcome
            seen.answer = type(answer)
            return answer

        return probe

    def _functions(
        self, operation: str, compose: Callable[[type], object]
    ) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
        """The functions that implement a hook, each with its owner and what it is marked with."""
        for name, plugin, implemented in self._plugins:
            if operation not in implemented:
                continue
            if isinstance(plugin, _Composition):
                plugin = compose(plugin.kind)  # noqa: PLW2901
            elif isinstance(plugin, DeferredImplementer):
                backend, _, _ = name.rpartition(":")
                plugin, implemented = load_declared(plugin, f"backend {backend!r}")  # noqa: PLW2901
            implementation = implemented[operation]
            yield name, getattr(plugin, implementation.attribute), implementation.options
