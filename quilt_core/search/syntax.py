"""Parsing the query text: the syntax of Elasticsearch's `query_string`, as far as registries
document it.

Words, "phrases", AND, OR, NOT, `+`, `-`, parentheses, `wild*c?rds`, `fuzzy~1`, `boost^2`,
`field:word`, `field:(several words)`, `field:[low TO high]`, `field:>=low`, `_exists_:field`. Words
next to each other are alternatives; words joined by AND or marked `+` must occur, and words after
NOT or `-` must not. Regular expressions and phrases with gaps are refused.
"""

from __future__ import annotations

import re

import attrs

from quilt_core.errors import ValidationError
from quilt_core.search.query import (
    Boosted,
    Combination,
    Everything,
    Exactly,
    Exists,
    Like,
    Near,
    Query,
    Range,
    Word,
    Words,
)
from quilt_core.search.text import words_of
from quilt_core.wildcards import Signs, Wild

_TOKEN = re.compile(
    r"""\s*(?:(?P<phrase>"(?:[^"\\]|\\.)*")|(?P<open>\()|(?P<close>\))|(?P<sign>[+\-!](?=\S))"""
    r"""|(?P<range>[\[{]\s*(?P<low>"[^"]*"|[^\s"\[\]{}]+)\s+TO\s+(?P<high>"[^"]*"|[^\s"\[\]{}]+)\s*"""
    r"""[\]}])|(?P<word>(?:[^\s()"\\\[\]{}]|\\.)+))""",
    re.DOTALL,
)
_FIELD = re.compile(r"(?P<name>[A-Za-z_][\w.]*):(?!//)(?P<rest>.*)", re.DOTALL | re.ASCII)
_SUFFIX = re.compile(r"(?<!\\)(?P<fuzzy>~[\d.]*)?(?<!\\)(?P<boost>\^[^\^]*)?\Z", re.ASCII)
_COMPARISON = re.compile(r"(?P<sign>[<>]=?)(?P<bound>.*)", re.DOTALL)
_NUMBER = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)
_AND, _OR, _NOT = ("AND", "&&"), ("OR", "||"), ("NOT", "-", "!")
_EXISTS = "_exists_"
_DEEPEST = 50
_SHOWN = 200
"""The maximum number of characters of a query that an error shows."""


@attrs.frozen
class Token:
    """A piece of the query text."""

    kind: str
    text: str
    low: str | None = None
    high: str | None = None


def parse_query(text: str, field: str | None = None) -> Query:
    """Read a query; `ValidationError` when it is not well-formed. The empty one fits everything.

    What names no field is looked for in `field`; without one, in all that a text has.
    """
    if text.strip() in ("", "*"):
        return Everything()
    parser = _Parser(text, _tokens(text))
    parsed = parser.alternatives(field, 0)
    if parser.token is not None:
        raise _malformed(text, "there is one ')' too many")
    return parsed


