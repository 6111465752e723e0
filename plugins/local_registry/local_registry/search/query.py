"""The search text: a subset of Elasticsearch's query-string syntax, turned into FTS5's.

Words, "phrases", AND, OR, NOT, `+`, `-`, parentheses, `prefix*`. Words side by side are
alternatives (OR), as Elasticsearch has it by default. Nothing of the user's text reaches SQLite
unquoted.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""\s*(?:(?P<phrase>"(?:[^"\\]|\\.)*")|(?P<open>\()|(?P<close>\))|(?P<sign>[+\-!](?=\S))|"""
    r"""(?P<word>(?:[^\s()"\\]|\\.)+))"""
)
_WORDS = re.compile(r"[\w]+", re.UNICODE)


class QuerySyntaxError(ValueError):
    """The search text cannot be parsed."""


def to_fts5(text: str | None) -> str | None:
    """The FTS5 expression for a search text; None when everything matches.

    Raises `QuerySyntaxError`.
    """
    if text is None or not text.strip() or text.strip() == "*":
        return None
    tokens = _tokens(text)
    expression, rest = _alternatives(tokens, 0)
    if rest != len(tokens):
        raise QuerySyntaxError(f"there is a ')' too many in {text!r}")
    return expression


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.end() == position:
            raise QuerySyntaxError(f"{text[position:]!r} cannot be parsed")
        kind = str(match.lastgroup)
        tokens.append((kind, match.group(kind)))
        position = match.end()
    return tokens


def _alternatives(tokens: list[tuple[str, str]], start: int) -> tuple[str, int]:
    optional: list[str] = []
    required: list[str] = []
    excluded: list[str] = []
    position, joined = start, False
    while position < len(tokens) and tokens[position][0] != "close":
        kind, value = tokens[position]
        target = optional
        if (kind, value) == ("word", "AND") or (kind, value) == ("word", "&&"):
            if not optional and not required:
                raise QuerySyntaxError("AND needs something before it")
            if not joined and optional:
                required.append(optional.pop())
            joined, position = True, position + 1
            continue
        if kind == "word" and value in ("OR", "||"):
            if not optional and not required:
                raise QuerySyntaxError("OR needs something before it")
            joined, position = False, position + 1
            continue
        if (kind == "word" and value == "NOT") or (kind == "sign" and value in "-!"):
            target, position = excluded, position + 1
        elif kind == "sign":
            target, position = required, position + 1
        elif joined:
            target = required
        if position >= len(tokens):
            raise QuerySyntaxError("the query ends where a word should be")
        term, position = _term(tokens, position)
        if term is not None:
            target.append(term)
        joined = False
    if joined:
        raise QuerySyntaxError("the query ends where a word should be")
    return _combine(optional, required, excluded), position


def _term(tokens: list[tuple[str, str]], position: int) -> tuple[str | None, int]:
    kind, value = tokens[position]
    if kind == "open":
        inner, position = _alternatives(tokens, position + 1)
        if position >= len(tokens):
            raise QuerySyntaxError("a ')' is missing")
        return f"({inner})", position + 1
    if kind in ("close", "sign"):
        raise QuerySyntaxError(f"{value!r} stands where a word should be")
    return _words(value), position + 1


def _words(value: str) -> str | None:
    prefix = value.endswith("*") and not value.startswith('"')
    words = _WORDS.findall(value)
    if not words:
        return None
    phrase = '"' + " ".join(words) + '"'
    return f"{phrase} *" if prefix else phrase


def _combine(optional: list[str], required: list[str], excluded: list[str]) -> str:
    if required:
        wanted = " AND ".join(required)
    elif optional:
        wanted = " OR ".join(optional)
    else:
        wanted = "everything_matches_this"
    if excluded:
        return f"({wanted}) NOT ({' OR '.join(excluded)})"
    return wanted
