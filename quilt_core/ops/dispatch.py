"""Call one hook of the connection's backend: the only place that calls hooks.

For each call: is it implemented? → does the backend take these parameters? → call → is the
answer of the right type? → name the backend in any error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from quilt_core.domain.base import DomainObject
from quilt_core.errors import NotSupportedError, PluginError, QuiltOpsError
from quilt_core.hookspecs import PROJECT, operations
from quilt_core.plugins.manager import Hooks
from quilt_core.plugins.records import BackendPlugin
from quilt_core.plugins.validation import spec_parameters

T = TypeVar("T")

NOT_IMPLEMENTED = "the backend does not implement it"


@attrs.frozen(kw_only=True)
class Capability(DomainObject):
    """Whether a backend offers an operation, and why not when it does not."""

    operation: str
    supported: bool
    reason: str | None = None


class Dispatcher:
    """Calls operations of one backend, wrapped by the connection's extensions."""

    def __init__(
        self,
        hooks: Hooks,
        backend: BackendPlugin,
        implemented: Mapping[str, frozenset[str]],
    ) -> None:
        self._hooks = hooks
        self._backend = backend
        self._implemented = implemented

    @property
    def backend_name(self) -> str:
        """The backend's name."""
        return self._backend.name

    def capability(self, operation: str) -> Capability:
        """Whether `operation` can be called; `ValueError` when there is no such operation."""
        if operation not in operations():
            raise ValueError(
                f"{operation!r} is no operation; see quilt_core.hookspecs.operations()"
            )
        if operation in self._implemented:
            return Capability(operation=operation, supported=True)
        reason = self._backend.unsupported.get(operation, NOT_IMPLEMENTED)
        return Capability(operation=operation, supported=False, reason=reason)

    def call(self, operation: str, expected: type[T], /, **arguments: Any) -> T:
        """Call `operation` and return its answer, an `expected`.

        Raises what the backend raises, `NotSupportedError` when it does not have the operation,
        and `PluginError` when its answer is of another type.
        """
        answer = self._call(operation, arguments)
        if answer is None or not isinstance(answer, expected):
            raise self._wrong_answer(operation, answer, expected)
        return answer

    def stream(self, operation: str, item: type[T], /, **arguments: Any) -> Iterator[T]:
        """Call `operation` at once and return an iterator over its answer's items, each checked.

        Errors of a lazy answer come while it is read, with operation and backend named.
        """
        answer = self._call(operation, arguments)
        if isinstance(answer, (str, bytes, Mapping)) or not isinstance(answer, Iterable):
            raise self._wrong_answer(operation, answer, Iterable)
        return self._checked(operation, item, answer)

    def collect(self, operation: str, item: type[T], /, **arguments: Any) -> list[T]:
        """As `stream`, collected."""
        return list(self.stream(operation, item, **arguments))

    def require(self, operation: str, arguments: Mapping[str, Any]) -> None:
        """Check that the backend has `operation` and takes these arguments; nothing is called.

        Raises `NotSupportedError`.
        """
        accepted = self._implemented.get(operation)
        if accepted is None:
            reason = self._backend.unsupported.get(operation, NOT_IMPLEMENTED)
            raise NotSupportedError(operation, self._backend.name, reason)
        if len(accepted) < len(arguments):
            self._refuse_ignored(operation, accepted, arguments)

    def _call(self, operation: str, arguments: dict[str, Any]) -> Any:
        self.require(operation, arguments)
        try:
            return self._hooks.caller(operation)(**arguments)
        except QuiltOpsError as error:
            raise self._named(error, operation) from error.__cause__
        except Exception as error:
            error.add_note(self._blame_note(error, operation))
            raise

    def _checked(self, operation: str, item: type[T], answer: Iterable[Any]) -> Iterator[T]:
        try:
            for value in answer:
                if not isinstance(value, item):
                    raise self._wrong_answer(operation, value, item)
                yield value
        except QuiltOpsError as error:
            raise self._named(error, operation) from error.__cause__

    def _refuse_ignored(
        self, operation: str, accepted: frozenset[str], arguments: Mapping[str, Any]
    ) -> None:
        """A backend of yesterday does not take a parameter of today; never drop it unseen."""
        for name, parameter in spec_parameters(operation).items():
            optional = parameter.default is not parameter.empty
            if optional and name not in accepted and arguments[name] != parameter.default:
                raise NotSupportedError(
                    operation, self._backend.name, f"it does not take the parameter {name!r}"
                )

    def _named(self, error: QuiltOpsError, operation: str) -> QuiltOpsError:
        error.operation = error.operation or operation
        error.backend = error.backend or self._backend.name
        return error

    def _wrong_answer(self, operation: str, answer: Any, expected: Any) -> PluginError:
        what = "nothing (None)" if answer is None else f"a {type(answer).__name__}"
        return PluginError(
            f"The backend {self._backend.name!r} answered {operation} with {what}, not with "
            f"{getattr(expected, '__name__', expected)}.",
            operation=operation,
            backend=self._backend.name,
            hint="This is a defect of the backend, or of an extension that wraps the operation "
            "and does not return the result of its yield.",
        )

    def _blame_note(self, error: Exception, operation: str) -> str:
        """Who raised something that is no `QuiltOpsError`: a bug of theirs, named in a note."""
        owners = {
            implementation.function.__code__: implementation.plugin.owner  # type: ignore[attr-defined]
            for implementation in self._hooks.caller(operation).get_hookimpls()
            if hasattr(implementation.function, "__code__")
        }
        owner, trace = self._backend.name, error.__traceback__
        while trace is not None:
            owner = owners.get(trace.tb_frame.f_code, owner)
            trace = trace.tb_next
        return f"Raised in {PROJECT} operation {operation}, by the plugin {owner!r}."
