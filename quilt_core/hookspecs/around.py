"""The hook around every operation, and what it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

import attrs

from quilt_core.hookspecs.markers import hookspec
from quilt_core.redaction import redact


class Outcome(Enum):
    """How an operation, or the reading of a lazy listing, ended."""

    DONE = "done"
    """It answered; a listing was read to its end."""
    ABANDONED = "abandoned"
    """A listing was closed, or forgotten, before its end."""
    RAISED = "raised"


@attrs.frozen(kw_only=True)
class Ending:
    """The end of an operation.

    `error` is what was raised, None otherwise. `items` counts what was read of a lazy listing.
    """

    outcome: Outcome
    error: BaseException | None = None
    items: int = 0


@attrs.define(kw_only=True, eq=False)
class OperationCall:
    """One call of an operation, as one extension sees it.

    `operation` is the hook's name, and `arguments` are what it is called with: value objects, by
    parameter, not to be changed. `backend` is the backend's name. `lazy` says whether the answer
    is an iterator that the caller reads at leisure.
    """

    operation: str
    arguments: Mapping[str, Any] = attrs.field(repr=lambda found: redact(repr(dict(found))))
    backend: str
    lazy: bool
    _identify: Callable[[], str | None] = attrs.field(repr=False)
    _next: Callable[[], Any] = attrs.field(repr=False)
    watchers: list[Callable[[Ending], None]] = attrs.field(factory=list, init=False, repr=False)
    """What `on_end` was given."""

    @property
    def identity(self) -> str | None:
        """A stable key of whoever calls: an irreversible digest of the credential.

        None when neither the request nor the settings hold a credential. Whatever is kept between
        calls must be kept apart by it.
        """
        return self._identify()

    def proceed(self) -> Any:
        """Go on to the next extension and at last to the backend, and return the answer.

        It may be called again, to retry, or not at all, to refuse or to answer instead. It raises
        what the backend, or an extension further in, raises. The answer of a lazy listing is an
        iterator, which raises while it is read.
        """
        return self._next()

    def on_end(self, watcher: Callable[[Ending], None]) -> None:
        """Let `watcher` know how the call ended; for a lazy listing, how the reading of it did.

        It is called once. What it raises is logged, and changes nothing: the operation has
        happened. An abandoned listing may be noticed in another thread.
        """
        self.watchers.append(watcher)


@hookspec
def around_operation(call: OperationCall) -> Any:
    """Stand around every operation of a connection; called once for each call of one.

    Arguments:
        call: the operation, its arguments, the backend, the identity; `call.proceed()` goes on.

    Returns: the answer: what `call.proceed()` returned, or another one of the same type. A lazy
    listing's answer is an iterable.

    Raises: what `call.proceed()` raises, or an error of `quilt_core.errors` to refuse.

    Ordering and completeness: the extension that was named last is the outermost. Every operation
    passes here, supported or not, those of later versions of quiltops included. Arguments that the
    facade refuses do not: nothing was called. Only extensions implement this hook.

    Since: 1.

    Example: ``return call.proceed()``, after `call.on_end(log)`.
    """
