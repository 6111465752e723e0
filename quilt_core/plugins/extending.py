"""The extensions of a connection: which it has, which it requires, and how each is made."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from quilt_core.errors import PluginError, QuiltOpsError
from quilt_core.plugins.discovery import extensions, required_extensions
from quilt_core.plugins.loading import failure, load_target, strict
from quilt_core.plugins.records import PluginRecord, PluginStatus
from quilt_core.plugins.validation import (
    HookImplementation,
    check_implementer,
    hook_implementations,
)
from quilt_core.settings import Settings
from quilt_core.settings.load import extension_prefix

logger = logging.getLogger("quilt_core.plugins")


@attrs.frozen(kw_only=True)
class ExtensionContext:
    """What an extension's factory is told about the connection for which it makes an extension.

    `name` is the extension's own name, and `backend` that of the backend. `options` are the
    extension's own: those of the environment, `QUILT_EXTENSION_<NAME>_<OPTION>`, which are text,
    take precedence over those of `[profiles.<profile>.extensions.<name>]`, which have their TOML
    types.
    """

    name: str
    backend: str
    settings: Settings
    options: Mapping[str, Any] = attrs.field(repr=False)


@attrs.frozen
class Extension:
    """An extension of a connection: an object that was checked, and the hooks that it has."""

    name: str
    plugin: object
    hooks: Mapping[str, HookImplementation]


def make_extension(record: PluginRecord, backend: str, settings: Settings) -> Extension:
    """Import an installed extension, make it for a connection, and check it.

    Raises `PluginError` with the problem, which is also kept in the record.
    """
    loaded = load_target(record)
    try:
        return _make(loaded, record.name, backend, settings)
    except QuiltOpsError as error:
        raise failure(record, error.message.rstrip("."), error.hint, error) from error
    except (Exception, SystemExit) as error:  # an extension's factory may raise anything
        if strict():
            raise
        cause = f"making it raised {type(error).__name__}: {error}"
        raise failure(record, cause, None, error) from error


def _make(loaded: Any, name: str, backend: str, settings: Settings) -> Extension:
    plugin = loaded
    if isinstance(loaded, type) or (callable(loaded) and not hook_implementations(loaded)):
        context = ExtensionContext(
            name=name, backend=backend, settings=settings, options=extension_options(name, settings)
        )
        try:
            plugin = loaded(context)
        except Exception as error:
            error.add_note(f"Raised when the extension {name!r} was made.")
            raise
    hooks = check_implementer(plugin, f"extension {name!r}", wrappers_only=True)
    return Extension(name, plugin, hooks)


def extension_options(name: str, settings: Settings) -> Mapping[str, Any]:
    """The options of an extension: the environment takes precedence over the profile."""
    found = dict(settings.extensions.get(name, {}))
    prefix = extension_prefix(name)
    # `audit` does not take the options of `audit_log`, where that is installed too.
    variables = {extension_prefix(one) for one in extensions()} - {prefix}
    others = tuple(one for one in variables if one.startswith(prefix))
    for variable, value in os.environ.items():
        if variable.startswith(prefix) and not variable.startswith(others):
            found[variable.removeprefix(prefix).lower()] = value
    return MappingProxyType(found)


def extensions_of(
    backend: str, settings: Settings, given: Iterable[object | str | Callable[..., object]]
) -> Iterator[Extension]:
    """Make the extensions of a connection, the innermost first.

    Installed extensions that are not named anywhere come first, by name; then those that
    `QUILT_CORE_EXTENSIONS` names, those of the profile, and those that were `given` to `connect`:
    names, objects and factories. If one is named twice, the last place counts.

    Raises
    ------
    PluginError
        When an extension that was named cannot be used. Others are left out with a warning.
    """
    last = list(given)
    named = {name: "connect(extensions=…)" for name in last if isinstance(name, str)}
    for name in settings.extensions:
        named.setdefault(name, f"the profile {settings.profile!r}")
    required = required_extensions()
    for name in required:
        named.setdefault(name, "QUILT_CORE_EXTENSIONS")
    yield from _unnamed(named, backend, settings)
    order = [*required, *settings.extensions, *last]
    for position, one in enumerate(order):
        if not isinstance(one, str):
            number = position - len(order) + len(last)
            yield _make(one, f"argument {number}", backend, settings)
        elif one not in order[position + 1 :]:  # the last place where it is named is its place
            yield _required(one, named[one], backend, settings)


def _unnamed(named: Mapping[str, str], backend: str, settings: Settings) -> Iterator[Extension]:
    """The installed extensions that are not named anywhere, without the broken ones."""
    for name, record in extensions().items():
        if name in named or record.status is PluginStatus.BLOCKED:
            continue
        try:
            yield make_extension(record, backend, settings)
        except PluginError as error:
            if strict():
                raise
            _report_once(record, error)


def _required(name: str, where: str, backend: str, settings: Settings) -> Extension:
    """Make a required extension: without it, a connection would be unprotected."""
    record = extensions().get(name)
    if record is None:
        raise PluginError(
            f"The extension {name!r}, which is listed in {where}, is not installed.",
            hint=f"Install it, or remove it from {where}. Installed: "
            f"{', '.join(extensions()) or 'none'}.",
            context={"extension": name, "named_by": where},
        )
    if record.status is PluginStatus.BLOCKED:
        raise PluginError(
            f"The extension {name!r}, which is listed in {where}, is blocked: {record.cause}.",
            hint="A listed extension is required: unblock it, or remove it from the list.",
            context={"extension": name, "named_by": where},
        )
    return make_extension(record, backend, settings)


_reported: set[str] = set()


def _report_once(record: PluginRecord, error: PluginError) -> None:
    """Warn about a broken plugin the first time that it is found in this process."""
    if record.status is PluginStatus.AMBIGUOUS:
        record.error = error
    if record.name not in _reported:
        _reported.add(record.name)
        logger.warning("%s It is left out.", error)
