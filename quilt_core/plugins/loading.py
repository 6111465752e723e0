"""Import a plugin when it is needed, and report exactly what is wrong if that fails."""

from __future__ import annotations

import logging
import os
from importlib import import_module
from typing import Any

from quilt_core.errors import PluginError, QuiltOpsError
from quilt_core.hookspecs import HOOK_VERSION, OLDEST_HOOK_VERSION
from quilt_core.plugins.discovery import environment_repair
from quilt_core.plugins.former import FORMER_NAMES
from quilt_core.plugins.records import BackendPlugin, PluginRecord, PluginStatus
from quilt_core.settings import Settings, with_options

logger = logging.getLogger("quilt_core.plugins")


def strict() -> bool:
    """Whether a plugin's own exception is wanted instead of a `PluginError` about it."""
    return os.environ.get("QUILT_CORE_STRICT", "") not in ("", "0")


def load_target(record: PluginRecord) -> Any:
    """Import what the entry point names.

    Raises `PluginError`, which distinguishes a blocked plugin, an ambiguous name, a missing
    dependency, a missing attribute and an exception at import; it is also kept in the record.
    """
    if record.status in (PluginStatus.BLOCKED, PluginStatus.AMBIGUOUS):
        raise PluginError(
            f"The {record.kind} {record.name!r} cannot be used: {record.cause}.",
            context=record.to_dict(),
        )
    module_name, _, attribute = record.target.partition(":")
    try:
        loaded: Any = import_module(module_name)
        for part in filter(None, attribute.split(".")):
            loaded = getattr(loaded, part)
    except (Exception, SystemExit) as error:  # a plugin's module may raise anything
        if strict():
            raise
        raise failure(record, *_import_failure(record, module_name, error), error) from error
    record.status, record.cause, record.error = PluginStatus.LOADED, None, None
    return loaded


def create_backend(record: PluginRecord, settings: Settings) -> BackendPlugin:
    """Import a backend and make it; raises `PluginError` as `load_target` does, or for a broken
    contract.
    """
    factory = load_target(record)
    if not callable(factory):
        raise failure(record, f"{record.target} is not a function that creates a backend")
    try:
        backend = factory(with_options(settings, factory, record.name))
    except QuiltOpsError:
        raise
    except (Exception, SystemExit) as error:  # so may a plugin's factory
        if strict():
            raise
        cause = f"its factory raised {type(error).__name__}: {error}"
        hint = None
        if isinstance(error, ModuleNotFoundError):
            cause, hint = _missing_module(record, error)
        raise failure(record, cause, hint, error) from error
    return check_backend(backend, record)


def check_backend(backend: Any, record: PluginRecord | None = None) -> BackendPlugin:
    """Return `backend` if it is a `BackendPlugin` with a hook version that this core supports."""
    name = record.name if record else getattr(backend, "name", None)
    if isinstance(backend, type) or not isinstance(backend, BackendPlugin):
        cause = f"a backend is a BackendPlugin, not {backend!r}"
        raise failure(record, cause) if record else PluginError(f"Not a backend: {cause}.")
    if not OLDEST_HOOK_VERSION <= backend.hook_version <= HOOK_VERSION:
        cause = (
            f"it was written for hook version {backend.hook_version}, and this core has "
            f"{HOOK_VERSION}"
        )
        newer = backend.hook_version > HOOK_VERSION
        hint = (
            "Upgrade quiltops." if newer else f"Upgrade {record.distribution if record else name}."
        )
        if record:
            raise failure(record, cause, hint)
        raise PluginError(f"The backend {name!r} cannot be used: {cause}.", hint=hint)
    if record and backend.name != record.name:
        raise failure(record, f"it calls itself {backend.name!r}")
    return backend


def failure(
    record: PluginRecord, cause: str, hint: str | None = None, error: BaseException | None = None
) -> PluginError:
    """Mark the plugin as failed in its record, and return the error to raise."""
    repair = environment_repair([record.distribution])
    if repair:
        present = FORMER_NAMES[record.distribution or ""]
        hint = f"{record.distribution} is now called {present}: {repair}"
    problem = PluginError(
        f"The {record.kind} {record.name!r} ({record.origin}) cannot be used: {cause}.",
        hint=hint,
        context={"plugin": record.name, "target": record.target},
    )
    record.status, record.cause, record.error = PluginStatus.FAILED, problem.message, problem
    logger.debug("%s", problem, exc_info=error)
    return problem


def _import_failure(
    record: PluginRecord, module_name: str, error: BaseException
) -> tuple[str, str | None]:
    if isinstance(error, ModuleNotFoundError):
        return _missing_module(record, error)
    if isinstance(error, AttributeError) and not _raised_inside(error):
        return f"{module_name} has no attribute {record.target.partition(':')[2]}", None
    return f"importing it raised {type(error).__name__}: {error}", None


def _missing_module(record: PluginRecord, error: ModuleNotFoundError) -> tuple[str, str | None]:
    missing = error.name or ""
    if missing.partition(".")[0] == record.target.partition(":")[0].partition(".")[0]:
        cause = f"its own module {missing} is missing"
        return cause, f"Reinstall it: pip install --force-reinstall {record.distribution}."
    cause = f"its dependency {missing} is missing"
    return cause, (
        f"Install the distribution that has the module {missing!r}: {record.distribution} needs it."
    )


def _raised_inside(error: BaseException) -> bool:
    """Whether the plugin's own code raised it, and not the look-up of the attribute here."""
    trace = error.__traceback__
    return trace is not None and trace.tb_next is not None
