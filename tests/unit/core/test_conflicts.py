"""Who learns of it when writers of one package meet, step by step, without conditional writes.

A registry writes a timestamp pointer and then `latest`, and reads its answer after that. Here the
time of every step of every writer is random, so that every order occurs that delays can produce,
without threads and without a real clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from random import Random

import attrs
import pytest

from quilt_core.revisions import (
    LONGEST_UNDER_WAY,
    PublishedRevision,
    find_overwritten,
    is_under_way,
    seconds_to_wait,
)

START = 1_700_000_000.0
BEFORE, AFTER = 10, 20
READING = 0.05
"""Seconds that may pass between `latest` and the history of one answer."""


def at(second: float) -> datetime:
    return datetime.fromtimestamp(int(second), UTC)


def published(top_hash: str, second: float) -> PublishedRevision:
    return PublishedRevision(top_hash, at(second))


@attrs.define
class Store:
    """A package in a registry, and what its writers were told about each other."""

    latest: str = "base"
    pointers: dict[int, str] = attrs.field(factory=lambda: {int(START) - 60: "base"})
    bases: dict[str, str] = attrs.field(factory=dict)
    told: set[str] = attrs.field(factory=set)

    def history(self, most: int) -> list[PublishedRevision]:
        newest = sorted(self.pointers.items(), reverse=True)[:most]
        return [published(top_hash, second) for second, top_hash in newest]

    def ancestors(self, top_hash: str) -> set[str]:
        found = {top_hash}
        while top_hash in self.bases:
            top_hash = self.bases[top_hash]
            found.add(top_hash)
        return found

    def lost(self) -> set[str]:
        """Revisions that are missing, have their own pointer, and were reported to nobody."""
        kept = self.ancestors(self.latest)
        return {one for one in self.pointers.values() if one not in kept | self.told}


@attrs.define
class Clock:
    now: float = START


def write(store: Store, clock: Clock, dice: Random, top_hash: str, gap: float) -> Iterator[float]:
    """One update as the platform backend does it; yields the duration of each step."""
    while True:
        base = store.latest
        yield READING * dice.random()
        before = store.history(BEFORE)
        if not is_under_way(before, base, clock.now):
            break
        yield 0.3
    yield seconds_to_wait(before[0].modified, clock.now) + dice.random() * 0.5
    if store.latest != base:
        return  # refused, not written
    yield READING * dice.random()
    before = store.history(BEFORE)
    if is_under_way(before, base, clock.now):
        return
    yield dice.choice((0.05, 0.5, 2.5)) * dice.random()
    name = int(clock.now)
    yield gap * dice.random() / 2
    store.pointers[name] = top_hash
    store.bases[top_hash] = base
    yield gap * dice.random() / 2
    store.latest = top_hash
    yield dice.choice((0.05, 6.0)) * dice.random()
    latest = store.latest
    yield READING * dice.random()
    met = find_overwritten(before, store.history(AFTER), most=BEFORE, ours=top_hash, latest=latest)
    if met:
        store.told |= {top_hash, *met}


@pytest.mark.parametrize("gap", [0.1, 1.0, 3.0, LONGEST_UNDER_WAY - 1.0])
def test_no_order_of_steps_loses_an_update_silently(gap: float) -> None:
    written = conflicts = 0
    for seed in range(150):
        dice, clock, store, number = Random(seed), Clock(), Store(), count()
        due = [
            (START + dice.random() * 20, next(number), write(store, clock, dice, f"u{n}", gap))
            for n in range(12)
        ]
        heapq.heapify(due)
        while due:
            clock.now, _, writer = heapq.heappop(due)
            pause = next(writer, None)
            if pause is not None:
                heapq.heappush(due, (clock.now + pause, next(number), writer))
        assert store.lost() == set(), f"seed {seed}"
        written += len(store.bases)
        conflicts += len(store.told)
    assert 0 < conflicts < written


OURS, THEIRS, LAST = published("ours", 10), published("theirs", 11), published("last", 13)
BASE = published("base", 5)


def met(*after: PublishedRevision, latest: str) -> tuple[str, ...]:
    return find_overwritten([BASE], after, most=BEFORE, ours="ours", latest=latest)


def test_a_replaced_revision_is_reported_though_a_third_came_before_the_answer() -> None:
    # `theirs` was published while our pointer was on its way, ours replaced it, `last` is built on
    # ours: its writer knows all three, and only we can report `theirs`.
    assert met(LAST, THEIRS, OURS, BASE, latest="last") == ("theirs",)


def test_all_are_reported_where_the_time_of_latest_is_unknown() -> None:
    assert met(THEIRS, OURS, BASE, latest="unseen") == ("theirs",)


def test_a_revision_built_on_ours_is_not_reported() -> None:
    assert met(LAST, OURS, BASE, latest="last") == ()
    assert met(LAST, THEIRS, OURS, BASE, latest="theirs") == ()
