"""A backtracking matcher that counts its steps: how the work of a regular expression grows.

It goes through the parsed pattern as `re` does, trying alternatives in the same order, but counts
its steps. A clock would measure the machine. The bounds of repeats are lowered: with a repeat such
as ``{60,76}``, the texts of a test would be too short to tell a constant from growth.
"""

from __future__ import annotations

import re
import re._constants as ops  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterator
from typing import Any

MOST_STEPS = 60_000
_LOWEST, _HIGHEST = 2, 4
_CATEGORIES = {
    ops.CATEGORY_DIGIT: r"\d", ops.CATEGORY_NOT_DIGIT: r"\D", ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S", ops.CATEGORY_WORD: r"\w", ops.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
Then = Callable[[int], int | None]


class TooManySteps(Exception):
    """The number of steps has exceeded every bound."""


def parse(pattern: re.Pattern[Any]) -> Any:
    text = pattern.pattern
    return parser.parse(text.decode("latin-1") if isinstance(text, bytes) else text, pattern.flags)


class Counter:
    """Matches a pattern against one text."""

    def __init__(self, pattern: re.Pattern[Any], text: str) -> None:
        self.tree, self.text, self.flags = list(parse(pattern)), text, pattern.flags
        self.steps = 0

    def search_all(self) -> int:
        """The steps of finding all matches, as `sub` does."""
        position = 0
        while position <= len(self.text):
            end = self._from(self.tree, position, lambda at: at)
            position = position + 1 if end is None or end == position else end
        return self.steps

    def full_match(self) -> int:
        """The steps of `fullmatch`, which are at least those of `match`."""
        self._from(self.tree, 0, lambda at: at if at == len(self.text) else None)
        return self.steps

    def _from(self, items: list[Any], at: int, then: Then) -> int | None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise TooManySteps
        if not items:
            return then(at)
        (op, value), rest = items[0], items[1:]

        def onwards(position: int) -> int | None:
            return self._from(rest, position, then)

        if op in (ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN):
            fits = at < len(self.text) and self._takes(op, value, self.text[at])
            return onwards(at + 1) if fits else None
        if op is ops.SUBPATTERN:
            return self._from(list(value[3]), at, onwards)
        if op is ops.BRANCH:
            ends = (self._from(list(branch), at, onwards) for branch in value[1])
            return next((end for end in ends if end is not None), None)
        if op is ops.ATOMIC_GROUP:
            end = self._from(list(value), at, lambda position: position)
            return None if end is None else onwards(end)
        if op in (ops.ASSERT, ops.ASSERT_NOT):
            direction, inner = value
            if direction == 1:
                found = self._from(list(inner), at, lambda position: position) is not None
            else:
                start = at - inner.getwidth()[0]  # a look-behind has a fixed width
                back = self._from(list(inner), start, lambda end: end) if start >= 0 else None
                found = back == at
            return onwards(at) if found is (op is ops.ASSERT) else None
        if op is ops.AT:
            return onwards(at) if self._stands(value, at) else None
        assert op in _REPEATS, op
        low, high, inner = bounds(value)
        if op is ops.POSSESSIVE_REPEAT:
            end = self._repeat(ops.MAX_REPEAT, list(inner), low, high, at, lambda one: one)
            return None if end is None else onwards(end)
        return self._repeat(op, list(inner), low, high, at, onwards)

    def _repeat(
        self, op: Any, inner: list[Any], low: int, high: int, at: int, onwards: Then
    ) -> int | None:
        def again(position: int) -> int | None:
            if position == at and low <= 0:
                return None  # an empty round
            return self._repeat(op, inner, low - 1, high - 1, position, onwards)

        if low > 0:
            return self._from(inner, at, again)
        if op is ops.MIN_REPEAT:
            end = onwards(at)
            return end if end is not None or high <= 0 else self._from(inner, at, again)
        end = self._from(inner, at, again) if high > 0 else None
        return onwards(at) if end is None else end

    def _takes(self, op: Any, value: Any, char: str) -> bool:
        if op is ops.ANY:
            return char != "\n" or bool(self.flags & re.DOTALL)
        if op is not ops.IN:
            return self._same(value, char) is (op is ops.LITERAL)
        negated = value[0][0] is ops.NEGATE
        return any(self._one(one, char) for one in value) is not negated

    def _one(self, item: tuple[Any, Any], char: str) -> bool:
        kind, value = item
        if kind is ops.RANGE:
            cases = {char, char.lower(), char.upper()} if self.flags & re.I else {char}
            return any(value[0] <= ord(one) <= value[1] for one in cases)
        if kind is ops.CATEGORY:
            return re.match(_CATEGORIES[value], char) is not None
        return kind is ops.LITERAL and self._same(value, char)

    def _same(self, code: int, char: str) -> bool:
        wanted = chr(code)
        return wanted.lower() == char.lower() if self.flags & re.I else wanted == char

    def _stands(self, where: Any, at: int) -> bool:
        if where in (ops.AT_BEGINNING, ops.AT_BEGINNING_STRING):
            line = where is ops.AT_BEGINNING and bool(self.flags & re.MULTILINE)
            return at == 0 or (line and self.text[at - 1] == "\n")
        if where in (ops.AT_END, ops.AT_END_STRING):
            line = where is ops.AT_END and bool(self.flags & re.MULTILINE)
            return at == len(self.text) or (line and self.text[at] == "\n")
        around = self.text[max(at - 1, 0) : at], self.text[at : at + 1]
        sides = [re.match(r"\w", one) is not None for one in around]
        return (sides[0] != sides[1]) is (where is ops.AT_BOUNDARY)


def bounds(value: Any) -> tuple[int, int, Any]:
    """The lowest and highest number of repetitions, lowered, and what is repeated."""
    low, high, inner = value
    high = 10**9 if high is ops.MAXREPEAT else min(int(high), _HIGHEST)
    return min(int(low), _LOWEST), high, inner


def sample(items: Any) -> str:
    """A text that matches, or almost matches."""
    made = ""
    for op, value in items:
        if op is ops.LITERAL:
            made += chr(value)
        elif op is ops.NOT_LITERAL:
            made += "x" if value != ord("x") else "y"
        elif op is ops.ANY:
            made += "x"
        elif op is ops.IN:
            made += _of_class(value)
        elif op is ops.SUBPATTERN:
            made += sample(value[3])
        elif op is ops.BRANCH:
            made += sample(value[1][0])
        elif op is ops.ATOMIC_GROUP:
            made += sample(value)
        elif op in _REPEATS:
            low, _, inner = bounds(value)
            made += sample(inner) * max(low, 1)
    return made


def _of_class(items: Any) -> str:
    counter = Counter(re.compile(""), "")
    candidates = "a1A-_/.+=\n \t,:x\"'"
    return next((char for char in candidates if counter._takes(ops.IN, items, char)), "x")


def pumps(items: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """For each repeat, a text for what precedes it and one for a single repetition."""
    for op, value in items:
        inner = (
            [value[3]] if op is ops.SUBPATTERN
            else list(value[1]) if op is ops.BRANCH
            else [value] if op is ops.ATOMIC_GROUP
            else [value[2]] if op in _REPEATS
            else []
        )  # fmt: skip
        for one in inner:
            yield from pumps(one, before)
            if op is ops.BRANCH or op in _REPEATS:
                yield before, sample(one)
        before += sample([(op, value)])
