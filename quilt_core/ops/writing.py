"""What the facade's writes share: every error of a write tells whether the write happened, and
every error of a write of a package names the package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, TypeVar

from quilt_core.errors import QuiltOpsError
from quilt_core.ops.group import OperationGroup
from quilt_core.outcome import Outcome, outcome_unless_told

P = ParamSpec("P")
T = TypeVar("T")
W = TypeVar("W", bound="WritingGroup")


def tells_outcome(
    method: Callable[Concatenate[W, P], T],
) -> Callable[Concatenate[W, P], T]:
    """Gives every error of a write an outcome.

    The outcome of an error that is raised here, before the backend is called, is certain; see
    `_write` for the others.
    """

    @wraps(method)
    def told(self: W, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with outcome_unless_told(Outcome.NOT_WRITTEN):
            return method(self, *args, **kwargs)

    return told


class WritingGroup(OperationGroup):
    """A part of the facade that writes."""

    def _write(self, operation: str, expected: type[T], /, **arguments: Any) -> T:
        """Call a hook that writes; an error of the backend without an outcome gets `UNKNOWN`, and
        one that does not name the package gets its name and its registry.
        """
        try:
            self._dispatch.require(operation, arguments)
            with outcome_unless_told(Outcome.UNKNOWN):
                return self._dispatch.call(operation, expected, **arguments)
        except QuiltOpsError as error:
            _name_package(error, arguments)
            raise


def _name_package(error: QuiltOpsError, arguments: Mapping[str, Any]) -> None:
    """Add `package` and `registry` to an error of a write of a package, where they are left out.

    They are those of the package that was to be written; for a promotion, if what the error tells
    does not fit them, those of the package that was to be promoted.
    """
    if "package_name" not in arguments:
        return
    source = arguments["package_name"], arguments["registry"]
    target = arguments.get("new_name", source[0]), arguments.get("destination", source[1])
    for name, registry in (target, source):
        place = {"package": str(name), "registry": registry.url}
        if all(error.context.get(key, value) == value for key, value in place.items()):
            error.context = MappingProxyType({**place, **error.context})
            return
