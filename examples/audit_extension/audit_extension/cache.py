"""Keep answers about revisions named by their full hash: they never change.

pluggy calls the backend before a wrapper can see an answer, and a wrapper that never yields is an
error; so a cache is not a wrapper but a backend around a backend: it implements what it keeps and
hands everything else on.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import attrs

from quilt_core import (
    BackendPlugin,
    PackageInfo,
    PackageName,
    Registry,
    RevisionKind,
    RevisionRef,
    auth_context,
    hookimpl,
)


def cached(backend: BackendPlugin, capacity: int = 1024) -> BackendPlugin:
    """The same backend, with its answers to `get_package_info` of a full hash kept."""
    implementers: list[object] = []
    for implementer in backend.implementers:
        if hasattr(implementer, "get_package_info"):
            implementers.append(_CachedInfo(implementer, capacity))
            implementers.append(_Others(implementer))
        else:
            implementers.append(implementer)
    return attrs.evolve(backend, implementers=implementers)


class _CachedInfo:
    def __init__(self, inner: Any, capacity: int) -> None:
        self._inner = inner
        self._capacity = capacity
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, PackageInfo] = OrderedDict()

    @hookimpl
    def get_package_info(
        self, package_name: PackageName, registry: Registry, top_hash: RevisionRef
    ) -> PackageInfo:
        """Answer from memory when the very same was asked before, by the same identity."""
        if top_hash.kind is not RevisionKind.HASH:
            return self._ask(package_name, registry, top_hash)
        identity = auth_context.current()
        key = (identity.token if identity else None, package_name, registry, top_hash)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answer = self._ask(package_name, registry, top_hash)
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return answer

    def _ask(self, *arguments: Any) -> PackageInfo:
        answer: PackageInfo = self._inner.get_package_info(*arguments)
        return answer


class _Others:
    """An implementer without the hook that is kept."""

    def __init__(self, inner: Any) -> None:
        for name in dir(type(inner)):
            member = getattr(type(inner), name)
            if hasattr(member, "quilt_core_impl") and name != "get_package_info":
                setattr(self, name, getattr(inner, name))
