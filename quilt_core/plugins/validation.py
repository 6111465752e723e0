"""Check hook implementations before they are registered.

pluggy registers a misspelt hook, a coroutine function and a class without a word and fails, or
answers None, at the call. Here each is an error when connecting, with the nearest valid name.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping
from functools import lru_cache
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from quilt_core.errors import PluginError
from quilt_core.hookspecs import PROJECT, ROOMS
from quilt_core.hookspecs import cli as cli_specs


@lru_cache(maxsize=1)
def specifications() -> Mapping[str, FunctionType]:
    """All hook specifications by name, that of the command line included."""
    modules = [module for room in ROOMS.values() for module in room] + [cli_specs]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if hasattr(value, f"{PROJECT}_spec")
    }


@lru_cache(maxsize=256)
def spec_parameters(operation: str) -> Mapping[str, inspect.Parameter]:
    """The parameters of an operation's specification, in order."""
    return inspect.signature(specifications()[operation]).parameters


def hook_implementations(plugin: object) -> dict[str, Mapping[str, Any]]:
    """The names of the hooks that an object implements, with pluggy's options of each."""
    found: dict[str, Mapping[str, Any]] = {}
    for name in dir(plugin):
        if name.startswith("__"):
            continue
        # Through the class, so that properties are not evaluated.
        holder = getattr(type(plugin), name, None) if not inspect.ismodule(plugin) else None
        member = holder if holder is not None else vars(plugin).get(name)
        options = getattr(member, f"{PROJECT}_impl", None)
        if options is not None:
            found[options.get("specname") or name] = {**options, "attribute": name}
    return found


def check_implementer(plugin: object, owner: str, *, wrappers_only: bool) -> tuple[str, ...]:
    """Check one object with hook implementations; return the names of its hooks.

    Parameters
    ----------
    plugin:
        An instance, or a module.
    owner:
        Who it belongs to, for messages: ``"backend 'platform'"``.
    wrappers_only:
        True for an extension, which may wrap operations and not answer them.

    Raises
    ------
    PluginError
        For a class, no hooks at all, a misspelt hook or parameter, a coroutine function,
        defaults, keyword-only parameters, or an extension that is no wrapper.
    """
    if isinstance(plugin, type):
        raise PluginError(f"The {owner} registers the class {plugin.__name__}, not an instance.")
    implemented = hook_implementations(plugin)
    if not implemented:
        raise PluginError(
            f"The {owner} registers {_describe(plugin)}, which implements no hook.",
            hint="Decorate its methods with quilt_core.hookimpl.",
        )
    for operation, options in implemented.items():
        if operation not in specifications():
            raise PluginError(
                f"The {owner} implements {operation!r}, which is no hook.",
                hint=_nearest(operation, specifications()),
            )
        wrapper = bool(options.get("wrapper"))
        if options.get("hookwrapper"):
            raise PluginError(
                f"The {owner} implements {operation} as an old-style wrapper.",
                hint="Use hookimpl(wrapper=True), and return the result of the yield.",
            )
        if wrappers_only and not wrapper and operation not in _PLAIN_FOR_EXTENSIONS:
            raise PluginError(
                f"The {owner} answers {operation} itself; an extension may only wrap it.",
                hint="Use hookimpl(wrapper=True).",
            )
        _check_function(getattr(plugin, options["attribute"]), operation, owner, wrapper=wrapper)
    return tuple(implemented)


_PLAIN_FOR_EXTENSIONS = frozenset({"cli_commands"})


_good: WeakKeyDictionary[Any, set[tuple[str, bool, bool]]] = WeakKeyDictionary()
"""Functions that were found to be right; servers make connections of the same ones all the time."""


def _check_function(function: Any, operation: str, owner: str, *, wrapper: bool) -> None:
    plain = getattr(function, "__func__", function)
    role = (operation, wrapper, plain is function)
    if role not in _good.get(plain, ()):
        _check_parameters(function, operation, owner, wrapper=wrapper)
        _good.setdefault(plain, set()).add(role)


def _check_parameters(function: Any, operation: str, owner: str, *, wrapper: bool) -> None:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise PluginError(
            f"The {owner} implements {operation} as a coroutine function.",
            hint="Hooks are called synchronously; run the coroutine inside.",
        )
    if wrapper and not inspect.isgeneratorfunction(function):
        raise PluginError(f"The {owner} wraps {operation} with a function that does not yield.")
    allowed = spec_parameters(operation)
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            raise PluginError(
                f"The {owner} implements {operation} with the parameter {name!r}, which pluggy "
                "cannot pass.",
                hint="Use plain parameters, no '*', '*args' or '**kwargs'.",
            )
        if parameter.default is not inspect.Parameter.empty:
            raise PluginError(
                f"The {owner} implements {operation} with a default for {name!r}.",
                hint="Defaults belong to the specification; leave it out.",
            )
        if name not in allowed:
            raise PluginError(
                f"The {owner} implements {operation} with the parameter {name!r}, which the hook "
                "does not have.",
                hint=_nearest(name, allowed),
            )


def _nearest(name: str, valid: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, valid, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Valid: {', '.join(valid) or 'none'}."


def _describe(plugin: object) -> str:
    return plugin.__name__ if inspect.ismodule(plugin) else f"a {type(plugin).__name__}"
