"""Calls hooks of the connection's backend; nothing else calls hooks.

For each call it checks that the operation is implemented and that the backend accepts the
parameters, calls the hook, checks the type of the answer, and names the backend in any error.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from types import MappingProxyType
from typing import Any, Self, TypeVar

import attrs

from quilt_core import deadline
from quilt_core.auth_context import anonymous_steps
from quilt_core.composition import NEEDS, QUERY_NEEDS, SHARED, TransferComposition, composable
from quilt_core.composition.calls import Calls
from quilt_core.composition.query import QueryComposition
from quilt_core.deadline import CallOptions, OperationTime
from quilt_core.domain.base import DomainObject
from quilt_core.domain.listing import Listing
from quilt_core.errors import NotSupportedError, PluginError, QuiltOpsError, as_seen
from quilt_core.hookspecs import PROJECT, operations
from quilt_core.identity_key import identify
from quilt_core.ops import operation_log
from quilt_core.ops.around import Around, blame, call_through, is_listing, wrong_answer
from quilt_core.ops.event_loop import warn_on_event_loop
from quilt_core.ops.identity_check import IdentityCheck
from quilt_core.ops.schemes import check_served
from quilt_core.ops.tracebacks import without_pluggy
from quilt_core.outcome import TELLING, Outcome, outcome_unless_told
from quilt_core.plugins.manager import EXTENSION, Hooks, Implemented
from quilt_core.plugins.records import BackendPlugin
from quilt_core.plugins.validation import spec_parameters
from quilt_core.settings import Settings

T = TypeVar("T")

NOT_IMPLEMENTED = "the backend does not implement it"
_NOT_WRITTEN = outcome_unless_told(Outcome.NOT_WRITTEN)
_NOTHING = nullcontext()


def _nothing_written(operation: str) -> AbstractContextManager[None]:
    """For what precedes a call of the backend: errors of a write that are raised there tell that
    nothing was written.
    """
    return _NOT_WRITTEN if operation in TELLING else _NOTHING


@attrs.frozen(kw_only=True, repr=False)
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
        implemented: Implemented,
        settings: Settings,
        identity: IdentityCheck,
    ) -> None:
        self._hooks = hooks
        self._backend = backend
        self._settings = settings
        self._identity = identity
        self._options = CallOptions()
        self._whole: Self | None = None
        self._is_inner = False
        # The core composes operations that the backend lacks from operations that it has.
        possible = composable(implemented.operations, implemented.unsupported)
        self._implemented = {**possible.all, **implemented.answers}
        self._composed = possible.transfers | possible.queries
        self._compositions: dict[type, Any] = {}
        if possible.transfers:
            hooks.add_composition(TransferComposition, possible.transfers)
        if possible.queries:
            hooks.add_composition(QueryComposition, possible.queries)

    def close(self) -> None:
        """Stop work that the core itself has in progress for this connection."""
        queries = self._compositions.get(QueryComposition)
        if queries is not None:
            queries.close()
        # They refer to this object, as hooks do to their manager.
        self._compositions.clear()
        self._hooks.close()

    def with_options(self, timeout: float | None, deadline: float | None) -> Self:
        """The same backend and hooks, with other time limits."""
        view = copy.copy(self)
        view._whole = self._whole or self
        view._options = self._options.narrowed(timeout, deadline)
        return view

    def _compose(self, kind: type) -> Any:
        """The connection's composition of this class; made when one of its operations is first
        called, for all views of the connection.
        """
        composition = self._compositions.get(kind)
        if composition is None:
            # What it calls belongs to a call under way, which may end after `close`.
            inner = copy.copy(self._whole or self)
            inner._is_inner = True
            composition = self._compositions[kind] = kind(Calls(inner))
        return composition

    @property
    def catalog_url(self) -> str | None:
        """The configured catalog's address."""
        return self._settings.catalog_url

    @property
    def identity(self) -> str | None:
        """The key of the identity of the current call; None if none is known."""
        return identify(self._settings, self._backend.user)()

    def has(self, operation: str) -> bool:
        """Whether an existing operation can be called."""
        return operation in self._implemented

    @property
    def backend_name(self) -> str:
        """The backend's name."""
        return self._backend.name

    def capability(self, operation: str) -> Capability:
        """Whether `operation` can be called; raises `ValueError` if there is no such operation."""
        if operation not in operations():
            raise ValueError(
                f"{operation!r} is not an operation; see quilt_core.hookspecs.operations()"
            )
        if operation in self._implemented:
            return Capability(operation=operation, supported=True)
        return Capability(operation=operation, supported=False, reason=self._reason(operation))

    def _reason(self, operation: str) -> str:
        """Why an operation cannot be called."""
        declared = self._backend.unsupported.get(operation)
        if declared is None and operation in NEEDS:
            for need in NEEDS[operation]:
                if need not in self._implemented:
                    return f"it needs {need}: {self._reason(need)}"
        return declared or NOT_IMPLEMENTED

    def takes(self, operation: str, parameter: str) -> bool:
        """Whether the backend accepts a parameter of an operation that it supports."""
        if parameter not in spec_parameters(operation):
            raise ValueError(f"{operation} has no parameter {parameter!r}")
        return parameter in self._implemented[operation]

    def call(self, operation: str, expected: type[T], /, **arguments: Any) -> T:
        """Call `operation` and return its answer, an object of type `expected`.

        Raises whatever the backend raises, `NotSupportedError` if the backend does not have the
        operation, and `PluginError` if its answer is of another type.
        """
        if not (around := self._around()):
            with self._begin(operation), self._identify(operation):
                return self._one(operation, expected, arguments)

        def check(answer: Any, owner: str) -> T:
            if answer is None or not isinstance(answer, expected):
                raise wrong_answer(owner, operation, answer, expected, self._backend.name)
            return answer

        ask = partial(self._one, operation, expected, arguments)
        return self._through(around, operation, arguments, ask, check, lazy=False)

    def stream(self, operation: str, item: type[T], /, **arguments: Any) -> Iterator[T]:
        """Call `operation` immediately and return an iterator over the items of its answer, each of
        which is checked.

        A lazy answer raises its errors while it is read; they name the operation and the backend.
        """
        time = self._begin(operation)
        if not (around := self._around()):
            with time, self._identify(operation):
                answer = anonymous_steps(self._listing(operation, item, arguments))
            return time.steps(answer)
        check = partial(self._checked_of_extension, operation, item)

        def ask() -> Iterable[T]:
            return anonymous_steps(self._listing(operation, item, arguments))

        return time.steps(
            self._through(around, operation, arguments, ask, check, lazy=True, time=time)
        )

    def collect(self, operation: str, item: type[T], /, **arguments: Any) -> Listing[T]:
        """Like `stream`, with all items collected."""

        def ask() -> Listing[T]:
            return Listing(self._listing(operation, item, arguments), item)

        if not (around := self._around()):
            with self._begin(operation), self._identify(operation):
                return ask()

        def check(answer: Any, owner: str) -> Listing[T]:
            return Listing(self._checked_of_extension(operation, item, answer, owner), item)

        return self._through(around, operation, arguments, ask, check, lazy=False)

    def _through(
        self,
        around: Sequence[Around],
        operation: str,
        arguments: dict[str, Any],
        ask: Callable[[], T],
        check: Callable[[Any, str], T],
        *,
        lazy: bool,
        time: OperationTime | None = None,
    ) -> T:
        """Call an operation through the hooks around all operations.

        The identity of the call has been decided before this, because an extension may answer
        instead of the backend.
        """
        try:
            with time or self._begin(operation), self._identify(operation):
                return call_through(
                    around,
                    ask,
                    check,
                    operation=operation,
                    arguments=MappingProxyType(arguments),
                    backend=self._backend.name,
                    lazy=lazy,
                    identify=identify(self._settings, self._backend.user),
                )
        except QuiltOpsError as error:
            raise self._named(error, operation) from error.__cause__

    def _around(self) -> Sequence[Around]:
        """The hooks around every operation, the innermost first."""
        if operation_log.is_wanted():
            return (*self._hooks.around, ("quiltops", operation_log.log_operation))
        return self._hooks.around

    def _identify(self, operation: str) -> AbstractContextManager[None]:
        """The block with the identity of a call; see `IdentityCheck.call`."""
        with _nothing_written(operation):
            return self._identity.call(operation)

    def _begin(self, operation: str) -> OperationTime:
        if self._hooks.closed and not self._is_inner:
            raise RuntimeError("The connection is closed and accepts no further calls.")
        warn_on_event_loop(operation)
        return self._options.begin(self._settings.deadline)

    def _ask(self, operation: str, arguments: dict[str, Any]) -> Any:
        """Call the backend, and the extensions that wrap this one operation.

        Every check that must precede a call of a backend belongs at the top of this function; the
        call itself is one line.
        """
        with _nothing_written(operation):
            self.require(operation, arguments)
            deadline.check()
        try:
            answer = self._hooks.call(operation, self._compose, arguments)
        except QuiltOpsError as error:
            named = self._named(error, operation)
            raise named.with_traceback(without_pluggy(error)) from error.__cause__
        except Exception as error:
            error.add_note(self._blame_note(error, operation))
            raise
        if answer is None and operation in SHARED and operation not in self._composed:
            raise self._left(operation)
        return answer

    def require(self, operation: str, arguments: Mapping[str, Any]) -> None:
        """Check that the backend has `operation` and accepts these arguments; nothing is called.

        Raises `NotSupportedError`, and `ValidationError` for a registry that it does not serve.
        """
        accepted = self._implemented.get(operation)
        if accepted is None:
            raise NotSupportedError(operation, self._backend.name, self._reason(operation))
        if len(accepted) < len(arguments):
            self._refuse_ignored(operation, accepted, arguments)
        for place in ("registry", "destination"):
            check_served(arguments.get(place), self._backend, operation)

    def _one(self, operation: str, expected: type[T], arguments: dict[str, Any]) -> T:
        """The answer of the backend to an operation that is not a listing."""
        answer = self._ask(operation, arguments)
        if answer is None or not isinstance(answer, expected):
            raise self._wrong_answer(operation, answer, expected)
        return answer

    def _left(self, operation: str) -> NotSupportedError:
        """The error for an operation that the backend leaves to the core, if the core cannot do it
        with this backend.
        """
        reason = "the backend leaves this to the core's engine, which needs "
        missing = [need for need in QUERY_NEEDS if need not in self._implemented]
        return NotSupportedError(operation, self._backend.name, reason + ", ".join(missing))

    def _listing(self, operation: str, item: type[T], arguments: dict[str, Any]) -> Iterator[T]:
        """The answer of the backend to a listing; the backend is called now, and the answer is read
        later.
        """
        answer = self._ask(operation, arguments)
        if not is_listing(answer):
            raise self._wrong_answer(operation, answer, Iterable)
        return self._checked(operation, item, answer)

    def _checked(self, operation: str, item: type[T], answer: Iterable[Any]) -> Iterator[T]:
        """The items of the backend's answer; each step of the loop calls `next()` on it once."""
        try:
            for value in answer:
                if not isinstance(value, item):
                    raise self._wrong_answer(operation, value, item)
                yield value
        except QuiltOpsError as error:
            raise self._named(error, operation) from error.__cause__
        except Exception as error:
            error.add_note(self._blame_note(error, operation))
            raise

    def _checked_of_extension(
        self, operation: str, item: type[T], answer: Any, owner: str
    ) -> Iterator[T]:
        """The items of a listing that an extension substituted for the one that it received."""
        if not is_listing(answer):
            raise wrong_answer(owner, operation, answer, Iterable, self._backend.name)

        def checked() -> Iterator[T]:
            try:
                for value in answer:
                    if not isinstance(value, item):
                        raise wrong_answer(owner, operation, value, item, self._backend.name)
                    yield value
            except QuiltOpsError as error:
                raise self._named(error, operation) from error.__cause__
            except Exception as error:
                blame(error, operation, owner)
                raise

        return checked()

    def _refuse_ignored(
        self, operation: str, accepted: frozenset[str], arguments: Mapping[str, Any]
    ) -> None:
        """No argument is dropped silently: one that the backend does not accept must have its
        neutral value.
        """
        for name, parameter in spec_parameters(operation).items():
            if name not in accepted and arguments[name] != parameter.default:
                raise NotSupportedError(
                    operation, self._backend.name, f"it does not accept the parameter {name!r}"
                )

    def _named(self, error: QuiltOpsError, operation: str) -> QuiltOpsError:
        # For a composed operation, the error names the operation that was called, not its parts.
        if error.operation is None or operation in self._composed:
            error.operation = operation
        error.backend = error.backend or self._backend.name
        return as_seen(error)

    def _wrong_answer(self, operation: str, answer: Any, expected: Any) -> PluginError:
        """The implementation that a hook call reached: the backend, or extensions that wrap the
        operation.
        """
        owner = f"backend {self._backend.name!r}"
        extensions = self._hooks.wrapping(operation)
        of_backend = self._hooks.backend_answer
        if extensions and of_backend is not None and issubclass(of_backend, expected):
            names = " or ".join(repr(one.removeprefix(EXTENSION)) for one in extensions)
            owner = f"extension {names}"
        return wrong_answer(owner, operation, answer, expected, self._backend.name)

    def _blame_note(self, error: Exception, operation: str) -> str:
        """Names in a note the plugin that raised an exception other than `QuiltOpsError`, which is
        a bug of that plugin.
        """
        owners = {
            function.__code__: owner
            for owner, function in self._hooks.called(operation)
            if hasattr(function, "__code__")
        }
        owner, trace = self._backend.name, error.__traceback__
        while trace is not None:
            frame = trace.tb_frame
            # A wrapper that yields never or twice is named by pluggy, and is not in the traceback.
            wrapper = frame.f_locals.get("wrap_controller")
            owner = owners.get(getattr(wrapper, "gi_code", frame.f_code), owner)
            trace = trace.tb_next
        return f"Raised in {PROJECT} operation {operation}, by the plugin {owner!r}."
