"""Check hook implementations before they are registered.

pluggy registers a misspelt hook, a coroutine function and a class silently and fails, or
answers None, at the call. Here each is an error when connecting, with the nearest valid name.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from quilt_core.errors import PluginError
from quilt_core.hookspecs import OPERATION_GROUPS, PROJECT, around
from quilt_core.plugins.deferring import DeferredClass, DeferredImplementer

_MARK = f"{PROJECT}_impl"
"""The attribute in which pluggy's marker keeps the options."""


@lru_cache(maxsize=1)
def specifications() -> Mapping[str, FunctionType]:
    """All hook specifications by name, that of the hook around all operations included."""
    modules = [module for group in OPERATION_GROUPS.values() for module in group] + [around]
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


@lru_cache(maxsize=256)
def spec_names(operation: str) -> frozenset[str]:
    """The names of those parameters."""
    return frozenset(spec_parameters(operation))


AROUND = around.around_operation.__name__
"""The hook around every operation, which only extensions implement."""


@dataclass(frozen=True, slots=True)
class HookImplementation:
    """One hook that an object implements."""

    attribute: str
    """The attribute's name: the hook's name, unless `specname` gives another one."""
    options: Mapping[str, Any]
    """The options of its marker."""

    @property
    def wrapper(self) -> bool:
        """Whether it wraps the hook instead of answering it."""
        return bool(self.options.get("wrapper"))


# Servers make connections with the same classes all the time, so each class is checked once.
_of_class: WeakKeyDictionary[type, Mapping[str, HookImplementation]] = WeakKeyDictionary()
_good: WeakKeyDictionary[type, set[bool]] = WeakKeyDictionary()
"""Classes without problems, as a backend's (False) or as an extension's (True)."""


def resolved(plugin: object) -> object:
    """The implementer itself, if it is one that is still to be imported."""
    return plugin.implementer() if isinstance(plugin, DeferredImplementer) else plugin


def hook_implementations(plugin: object) -> Mapping[str, HookImplementation]:
    """The hooks that an instance, or a module, implements, by name."""
    if inspect.ismodule(plugin):
        return _marked(vars(plugin))
    known = class_implementations(type(plugin))
    own = _marked(getattr(plugin, "__dict__", {}))
    return {**known, **own} if own else known


def class_implementations(kind: type) -> Mapping[str, HookImplementation]:
    """The hooks that every instance of a class implements, by name."""
    known = _of_class.get(kind)
    if known is None:
        # Read from the class, so that properties are not evaluated.
        members = {name: inspect.getattr_static(kind, name, None) for name in dir(kind)}
        known = _of_class[kind] = _marked(members)
    return known


def _marked(members: Mapping[str, object]) -> Mapping[str, HookImplementation]:
    found = {}
    for name, member in members.items():
        if not name.startswith("__"):
            options = getattr(member, _MARK, None) or getattr(_function(member), _MARK, None)
            if isinstance(options, dict):
                found[options.get("specname") or name] = HookImplementation(name, options)
    return found


def _known(implemented: Mapping[str, HookImplementation]) -> Mapping[str, HookImplementation]:
    """Without the hooks marked `optionalhook` that another version of quiltops has."""
    if implemented.keys() <= specifications().keys():
        return implemented
    return {name: found for name, found in implemented.items() if name in specifications()}


def _function(member: Any) -> Any:
    """The function inside of a bound, static or class method."""
    return getattr(member, "__func__", member)


def check_implementer(
    plugin: object, owner: str, *, wrappers_only: bool
) -> Mapping[str, HookImplementation]:
    """Check one object with hook implementations; return them, by hook.

    Parameters
    ----------
    plugin:
        An instance, or a module.
    owner:
        Its owner, for messages: ``"backend 'platform'"``.
    wrappers_only:
        True for an extension, which may wrap operations and not answer them.

    Raises
    ------
    PluginError
        For a class, no hooks at all, a misspelt hook or parameter, a coroutine function,
        defaults, keyword-only parameters, or an extension that is not a wrapper.
    """
    if isinstance(plugin, type):
        raise PluginError(f"The {owner} registers the class {plugin.__name__}, not an instance.")
    implemented = hook_implementations(plugin)
    of_class = implemented is _of_class.get(type(plugin))
    if of_class and wrappers_only in _good.get(type(plugin), ()):
        return _known(implemented)
    if not implemented:
        raise PluginError(
            f"The {owner} registers {_describe(plugin)}, which implements no hook.",
            hint="Decorate its methods with quilt_core.hookimpl.",
        )
    for operation, implementation in implemented.items():
        if operation == AROUND and not wrappers_only:
            raise PluginError(f"The {owner} implements {AROUND}, which only extensions do.")
        if operation not in specifications():
            if implementation.options.get("optionalhook"):
                continue
            raise PluginError(
                f"The {owner} implements {operation!r}, which is not a hook.",
                hint=_nearest(operation, specifications()),
            )
        wrapper = implementation.wrapper
        if implementation.options.get("hookwrapper"):
            raise PluginError(
                f"The {owner} implements {operation} as an old-style wrapper.",
                hint="Use hookimpl(wrapper=True), and return the result of the yield.",
            )
        if operation == AROUND and wrapper:
            raise PluginError(
                f"The {owner} implements {AROUND} as a wrapper; it is a plain function.",
                hint="Use hookimpl, and return call.proceed().",
            )
        if wrappers_only and not wrapper and operation != AROUND:
            raise PluginError(
                f"The {owner} answers {operation} itself; an extension may only wrap it.",
                hint=f"Use hookimpl(wrapper=True), or answer in {AROUND}.",
            )
        function = getattr(plugin, implementation.attribute)
        _check_function(function, operation, owner, wrapper=wrapper)
    if of_class:
        _good.setdefault(type(plugin), set()).add(wrappers_only)
    return _known(implemented)


