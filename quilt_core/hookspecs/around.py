"""The hook around every operation, and the values that it receives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

import attrs

from quilt_core.hookspecs.markers import hookspec
from quilt_core.redaction import redact


class Outcome(Enum):
    """How an operation ended, or the reading of a lazy listing."""

    DONE = "done"
    """The operation returned; a listing was read to its end."""
    ABANDONED = "abandoned"
    """A listing was closed or garbage-collected before its end."""
    RAISED = "raised"


@attrs.frozen(kw_only=True)
class Ending:
    """The end of an operation.

    `error` is the exception, or None. `items` is the number of items read from a lazy listing.
    """

    outcome: Outcome
    error: BaseException | None = None
    items: int = 0


@attrs.define(kw_only=True, eq=False)
class OperationCall:
    """One call of an operation, as seen by one extension.

    `operation` is the hook's name. `arguments` maps parameters to value objects, which must not be
    changed. `backend` is the backend's name. `lazy` says whether the answer is an iterator that the
    caller reads later.
    """

    operation: str
    arguments: Mapping[str, Any] = attrs.field(repr=lambda found: redact(repr(dict(found))))
    backend: str
    lazy: bool
    _identify: Callable[[], str | None] = attrs.field(repr=False)
    _next: Callable[[], Any] = attrs.field(repr=False)
    watchers: list[Callable[[Ending], None]] = attrs.field(factory=list, init=False, repr=False)
    """The functions passed to `on_end`."""

    @property
    def identity(self) -> str | None:
        """A stable key that identifies the caller: an irreversible digest of the credential, and of
        the user as whom the backend acts, if it names one (`BackendPlugin.user`).

        None if neither the request nor the settings contain a credential and the backend names no
        user. Anything that is kept between calls must be kept separately for each identity.
        """
        return self._identify()

    def proceed(self) -> Any:
        """Call the next extension and finally the backend, and return the answer.

        Call it again to retry, or do not call it to refuse the operation or to answer it yourself.
        It raises the errors of the backend and of extensions further in. The answer of a lazy
        listing is an iterator, which raises errors while it is read.
        """
        return self._next()

    def on_end(self, watcher: Callable[[Ending], None]) -> None:
        """Call `watcher` when the call has ended, or when a lazy listing has been read.

        It is called once. Its exceptions are logged and have no other effect, because the operation
        has already happened. For an abandoned listing, it may be called in another thread.
        """
        self.watchers.append(watcher)


@hookspec
def around_operation(call: OperationCall) -> Any:
    """Wrap every operation of a connection; called once per call of an operation.

    Arguments:
        call: the operation, its arguments, the backend and the identity; `call.proceed()`
            continues.

    Returns: the answer of `call.proceed()`, or another one of the same type. The answer of a lazy
    listing is an iterable.

    Raises: the errors of `call.proceed()`, or an error of `quilt_core.errors` to refuse the call.
    An error of a write without an outcome gets "not_written" if `proceed()` was not called,
    otherwise the outcome of the error that `proceed()` raised, or "unknown".

    Ordering and completeness: the extension listed last is the outermost. The hook is called for
    every operation, supported or not, including operations of later versions of quiltops. It is not
    called if the facade refuses the arguments. Only extensions implement this hook.

    Since: 1.

    Example: ``return call.proceed()``, after `call.on_end(log)`.
    """