def _tokens(text: str) -> list[Token]:
    tokens, position, stripped = [], 0, text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _malformed(text, f"{text[position:]!r} cannot be read")
        kind = next(name for name in ("phrase", "open", "close", "sign", "range", "word")
                    if match[name] is not None)  # fmt: skip
        tokens.append(Token(kind, match[kind], match["low"], match["high"]))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = 0

    @property
    def token(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> Token:
        token = self.token
        if token is None:
            raise _malformed(self._text, "it ends where a word is expected")
        self._at += 1
        return token

    def alternatives(self, field: str | None, depth: int) -> Query:
        """What stands up to the end or a `)`: a field that is named before holds for all of it."""
        if depth > _DEEPEST:
            raise _malformed(self._text, "its parentheses are nested too deeply")
        required: list[Query] = []
        optional: list[Query] = []
        excluded: list[Query] = []
        joined = False
        while (token := self.token) is not None and token.kind != "close":
            if token.kind == "word" and token.text in (*_AND, *_OR):
                if not (required or optional or excluded):
                    raise _malformed(self._text, f"{token.text} needs something before it")
                joined = token.text in _AND
                if joined and optional:
                    required.append(optional.pop())
                self._at += 1
                if self.token is None:
                    raise _malformed(self._text, "it ends where a word is expected")
                continue
            target = required if joined else optional
            if token.kind == "sign" or (token.kind == "word" and token.text == "NOT"):
                target = excluded if token.text in _NOT else required
                self._at += 1
            part = self._part(field, depth)
            if part is not None:
                target.append(part)
            joined = False
        return Combination(tuple(required), tuple(optional), tuple(excluded))

    def _part(self, field: str | None, depth: int) -> Query | None:
        token = self._next()
        if token.kind == "open":
            inner = self.alternatives(field, depth + 1)
            if self.token is None:
                raise _malformed(self._text, "a ')' is missing")
            self._at += 1
            return self._boosted(inner)
        if token.kind == "phrase":
            signs = _signs(token.text[1:-1], wild=False)
            words = tuple(Exactly(word) for word in words_of(_plain(signs)))
            named = Words(words, field, signs) if words or field else None
            return named and self._boosted(named)
        if token.kind == "range":
            return self._boosted(self._range(field, token))
        if token.kind != "word":
            raise _malformed(self._text, f"{token.text!r} is in a place where a word is expected")
        match = _FIELD.fullmatch(token.text)
        return self._word(token.text, field) if match is None else self._named(match, depth)

    def _named(self, match: re.Match[str], depth: int) -> Query | None:
        field, rest = match["name"], match["rest"]
        if rest and not _FIELD.fullmatch(rest):
            return self._word(rest, field)
        token = self.token
        if rest or token is None or token.kind in ("close", "sign") or _FIELD.fullmatch(token.text):
            raise _malformed(self._text, "a field must be followed by a value")
        return self._part(field, depth)

    def _word(self, raw: str, field: str | None) -> Query | None:
        suffix = _SUFFIX.search(raw)
        body = raw[: suffix.start()] if suffix else raw
        fuzzy, boost = (suffix["fuzzy"], suffix["boost"]) if suffix else (None, None)
        if len(body) > 2 and body[0] == "/" == body[-1]:
            raise _malformed(self._text, "regular expressions are not supported; escape a '/'")
        comparison = _COMPARISON.fullmatch(body) if field else None
        query: Query | None
        if field == _EXISTS:
            query = Exists(body)
        elif field and comparison:
            query = self._comparison(field, comparison)
        elif field and body == "*":
            query = Exists(field)
        else:
            query = self._words(body, field, fuzzy)
        return query and self._factor(query, boost)

    def _words(self, body: str, field: str | None, fuzzy: str | None) -> Query | None:
        signs = _signs(body, wild=True)
        words = _words(signs)
        if fuzzy is not None:
            if fuzzy[1:] not in ("", "0", "1", "2"):
                raise _malformed(self._text, f"{fuzzy!r} is not ~, ~1 or ~2")
            plain = words_of(_plain(signs))
            words = tuple(Near(word, int(fuzzy[1:] or _distance(word))) for word in plain)
        return Words(words, field, signs) if words or field else None

    def _comparison(self, field: str, match: re.Match[str]) -> Query:
        bound, sign = _plain(_signs(match["bound"], wild=False)), match["sign"]
        if not bound:
            raise _malformed(self._text, f"{sign} must be followed by a value, without a space")
        if sign.startswith(">"):
            return Range(field, bound, None, with_low=sign == ">=")
        return Range(field, None, bound, with_high=sign == "<=")

    def _range(self, field: str | None, token: Token) -> Query:
        if field is None:
            raise _malformed(self._text, "a range needs a field before it")
        low, high = (
            None if bound == "*" else (bound or "").strip('"') for bound in (token.low, token.high)
        )
        inclusive = token.text.startswith("["), token.text.endswith("]")
        return Range(field, low, high, with_low=inclusive[0], with_high=inclusive[1])

    def _boosted(self, query: Query) -> Query:
        """A boost right after a phrase, a group or a range, where it is a token of its own."""
        token = self.token
        if token is None or token.kind != "word" or token.text[0] not in "^~":
            return query
        self._at += 1
        if token.text[0] == "~":
            raise _malformed(self._text, "phrases with gaps (~) are not supported")
        return self._factor(query, token.text)

    def _factor(self, query: Query, boost: str | None) -> Query:
        if boost is None:
            return query
        number = boost[1:]
        if not _NUMBER.fullmatch(number):
            raise _malformed(self._text, f"{boost!r} is not a boost such as ^2 or ^0.5")
        return Boosted(query, float(number))


def _signs(raw: str, *, wild: bool) -> tuple[str | Wild, ...]:
    """The characters of a text without its escapes; `*` and `?` are wildcards where they may be."""
    signs: list[str | Wild] = []
    position = 0
    while position < len(raw):
        sign = raw[position]
        if sign == "\\" and position + 1 < len(raw):
            position += 1
            signs.append(raw[position])
        else:
            signs.append(Wild(sign) if wild and sign in "*?" else sign)
        position += 1
    return tuple(signs)


def _plain(signs: Signs) -> str:
    return "".join(sign if isinstance(sign, str) else sign.value for sign in signs)


def _words(signs: Signs) -> tuple[Word, ...]:
    """The words of a pattern; a lone `*` stands for none."""
    chunks: list[list[str | Wild]] = [[]]
    for sign in signs:
        if isinstance(sign, Wild):
            chunks[-1].append(sign)
        elif words_of(sign):
            chunks[-1].extend(sign.casefold())
        else:
            chunks.append([])
    return tuple(
        Like(tuple(chunk))
        if any(isinstance(sign, Wild) for sign in chunk)
        else Exactly(_plain(chunk))
        for chunk in chunks
        if any(sign is not Wild.ANY for sign in chunk)
    )


def _distance(word: str) -> int:
    """How many changes Elasticsearch allows for a word when none are given."""
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


def _malformed(text: str, why: str) -> ValidationError:
    return ValidationError(
        f"The query {text[:_SHOWN]!r} cannot be parsed: {why[:_SHOWN]}.",
        hint='Words, "phrases", AND, OR, NOT, parentheses, wild*c?rds, fuzzy~, field:word and '
        "field:[low TO high] are supported.",
        context={"query": text[:_SHOWN]},
    )
