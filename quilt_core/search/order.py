"""The order of search results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from quilt_core.domain.packages import PackageInfo
from quilt_core.domain.search import SearchOrder

_KEYS: dict[SearchOrder, tuple[Callable[[PackageInfo], Any], bool]] = {
    SearchOrder.NEWEST: (lambda info: info.modified, True),
    SearchOrder.OLDEST: (lambda info: info.modified, False),
    SearchOrder.NAME: (lambda info: info.name, False),
    SearchOrder.NAME_DESCENDING: (lambda info: info.name, True),
}
"""The sort key of an order, and whether it is descending."""


def in_order(scored: Iterable[tuple[float, PackageInfo]], order: SearchOrder) -> list[PackageInfo]:
    """Results with their scores, sorted; ties are sorted by registry, name and top hash.

    By relevance: the best score first, and among equal scores the newest.
    """
    found = sorted(scored, key=lambda item: (item[1].registry, item[1].name, item[1].top_hash))
    if order is SearchOrder.RELEVANCE:
        found.sort(key=lambda item: (-item[0], -item[1].modified.timestamp()))
    else:
        key, descending = _KEYS[order]
        found.sort(key=lambda item: key(item[1]), reverse=descending)
    return [info for _, info in found]
