"""Both kinds of paging: they return complete results or raise an error.

Numbered pages have a total, so that all pages but the first are fetched in parallel; cursors lead
from one page to the next. Both raise an error if the pages make no progress.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

import attrs

from quilt_core.errors import ProtocolError
from quilt_core.parallel import bounded_map
from quilt_registry.http.limits import MOST_IDLE_PAGES, MOST_PAGES

T = TypeVar("T")

_TRIES = 3


@attrs.frozen(kw_only=True)
class Page(Generic[T]):
    """A numbered page: `total` counts the items of all pages."""

    total: int
    items: tuple[T, ...]


@attrs.frozen(kw_only=True)
class CursorPage(Generic[T]):
    """A page that names the next one by a cursor; None on the last page."""

    cursor: str | None
    items: tuple[T, ...]


def all_numbered(
    fetch: Callable[[int], Page[T]],
    *,
    size: int,
    concurrency: int,
    first: Page[T] | None = None,
    distinct: bool = False,
) -> list[T]:
    """The items of all numbered pages, in order.

    A list that changes while it is read could lose items between two pages, so it is read again, at
    most three times. A page that is empty or equals the previous one ends the reading.

    Parameters
    ----------
    fetch:
        Fetches the page with a number, counted from 1.
    size:
        The requested number of items per page; a registry may return fewer.
    concurrency:
        The number of parallel requests.
    first:
        The first page, if it has already been fetched.
    distinct:
        Whether a duplicate item can take the place of a missing one.

    Raises
    ------
    ProtocolError
        When the pages do not contain as many items as their total, or there would be more than
        `quilt_registry.http.limits.MOST_PAGES` pages.
    """
    for attempt in range(_TRIES):
        page = first if first is not None and attempt == 0 else fetch(1)
        # A registry that caps its pages returns fewer items than requested, so use the number that
        # it returned.
        given = min(size, len(page.items)) or size
        last = -(-page.total // given) if page.items else 1
        if last > MOST_PAGES:
            raise ProtocolError(
                f"The registry says that there are {page.total} items, in pages of {given}: more "
                f"than the {MOST_PAGES} pages that are read.",
                context={"total": page.total, "page_size": given},
            )
        pages = [page, *_while_moving(page, bounded_map(fetch, range(2, last + 1), concurrency))]
        items = [item for one in pages for item in one.items]
        count = len(set(items)) if distinct else len(items)
        if count == page.total and all(one.total == page.total for one in pages):
            return items
    raise ProtocolError(
        f"The registry says that there are {page.total} items, but its pages contain {count}.",
        hint="The list may be changing faster than it can be read; try again.",
    )


def _while_moving(page: Page[T], following: Iterator[Page[T]]) -> Iterator[Page[T]]:
    """The pages up to one that is empty or the same as the previous one."""
    for one in following:
        if not one.items or one.items == page.items:
            return
        yield one
        page = one


def all_by_cursor(
    first: CursorPage[T],
    following: Callable[[str], CursorPage[T]],
    key: Callable[[T], Hashable],
) -> Iterator[T]:
    """The items of the pages from `first` to the last one, each item once.

    A page is fetched when its first item is needed. An empty page is the last one.

    Parameters
    ----------
    first, following:
        The first page, and a function that fetches the page at a cursor.
    key:
        Returns the key that distinguishes items.

    Raises
    ------
    ProtocolError
        When a cursor does not move, or page after page contains nothing new: the rest could not be
        reached, and the loop would not end.
    """
    page, cursors, seen, idle = first, set[str](), set[Hashable](), 0
    while True:
        known = len(seen)
        for item in page.items:
            name = key(item)
            if name not in seen:
                seen.add(name)
                yield item
        cursor = page.cursor
        if cursor is None or not page.items:
            return
        idle = idle + 1 if len(seen) == known else 0
        if cursor in cursors or idle >= MOST_IDLE_PAGES:
            raise ProtocolError(
                "The registry's search cursor makes no progress, so that the remaining results "
                "cannot be read.",
                hint="Try again, or narrow the search.",
            )
        cursors.add(cursor)
        page = following(cursor)
