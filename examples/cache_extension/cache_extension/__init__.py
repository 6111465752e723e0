"""Keep answers about revisions that are named by their full top hash, for a short time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from copy import deepcopy
from time import monotonic
from typing import Any

from quilt_core import RevisionKind, RevisionRef, hookimpl
from quilt_core.hookspecs.around import OperationCall
from quilt_core.plugins import ExtensionContext

KEPT = frozenset({"get_package_info", "browse_content"})
"""Operations whose answers seldom change for a full top hash.

Logical keys, sizes, hashes and metadata never do. But the revision can be deleted, and it can be
published again, at another time and with its files in other places.
"""
CLEARING = frozenset(
    {
        "create_package_revision", "update_package_revision", "delete_package", "promote_package",
        "push_package", "switch_role",
    }
)  # fmt: skip
"""Operations after which a kept answer may be wrong; `rollback_package` only moves `latest`."""


class Cache:
    """Made for each connection.

    The option `capacity` limits the number of answers (1024), and `seconds` their age (60).
    """

    def __init__(self, context: ExtensionContext) -> None:
        self._capacity = int(context.options.get("capacity", 1024))
        self._seconds = float(context.options.get("seconds", 60))
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._cleared = 0
        self._lock = threading.Lock()

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        """Answer from memory if the same identity made the same call a short time ago."""
        if call.operation in CLEARING:
            try:
                return call.proceed()
            finally:  # also after an error, since its outcome may be unknown
                self._clear()
        revision = call.arguments.get("top_hash")
        whole = isinstance(revision, RevisionRef) and revision.kind is RevisionKind.HASH
        if call.operation not in KEPT or not whole:
            return call.proceed()
        key = (call.identity, call.operation, *call.arguments.values())
        with self._lock:
            made, answer = self._kept.get(key, (float("-inf"), None))
            cleared = self._cleared
            if monotonic() - made < self._seconds:
                self._kept.move_to_end(key)
                return deepcopy(answer)  # an answer is the caller's, who may change its metadata
        began = monotonic()
        answer = call.proceed()
        if call.operation == "browse_content":
            answer = tuple(answer)  # a listing is kept whole, or not at all when it raises
        with self._lock:
            if cleared == self._cleared:  # otherwise it may be what was there before a write
                self._kept[key] = (began, deepcopy(answer))
                self._kept.move_to_end(key)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return answer

    def _clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._cleared += 1
