"""The connections that file systems share.

fsspec makes a file system for every path that a library opens. They share a connection where their
settings are equal, whatever was said by an argument, the environment or a profile; and never where
those differ, for then they may act as different people.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import attrs

from quilt_core.filesystem.listings import ListingCache
from quilt_core.ops.connection import QuiltOps, connect
from quilt_core.settings import Settings, load_settings

_MOST = 16
"""How many connections are kept for file systems to come."""


@attrs.frozen(eq=False)
class SharedConnection:
    """A connection, and what was read through it of revisions, which never change."""

    ops: QuiltOps
    listings: ListingCache = attrs.field(factory=ListingCache)
    token: str = attrs.field(factory=lambda: uuid4().hex)
    """What tells it from all others; it says nothing of the identity."""


@attrs.frozen
class _Kept:
    process: int  # sockets and locks do not survive a fork
    settings: Settings
    sources: Mapping[str, str]  # which decide whose credentials go before whose
    connection: SharedConnection = attrs.field(eq=False)


_kept: deque[_Kept | tuple[QuiltOps, SharedConnection]] = deque(maxlen=_MOST)
_lock = threading.Lock()


def connection_over(ops: QuiltOps) -> SharedConnection:
    """What file systems over the connection `ops` share."""
    with _lock:
        for one in _kept:
            if isinstance(one, tuple) and one[0] is ops:
                return one[1]
        made = SharedConnection(ops)
        _kept.append((ops, made))
        return made


def connection_for(options: Mapping[str, Any]) -> SharedConnection:
    """A connection made of the parameters of `quilt_core.connect`; raises as that does.

    With extensions, or a backend that is given as an object, it is one of its own.
    """
    if options.get("extensions") or not isinstance(options.get("backend"), (str, type(None))):
        return SharedConnection(connect(**options))
    settings = load_settings(**{k: v for k, v in options.items() if k != "extensions"})
    sources = dict(settings.sources)
    with _lock:
        for one in _kept:
            if isinstance(one, _Kept) and (one.process, one.settings, one.sources) == (
                os.getpid(),
                settings,
                sources,
            ):
                return one.connection
        made = SharedConnection(connect(settings=settings))
        _kept.append(_Kept(os.getpid(), settings, sources, made))
        return made


def forget_connections() -> None:
    """Share none of the present connections with file systems to come."""
    with _lock:
        _kept.clear()
