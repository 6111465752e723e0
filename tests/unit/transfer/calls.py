"""An extension that counts the operations called by a transfer, and lets some of them fail."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from quilt_core import QuiltOps, hookimpl
from quilt_core.hookspecs.around import OperationCall
from quilt_core.testing.memory import MemoryCatalog, make_backend

Rule = Callable[[OperationCall], None]


class Calls:
    """Counts calls by operation; `before` and `after` are called around each call."""

    def __init__(self, before: Rule | None = None, after: Rule | None = None) -> None:
        self.count: Counter[str] = Counter()
        self.before = before
        self.after = after
        self._lock = threading.Lock()

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        with self._lock:
            self.count[call.operation] += 1
        if self.before is not None:
            self.before(call)
        answer = call.proceed()
        if self.after is not None:
            self.after(call)
        return answer


def catalog() -> MemoryCatalog:
    """A catalog with the bucket `bucket`."""
    made = MemoryCatalog()
    made.add_bucket("bucket")
    return made


def connect(made: MemoryCatalog, *extensions: object) -> QuiltOps:
    """Connects as the administrator."""
    import quilt_core

    return quilt_core.connect(
        make_backend(made, "admin"), registry="s3://bucket", extensions=extensions
    )
