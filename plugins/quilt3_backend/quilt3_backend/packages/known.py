"""What manifests said, kept for the identity that has read them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from quilt_core.domain.names import Registry
from quilt_core.identity_key import identify
from quilt_core.manifest import ManifestHeader
from quilt_core.settings import Settings

T = TypeVar("T")
MOST = 8 << 20
"""The maximum number of characters of all kept headers, which may be of any size."""
_OVERHEAD = 1000
"""What each counts in addition, for the objects around its text."""


class Known(Generic[T]):
    """What was read of manifests, by identity, registry and top hash; thread-safe.

    A top hash always names the same content, but another user of the same connection may not be
    allowed to read it.

    Parameters
    ----------
    settings:
        The settings of the connection.
    read:
        Reads a manifest, given its registry and its top hash.
    header_of:
        Returns the header in what was read, which determines its size.
    """

    def __init__(
        self,
        settings: Settings,
        read: Callable[[Registry, str], T],
        header_of: Callable[[T], ManifestHeader],
    ) -> None:
        self._settings = settings
        self._read = read
        self._header_of = header_of
        self._kept: OrderedDict[tuple[str | None, Registry, str], tuple[T, int]] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()

    def __call__(self, registry: Registry, top_hash: str) -> T:
        """What there is to read, at once if this identity has read it before."""
        key = (identify(self._settings)(), registry, top_hash)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        value = self._read(registry, top_hash)
        size = len(repr(self._header_of(value).to_dict())) + _OVERHEAD
        with self._lock:
            if key not in self._kept and size <= MOST:
                self._kept[key] = (value, size)
                self._total += size
                while self._total > MOST:
                    self._total -= self._kept.popitem(last=False)[1][1]
        return value
