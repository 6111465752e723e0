"""What a composed operation has already looked up.

A push or a download is one operation for its caller, but several for the backend, each of which
would look up the same revision again. Within the block `shared_lookups`, which compositions use, a
backend can keep what it has found, and its other operations can use it. Outside of such a block
nothing is kept, so that every operation returns what there is now.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_found: ContextVar[dict[Hashable, Any] | None] = ContextVar("quilt_core_found", default=None)


@contextmanager
def shared_lookups() -> Iterator[None]:
    """A block in which all operations share lookups, in all threads; each starts with none."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def share(key: Hashable, value: Any) -> None:
    """Keep what was found until the end of the block; does nothing outside of a block.

    The key must also stand for the identity that may see the value: an extension may call
    operations of another one in the same block.
    """
    found = _found.get()
    if found is not None:
        found[key] = value


def shared(key: Hashable) -> Any:
    """What an operation in the same block has found; None if there is nothing."""
    found = _found.get()
    return None if found is None else found.get(key)


def are_shared() -> bool:
    """Whether the calling code runs in a block."""
    return _found.get() is not None
