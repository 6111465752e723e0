"""Pass a call through the hooks around all operations, and report its outcome to them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from quilt_core.errors import PluginError, QuiltOpsError
from quilt_core.hookspecs import PROJECT
from quilt_core.hookspecs.around import Ending, OperationCall, Outcome
from quilt_core.outcome import TELLING, outcome_of, with_outcome
from quilt_core.outcome import Outcome as WriteOutcome

logger = logging.getLogger("quilt_core.plugins")

T = TypeVar("T")
Around = tuple[str, Callable[..., Any]]
"""A hook around every operation, and the extension to which it belongs."""


def call_through(
    hooks: Sequence[Around],
    ask: Callable[[], T],
    check: Callable[[Any, str], T],
    *,
    operation: str,
    arguments: Mapping[str, Any],
    backend: str,
    lazy: bool,
    identify: Callable[[], str | None],
) -> T:
    """Call the outermost of `hooks`; each calls the next one, and the last calls `ask`.

    Parameters
    ----------
    hooks:
        The innermost first.
    ask:
        Asks the backend.
    check:
        Returns the answer that an extension substituted for the one that it received, or raises
        `PluginError`, which names the extension.
    operation, arguments, backend, lazy, identify:
        The data for the extensions; see `OperationCall`.
    """

    def step(position: int) -> T:
        if position < 0:
            return ask()
        owner, hook = hooks[position]
        got: list[T] = []
        inside: list[WriteOutcome] = []

        def proceed() -> T:
            attempt = len(inside)
            inside.append(WriteOutcome.UNKNOWN)
            try:
                got[:] = [step(position - 1)]
            except QuiltOpsError as error:
                inside[attempt] = outcome_of(error) or WriteOutcome.UNKNOWN
                raise
            return got[0]

        call = OperationCall(
            operation=operation,
            arguments=arguments,
            backend=backend,
            lazy=lazy,
            identify=identify,
            next=proceed,
        )
        try:
            answer = hook(call)
            if not got or answer is not got[0]:
                answer = check(answer, owner)
        except BaseException as error:
            if isinstance(error, Exception) and not isinstance(error, QuiltOpsError):
                blame(error, operation, owner)
            if isinstance(error, QuiltOpsError) and operation in TELLING:
                _tell(error, inside)
            _end(call, owner, Ending(outcome=Outcome.RAISED, error=error))
            raise
        finally:
            got.clear()  # so that a listing that is dropped is noticed at once
        if not call.watchers:
            return answer
        if lazy:
            return cast("T", _Watched(cast("Iterable[Any]", answer), call, owner))
        _end(call, owner, Ending(outcome=Outcome.DONE))
        return answer

    return step(len(hooks) - 1)


def _tell(error: QuiltOpsError, inside: Sequence[WriteOutcome]) -> None:
    """Add the outcome of a write to an error that has none.

    `inside` has the outcome of each call of `proceed()`: without one, nothing was asked to write.
    """
    if outcome_of(error) is None:
        by_certainty = (WriteOutcome.WRITTEN, WriteOutcome.UNKNOWN)
        with_outcome(
            error, next((one for one in by_certainty if one in inside), WriteOutcome.NOT_WRITTEN)
        )


class _Watched(Iterator[Any]):
    """A lazy listing that tells an extension how the reading ended."""

    _open = False

    def __init__(self, answer: Iterable[Any], call: OperationCall, owner: str) -> None:
        self._items = iter(answer)
        self._call = call
        self._owner = owner
        self._read = 0
        self._open = True

    def __next__(self) -> Any:
        try:
            item = next(self._items)
        except StopIteration:
            self._end(Outcome.DONE)
            raise
        except BaseException as error:
            self._end(Outcome.RAISED, error)
            raise
        self._read += 1
        return item

    def close(self) -> None:
        """Stop reading."""
        try:
            if (close := getattr(self._items, "close", None)) is not None:
                close()
        finally:
            self._end(Outcome.ABANDONED)

    def __del__(self) -> None:
        self._end(Outcome.ABANDONED)

    def _end(self, outcome: Outcome, error: BaseException | None = None) -> None:
        if self._open:
            self._open = False
            _end(self._call, self._owner, Ending(outcome=outcome, error=error, items=self._read))


def _end(call: OperationCall, owner: str, ending: Ending) -> None:
    watchers, call.watchers = call.watchers, []
    for watcher in watchers:
        try:
            watcher(ending)
        except Exception:  # the operation has happened, so the caller gets its true outcome
            logger.exception("The plugin %r failed at the end of %s.", owner, call.operation)


def blame(error: Exception, operation: str, owner: str) -> None:
    """Name the extension in a note if it raised the exception itself and did not only
    pass it on.
    """
    if not any(note.startswith(f"Raised in {PROJECT}") for note in getattr(error, "__notes__", ())):
        error.add_note(f"Raised in {PROJECT} operation {operation}, by the plugin {owner!r}.")


def is_listing(answer: Any) -> bool:
    """Whether an answer can be a listing: iterable, and neither text nor a mapping."""
    return isinstance(answer, Iterable) and not isinstance(answer, (str, bytes, Mapping))


def wrong_answer(
    owner: str, operation: str, answer: Any, expected: Any, backend: str
) -> PluginError:
    """The error for an answer of the wrong type; it names the plugin that gave the answer."""
    what = "nothing (None)" if answer is None else f"a {type(answer).__name__}"
    kind, colon, name = owner.partition(":")
    return PluginError(
        f"The {f'{kind} {name!r}' if colon else owner} answered {operation} with {what}, not with "
        f"{getattr(expected, '__name__', expected)}.",
        operation=operation,
        backend=backend,
        hint="This is a bug in it. An extension must return the result of its yield, or of "
        "call.proceed().",
    )
