"""Checks a call of the facade without making it, for a dry run of an operation that has none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NoReturn

from quilt_core.ops.dispatch import Dispatcher


def rehearse(method: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    """Raise what a method raises before it calls the backend.

    Parameters
    ----------
    method:
        A method of `QuiltOps` or of its `admin`; nothing is checked for another function.
    *args, **kwargs:
        Its arguments.

    Raises
    ------
    ValidationError
        When an argument is malformed.
    NotSupportedError
        When the backend does not have the operation, or does not accept an argument.
    """
    group = getattr(method, "__self__", None)
    dispatch = getattr(group, "_dispatch", None)
    if not isinstance(dispatch, Dispatcher):
        return
    view: Any = copy.copy(group)
    view._dispatch = _Rehearsal(dispatch)
    try:
        getattr(view, method.__name__)(*args, **kwargs)
    except _Reached:
        return


class _Reached(Exception):  # noqa: N818 - it is not an error: the call would reach the backend
    """The backend would be called."""


class _Rehearsal:
    """A dispatcher that checks operations and does not call them."""

    def __init__(self, dispatch: Dispatcher) -> None:
        self._dispatch = dispatch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dispatch, name)

    def call(self, operation: str, _expected: type, /, **arguments: Any) -> NoReturn:
        self._dispatch.require(operation, arguments)
        raise _Reached

    collect = stream = call
