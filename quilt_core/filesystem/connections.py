"""The connections that file systems share.

fsspec makes a file system for every path that a library opens. They share a connection if their
settings are equal, whether these come from arguments, the environment or a profile. They never
share one if the settings differ, because then they may act as different users.
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
"""The number of connections that are kept for later file systems."""


@attrs.frozen(eq=False)
class SharedConnection:
    """A connection, and the contents of revisions that were read through it, which never change."""

    ops: QuiltOps
    listings: ListingCache = attrs.field(factory=ListingCache)
    token: str = attrs.field(factory=lambda: uuid4().hex)
    """The key that distinguishes it from all others; it does not include the identity."""


@attrs.frozen
class _Kept:
    process: int  # sockets and locks cannot be used after a fork
    settings: Settings
    sources: Mapping[str, str]  # which decide which credentials take precedence
    connection: SharedConnection = attrs.field(eq=False)


_kept: deque[_Kept | tuple[QuiltOps, SharedConnection]] = deque(maxlen=_MOST)
_lock = threading.Lock()


def connection_over(ops: QuiltOps) -> SharedConnection:
    """The shared connection for file systems over `ops`."""
    with _lock:
        for one in _kept:
            if isinstance(one, tuple) and one[0] is ops:
                return one[1]
        made = SharedConnection(ops)
        _kept.append((ops, made))
        return made


def connection_for(options: Mapping[str, Any]) -> SharedConnection:
    """A connection from the parameters of `quilt_core.connect`, which also defines the errors.

    With extensions, or a backend that is given as an object, the connection is not shared.
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
    """Do not share the present connections with later file systems."""
    with _lock:
        _kept.clear()