_answers: WeakKeyDictionary[type, Mapping[str, frozenset[str]]] = WeakKeyDictionary()


def answers_of(
    plugin: object, implemented: Mapping[str, HookImplementation]
) -> Mapping[str, frozenset[str]]:
    """The operations that an object answers itself, each with the parameters that it takes.

    `implemented` is what `check_implementer` returned for it.
    """
    kind = type(plugin)
    of_class = implemented is _of_class.get(kind)
    if of_class and kind in _answers:
        return _answers[kind]
    answers = {
        operation: frozenset(inspect.signature(getattr(plugin, found.attribute)).parameters)
        for operation, found in implemented.items()
        if not found.wrapper
    }
    if of_class:
        _answers[kind] = answers
    return answers


_declared: WeakKeyDictionary[DeferredClass, Mapping[str, frozenset[str]]] = WeakKeyDictionary()


def answers_declared(declared: DeferredClass, owner: str) -> Mapping[str, frozenset[str]]:
    """What `answers_of` will say of an implementer that is still to be imported.

    Raises `PluginError` for an operation that there is not.
    """
    known = _declared.get(declared)
    if known is None:
        for operation in declared.operations:
            if operation not in specifications() or operation == AROUND:
                raise PluginError(
                    f"The {owner} declares {operation!r} of {declared.target}, which is not an "
                    "operation.",
                    hint=_nearest(operation, specifications()),
                )
        known = {operation: spec_names(operation) for operation in declared.operations}
        _declared[declared] = known
    return known


def load_declared(
    plugin: DeferredImplementer, owner: str
) -> tuple[object, Mapping[str, HookImplementation]]:
    """An implementer that was declared, imported and checked, and its hooks.

    Raises
    ------
    PluginError
        When it cannot be imported, breaks the contract, or is not what was declared of it.
    """
    target = plugin.declared.target
    try:
        implementer = plugin.implementer()
    except (ImportError, AttributeError) as error:
        raise PluginError(f"The {owner} cannot import {target}: {error}.") from error
    implemented = check_implementer(implementer, owner, wrappers_only=False)
    if answers_of(implementer, implemented) != answers_declared(plugin.declared, owner):
        raise PluginError(
            f"The {owner} declares other operations of {target}, or other parameters, than that "
            "class answers.",
            hint="Name all of its hooks, each of which takes every parameter.",
        )
    return implementer, implemented


def _check_function(function: Any, operation: str, owner: str, *, wrapper: bool) -> None:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise PluginError(
            f"The {owner} implements {operation} as a coroutine function.",
            hint="Hooks are called synchronously; run the coroutine inside.",
        )
    if wrapper and not inspect.isgeneratorfunction(function):
        raise PluginError(f"The {owner} wraps {operation} with a function that does not yield.")
    allowed = spec_parameters(operation)
    named = inspect.signature(function).parameters
    for name, parameter in named.items():
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
    if not wrapper:
        _check_required(operation, named, owner)


def _check_required(operation: str, named: Iterable[str], owner: str) -> None:
    """A parameter without a neutral value always has a meaning and cannot be omitted."""
    for name, parameter in spec_parameters(operation).items():
        if parameter.default is parameter.empty and name not in named:
            raise PluginError(
                f"The {owner} implements {operation} without the parameter {name!r}, which every "
                "implementation must name.",
                hint="Only parameters that have a default in the specification may be left out.",
            )


def _nearest(name: str, valid: Mapping[str, Any]) -> str:
    import difflib  # needed only for mistakes

    near = difflib.get_close_matches(name, valid, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Valid: {', '.join(valid) or 'none'}."


def _describe(plugin: object) -> str:
    return plugin.__name__ if inspect.ismodule(plugin) else f"a {type(plugin).__name__}"
