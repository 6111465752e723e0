"""Wildcards, matched in time that grows with the text, whatever the pattern.

A regular expression made of a pattern such as ``*?*?*?Z`` tries all ways to share a text between
the stars. Here all ways are followed at once: a pattern is a row of steps, and what is remembered
is after which of them the text read so far may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

import attrs

_MOST_MOVES = 4096
"""Moves that are remembered per pattern; beyond, they are forgotten and made again."""

Places = frozenset[int]
"""The steps before which the text read so far may be."""


@attrs.frozen
class Step:
    """One part of a pattern: a character that fits, or several."""

    char: str | None = None
    """The one that fits; None: any, but `never`."""
    never: str = ""
    repeats: bool = False
    """Any number of characters, none included."""
    optional: bool = False
    """One character or none."""
    skips: int = 0
    """This many of the following steps may be left out together; the step itself takes nothing."""

    def takes(self, char: str) -> bool:
        """Whether a character fits."""
        if self.skips:
            return False
        return char == self.char if self.char is not None else char != self.never


class Wildcards:
    """A pattern, ready to be held against texts."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = tuple(steps)
        self._moves: dict[tuple[Places, str], Places] = {}
        self._start = self._reached([0])

    def fits(self, text: str) -> bool:
        """Whether the whole text fits: one look-up per character, once a move is known."""
        places = self._start
        for char in text:
            move = (places, char)
            known = self._moves.get(move)
            if known is None:
                if len(self._moves) >= _MOST_MOVES:
                    self._moves.clear()
                known = self._moves[move] = self._after(places, char)
            if not known:
                return False
            places = known
        return len(self._steps) in places

    def _after(self, places: Places, char: str) -> Places:
        following: list[int] = []
        for place in places:
            if place < len(self._steps) and self._steps[place].takes(char):
                following.append(place if self._steps[place].repeats else place + 1)
        return self._reached(following)

    def _reached(self, places: list[int]) -> Places:
        """These places, and those that are reached from them without a character."""
        found: set[int] = set()
        while places:
            place = places.pop()
            if place in found:
                continue
            found.add(place)
            if place == len(self._steps):
                continue
            step = self._steps[place]
            if step.repeats or step.optional or step.skips:
                places.append(place + 1)
            if step.skips:
                places.append(place + 1 + step.skips)
        return frozenset(found)


class Wild(Enum):
    """What a sign of a pattern stands for when it does not stand for itself."""

    ANY = "*"
    ONE = "?"


Signs = Sequence[str | Wild]
"""A pattern in which characters and wildcards were told apart, such as one with escapes."""

_MEANINGS: dict[str | Wild, Step] = {Wild.ANY: Step(repeats=True), Wild.ONE: Step()}


def signs_of(pattern: str) -> tuple[str | Wild, ...]:
    """The signs of a pattern in which every `*` and `?` is a wildcard."""
    wild = {member.value: member for member in Wild}
    return tuple(wild.get(sign, sign) for sign in pattern)


def fits_signs(text: str, signs: Signs) -> bool:
    """Whether the whole text fits."""
    return _sign_pattern(tuple(signs)).fits(text)


@lru_cache(maxsize=64)
def _sign_pattern(signs: tuple[str | Wild, ...]) -> Wildcards:
    return Wildcards([_MEANINGS.get(sign) or Step(str(sign)) for sign in signs])


@lru_cache(maxsize=64)
def name_pattern(pattern: str) -> Wildcards:
    """A pattern of names: `*` is any text, `?` one character, everything else itself."""
    return _sign_pattern(signs_of(pattern))


@lru_cache(maxsize=64)
def path_pattern(pattern: str) -> Wildcards:
    """A pattern of paths: `*` and `?` stay within a folder, `**` does not; `**/` is any folders,
    or none."""
    steps: list[Step] = []
    rest = pattern
    while rest:
        if rest.startswith("**/"):
            steps += [Step(skips=2), Step(repeats=True), Step("/")]
            rest = rest[3:]
        elif rest.startswith("**"):
            steps.append(Step(repeats=True))
            rest = rest[2:]
        else:
            meanings = {"*": Step(never="/", repeats=True), "?": Step(never="/")}
            steps.append(meanings.get(rest[0]) or Step(rest[0]))
            rest = rest[1:]
    return Wildcards(steps)
