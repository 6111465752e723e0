"""The clauses of a query, and how well a text matches them."""

from __future__ import annotations

from typing import Protocol

import attrs

from quilt_core.search.text import Field, Fields
from quilt_core.search.values import equals, within
from quilt_core.wildcards import Signs, fits_signs


class Query(Protocol):
    """A parsed query."""

    def score(self, text: Fields) -> float:
        """How well a text matches; 0 if it does not."""


class Word(Protocol):
    """A condition on one word of a text."""

    def fits(self, word: str) -> bool:
        """Whether a word, in lower case, satisfies it."""


@attrs.frozen
class Exactly:
    """Exactly this word."""

    word: str

    def fits(self, word: str) -> bool:
        """Whether the words are equal."""
        return word == self.word


@attrs.frozen
class Like:
    """A word that matches a pattern."""

    signs: Signs

    def fits(self, word: str) -> bool:
        """Whether the whole word matches."""
        return fits_signs(word, self.signs)


@attrs.frozen
class Near:
    """A word that becomes this one with at most the given number of changes: a letter added,
    removed or replaced, or two neighbours swapped (the Damerau-Levenshtein distance).
    """

    word: str
    distance: int

    def fits(self, word: str) -> bool:
        """Whether the distance is not exceeded."""
        if abs(len(word) - len(self.word)) > self.distance:
            return False
        before: list[int] = []
        row = list(range(len(word) + 1))
        for i, sign in enumerate(self.word, 1):
            older, before, row = before, row, [i]
            for j, other in enumerate(word, 1):
                best = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (sign != other))
                if i > 1 and j > 1 and sign == word[j - 2] and other == self.word[i - 2]:
                    best = min(best, older[j - 2] + 1)
                row.append(best)
            if min(row) > self.distance:
                return False
        return row[-1] <= self.distance


@attrs.frozen
class Everything:
    """The empty query, which matches everything equally."""

    def score(self, text: Fields) -> float:
        """1 for any text."""
        return 1.0


@attrs.frozen
class Words:
    """Words next to each other, or a field's whole value."""

    words: tuple[Word, ...]
    field: str | None = None
    value: Signs = ()

    def score(self, text: Fields) -> float:
        """The sum of the weights of the fields that contain them, once per occurrence."""
        return sum((one.weight or 1.0) * self._count(one) for one in text.named(self.field))

    def _count(self, field: Field) -> int:
        whole = self.field is not None and any(equals(one, self.value) for one in field.values)
        if not self.words:
            return whole
        width, first = len(self.words), self.words[0]
        if width == 1 and isinstance(first, Exactly):  # the usual, fast case
            return whole + field.words.count(first.word)
        starts = range(len(field.words) - width + 1)
        return whole + sum(self._stand_at(field.words, start) for start in starts)

    def _stand_at(self, words: tuple[str, ...], start: int) -> bool:
        return all(word.fits(words[start + n]) for n, word in enumerate(self.words))


@attrs.frozen
class Range:
    """A range of a field's value; None for an open end."""

    field: str
    low: str | None
    high: str | None
    with_low: bool = True
    with_high: bool = True

    def score(self, text: Fields) -> float:
        """1 if a value is in the range."""
        return float(
            any(
                within(value, self.low, self.high, with_low=self.with_low, with_high=self.with_high)
                for field in text.named(self.field)
                for value in field.values or field.words
            )
        )


@attrs.frozen
class Exists:
    """A field that is not empty."""

    field: str

    def score(self, text: Fields) -> float:
        """1 if the field is not empty."""
        return float(any(one.words or one.values for one in text.named(self.field)))


@attrs.frozen
class Boosted:
    """A query with a higher or lower weight."""

    query: Query
    factor: float

    def score(self, text: Fields) -> float:
        """The score, multiplied."""
        return self.query.score(text) * self.factor


@attrs.frozen
class Combination:
    """Clauses that must match, that may match, and that must not match."""

    required: tuple[Query, ...]
    optional: tuple[Query, ...]
    excluded: tuple[Query, ...]

    def score(self, text: Fields) -> float:
        """The sum of the scores of its clauses; 0 if one that must match does not."""
        needed = [part.score(text) for part in self.required]
        if not all(needed) or any(part.score(text) for part in self.excluded):
            return 0.0
        extra = sum(part.score(text) for part in self.optional)
        if self.optional and not self.required:
            return extra
        return sum(needed) + extra or 1.0
