"""Both kinds of paging, complete or an error.

Numbered pages know their total, so that all but the first are fetched at once; cursors lead from
one page to the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import attrs

from quilt_core.errors import ProtocolError
from quilt_core.parallel import bounded_map

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

    A list that changes while it is read would lose items between two pages: it is read again,
    three times at the most.

    Parameters
    ----------
    fetch:
        Gets the page of a number, from 1 on.
    size:
        How many items a page is asked to hold; a registry may give fewer.
    concurrency:
        How many requests at once.
    first:
        The first page, when it is there already.
    distinct:
        Whether an item that comes twice stands in the place of one that is missing.

    Raises
    ------
    ProtocolError
        When the pages do not hold as many items as they say there are.
    """
    for attempt in range(_TRIES):
        page = first if first is not None and attempt == 0 else fetch(1)
        # A registry that caps its pages gives fewer than asked for: count by what it gave.
        given = min(size, len(page.items)) or size
        last = math.ceil(page.total / given) if page.items else 1
        rest = list(bounded_map(fetch, range(2, last + 1), concurrency))
        items = [item for one in (page, *rest) for item in one.items]
        count = len(set(items)) if distinct else len(items)
        if count == page.total and all(one.total == page.total for one in rest):
            return items
    raise ProtocolError(
        f"The registry says that there are {page.total} items, and its pages hold {count}.",
        hint="The list may be changing faster than it can be read; try again.",
    )


def all_by_cursor(
    first: CursorPage[T], following: Callable[[str], CursorPage[T]]
) -> Iterator[CursorPage[T]]:
    """The pages from `first` to the last one, each fetched when it is wanted.

    Raises
    ------
    ProtocolError
        When a cursor does not move: the rest could not be reached, and an endless loop neither.
    """
    page, seen = first, set()
    while True:
        yield page
        cursor = page.cursor
        if cursor is None or not page.items:
            return
        if cursor in seen:
            raise ProtocolError(
                "The registry's search cursor does not move: the rest of the results cannot be "
                "reached.",
                hint="Try again, or narrow the search.",
            )
        seen.add(cursor)
        page = following(cursor)
