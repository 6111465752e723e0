"""Paging with a cursor: each item once, the end is found, no endless loop."""

from __future__ import annotations

import itertools

import pytest
from quilt_registry.graphql.pages import CursorPage, all_by_cursor
from quilt_registry.http.limits import MOST_IDLE_PAGES

from quilt_core import ProtocolError


def key(item: int) -> int:
    return item


def test_each_item_once_to_the_last_page() -> None:
    pages = {"a": CursorPage(cursor="b", items=(2, 3)), "b": CursorPage(cursor=None, items=(3, 4))}
    first = CursorPage(cursor="a", items=(1, 2))
    assert list(all_by_cursor(first, pages.__getitem__, key)) == [1, 2, 3, 4]


def test_a_page_is_fetched_only_when_needed() -> None:
    asked: list[str] = []

    def following(cursor: str) -> CursorPage[int]:
        asked.append(cursor)
        return CursorPage(cursor=None, items=(3,))

    items = all_by_cursor(CursorPage(cursor="a", items=(1, 2)), following, key)
    assert [next(items), next(items), asked] == [1, 2, []]
    assert [*items, *asked] == [3, "a"]


def test_an_empty_page_is_the_last_one() -> None:
    empty: CursorPage[int] = CursorPage(cursor="b", items=())
    first = CursorPage(cursor="a", items=(1,))
    assert list(all_by_cursor(first, lambda _: empty, key)) == [1]


def test_a_cursor_that_does_not_change() -> None:
    numbers = itertools.count()

    def following(_: str) -> CursorPage[int]:
        return CursorPage(cursor="a", items=(next(numbers),))

    with pytest.raises(ProtocolError, match="makes no progress"):
        list(all_by_cursor(following(""), following, key))
    assert next(numbers) == 2


def test_new_cursors_with_the_same_hits() -> None:
    numbers = itertools.count()

    def following(_: str) -> CursorPage[int]:
        return CursorPage(cursor=str(next(numbers)), items=(1, 2))

    with pytest.raises(ProtocolError, match="makes no progress"):
        list(all_by_cursor(following(""), following, key))
    assert next(numbers) == MOST_IDLE_PAGES + 1


def test_repeated_hits_among_new_ones_are_progress() -> None:
    def following(cursor: str) -> CursorPage[int]:
        number = int(cursor)
        return CursorPage(cursor=str(number + 1) if number < 50 else None, items=(0, number // 3))

    found = list(all_by_cursor(CursorPage(cursor="1", items=(0,)), following, key))
    assert found == list(range(17))
