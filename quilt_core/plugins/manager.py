"""One pluggy manager a connection: the specifications, one backend, the extensions' wrappers."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import pluggy

from quilt_core.errors import PluginError
from quilt_core.hookspecs import PROJECT, ROOMS
from quilt_core.hookspecs import cli as cli_specs
from quilt_core.plugins.loading import failure, load_target, strict
from quilt_core.plugins.records import BackendPlugin, PluginRecord, PluginStatus
from quilt_core.plugins.trace import trace_calls
from quilt_core.plugins.validation import check_implementer, specifications

logger = logging.getLogger("quilt_core.plugins")


_SPECIFIED: dict[tuple[object, str], Any] = {}
_IMPLEMENTED: WeakKeyDictionary[type, dict[str, Any]] = WeakKeyDictionary()


class _Manager(pluggy.PluginManager):
    """Remembers which functions are specifications, and which methods of a class are hooks.

    Servers make a connection for each request, of the same modules and classes; pluggy looks at
    every attribute of every object anew, which is most of what a connection costs.
    """

    def parse_hookspec_opts(self, module_or_class: Any, name: str) -> Any:
        key = (module_or_class, name)
        if key not in _SPECIFIED:
            _SPECIFIED[key] = super().parse_hookspec_opts(module_or_class, name)
        return _SPECIFIED[key]

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        if name.startswith("_"):
            return None
        if isinstance(plugin, (type, ModuleType)) or name in getattr(plugin, "__dict__", ()):
            return super().parse_hookimpl_opts(plugin, name)
        known = _IMPLEMENTED.setdefault(type(plugin), {})
        if name not in known:
            known[name] = super().parse_hookimpl_opts(plugin, name)
        return known[name] and dict(known[name])


def new_manager() -> pluggy.PluginManager:
    """A manager with the specifications of all operations and of the command line's hook."""
    manager = _Manager(PROJECT)
    for modules in ROOMS.values():
        for module in modules:
            manager.add_hookspecs(module)
    manager.add_hookspecs(cli_specs)
    if os.environ.get("QUILT_CORE_TRACE", "") not in ("", "0"):
        trace_calls(manager)
    return manager


def register_backend(manager: pluggy.PluginManager, backend: BackendPlugin) -> None:
    """Register a backend's implementers; `PluginError` when one breaks the contract."""
    owner = f"backend {backend.name!r}"
    answered: dict[str, object] = {}
    for number, implementer in enumerate(backend.implementers):
        for operation in check_implementer(implementer, owner, wrappers_only=False):
            if operation in answered:
                raise PluginError(f"The {owner} implements {operation} twice.")
            answered[operation] = implementer
        manager.register(implementer, f"{backend.name}:{number}")
    unknown = sorted(set(backend.unsupported) - set(specifications()))
    both = sorted(set(backend.unsupported) & set(answered))
    if unknown or both:
        what = (
            f"declares {unknown[0]!r} unsupported, which is no hook"
            if unknown
            else f"declares {both[0]!r} unsupported and implements it"
        )
        raise PluginError(f"The {owner} {what}.")


def register_extension(manager: pluggy.PluginManager, extension: object, name: str) -> None:
    """Register an extension's wrappers; `PluginError` when it breaks the contract."""
    check_implementer(extension, f"extension {name!r}", wrappers_only=True)
    manager.register(extension, f"extension:{name}")


def register_installed_extensions(
    manager: pluggy.PluginManager, records: Iterable[PluginRecord]
) -> None:
    """Register the installed extensions; one that is broken is reported and left out."""
    for record in records:
        if record.status is PluginStatus.BLOCKED:
            continue
        try:
            extension = load_target(record)
            try:
                register_extension(manager, extension, record.name)
            except PluginError as error:
                raise failure(record, error.message.rstrip("."), error.hint, error) from error
        except PluginError as error:
            if strict():
                raise
            report_once(record, error)


_reported: set[str] = set()


def report_once(record: PluginRecord, error: PluginError) -> None:
    """Warn of a broken plugin the first time that it is met in this process."""
    if record.status is PluginStatus.AMBIGUOUS:
        record.error = error
    if record.name not in _reported:
        _reported.add(record.name)
        logger.warning("%s It is left out.", error)


def implemented_operations(
    manager: pluggy.PluginManager, backend: BackendPlugin
) -> Mapping[str, frozenset[str]]:
    """The operations that the backend answers, each with the parameters that it takes."""
    own = {id(implementer) for implementer in backend.implementers}
    return {
        operation: frozenset(implementation.argnames)
        for operation in specifications()
        for implementation in _implementations(manager, operation)
        if id(implementation.plugin) in own and not implementation.wrapper
    }


def _implementations(manager: pluggy.PluginManager, operation: str) -> Sequence[Any]:
    return getattr(manager.hook, operation).get_hookimpls()  # type: ignore[no-any-return]
