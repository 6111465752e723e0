"""The query text: words, "phrases", AND, OR, NOT, `+`, `-`, parentheses, `prefix*`.

Words side by side are alternatives, as registries have it; those joined by AND or marked `+` must
be there, those after NOT or `-` must not.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Protocol

import attrs

from quilt_core.errors import ValidationError
from quilt_core.search.text import SearchText, words_of

_TOKEN = re.compile(
    r"""\s*(?:(?P<phrase>"(?:[^"\\]|\\.)*")|(?P<open>\()|(?P<close>\))|(?P<sign>[+\-!](?=\S))"""
    r"""|(?P<word>(?:[^\s()"\\]|\\.)+))"""
)
_AND, _OR, _NOT = ("AND", "&&"), ("OR", "||"), ("NOT", "-", "!")

DEEPEST = 50
"""Levels of parentheses; each takes some of Python's stack."""
_SHOWN = 200
"""Characters of a query that an error repeats."""

Token = tuple[str, str]


class Query(Protocol):
    """A query that was understood."""

    def score(self, text: SearchText) -> float:
        """How well a text fits; 0 when it does not."""


@attrs.frozen
class Everything:
    """The empty query, which everything fits alike."""

    def score(self, text: SearchText) -> float:
        """1 for any text."""
        return 1.0


@attrs.frozen
class Phrase:
    """Words that stand side by side; the last one may be the beginning of a word."""

    words: tuple[str, ...]
    prefix: bool

    def score(self, text: SearchText) -> float:
        """The weights of the fields that hold it, each as often as it is there."""
        return sum(weight * self._count(words) for weight, words in text.fields)

    def _count(self, words: tuple[str, ...]) -> int:
        width = len(self.words)
        return sum(self._fits(words[i : i + width]) for i in range(len(words) - width + 1))

    def _fits(self, window: tuple[str, ...]) -> bool:
        if not self.prefix:
            return window == self.words
        return window[:-1] == self.words[:-1] and window[-1].startswith(self.words[-1])


@attrs.frozen
class Combination:
    """What must be there, what may be, and what must not."""

    required: tuple[Query, ...]
    optional: tuple[Query, ...]
    excluded: tuple[Query, ...]

    def score(self, text: SearchText) -> float:
        """The sum over its parts; 0 when one that must be there is missing."""
        needed = [part.score(text) for part in self.required]
        if not all(needed) or any(part.score(text) for part in self.excluded):
            return 0.0
        extra = sum(part.score(text) for part in self.optional)
        if self.optional and not self.required:
            return extra
        return sum(needed) + extra or 1.0


def parse_query(text: str) -> Query:
    """Read a query; `ValidationError` when it is not well-formed. The empty one fits everything."""
    if text.strip() in ("", "*"):
        return Everything()
    tokens = _tokens(text)
    if nesting(tokens) > DEEPEST:
        raise _malformed(text, f"parentheses are more than {DEEPEST} deep")
    parsed, end = _alternatives(tokens, 0, text)
    if end != len(tokens):
        raise _malformed(text, "there is a ')' too many")
    return parsed


def _tokens(text: str) -> list[Token]:
    tokens, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _malformed(text, f"{text[position:][:_SHOWN]!r} cannot be read")
        kind = str(match.lastgroup)
        tokens.append((kind, match.group(kind)))
        position = match.end()
    return tokens


def nesting(tokens: list[Token]) -> int:
    """How deep parentheses are at the most."""
    steps = accumulate({"open": 1, "close": -1}.get(kind, 0) for kind, _ in tokens)
    return max(steps, default=0)


def _alternatives(tokens: list[Token], start: int, text: str) -> tuple[Query, int]:
    required: list[Query] = []
    optional: list[Query] = []
    excluded: list[Query] = []
    position, joined = start, False
    while position < len(tokens) and tokens[position][0] != "close":
        kind, value = tokens[position]
        if kind == "word" and value in (*_AND, *_OR):
            if not (required or optional):
                raise _malformed(text, f"{value} needs something before it")
            joined = value in _AND
            if joined and optional:
                required.append(optional.pop())
            position += 1
            continue
        target = required if joined else optional
        if kind == "sign" or (kind == "word" and value == "NOT"):
            target = excluded if value in _NOT else required
            position += 1
        part, position = _part(tokens, position, text)
        if part is not None:
            target.append(part)
        joined = False
    if joined:
        raise _malformed(text, "it ends where a word should be")
    return Combination(tuple(required), tuple(optional), tuple(excluded)), position


def _part(tokens: list[Token], position: int, text: str) -> tuple[Query | None, int]:
    if position >= len(tokens):
        raise _malformed(text, "it ends where a word should be")
    kind, value = tokens[position]
    if kind == "open":
        inner, position = _alternatives(tokens, position + 1, text)
        if position >= len(tokens):
            raise _malformed(text, "a ')' is missing")
        return inner, position + 1
    if kind in ("close", "sign"):
        raise _malformed(text, f"{value!r} stands where a word should be")
    words = words_of(value)
    prefix = value.endswith("*") and not value.startswith('"')
    return (Phrase(words, prefix) if words else None), position + 1


def _malformed(text: str, why: str) -> ValidationError:
    return ValidationError(
        f"The query {text[:_SHOWN]!r} cannot be understood: {why}.",
        hint='Words, "phrases", AND, OR, NOT, parentheses and prefix* are known.',
        context={"query": text[:_SHOWN]},
    )
