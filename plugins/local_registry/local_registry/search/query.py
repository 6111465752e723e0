"""The search text: a subset of Elasticsearch's query-string syntax, turned into FTS5's.

Words, "phrases", AND, OR, NOT, `+`, `-`, parentheses, `prefix*`, `field:word`. Words side by side
are alternatives (OR), as Elasticsearch has it by default. Nothing of the user's text reaches SQLite
unquoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from local_registry.search.texts import EVERYTHING
from quilt_core.search.query import DEEPEST, nesting

_TOKEN = re.compile(
    r"""\s*(?:(?P<phrase>"(?:[^"\\]|\\.)*")|(?P<open>\()|(?P<close>\))|(?P<sign>[+\-!](?=\S))|"""
    r"""(?P<word>(?:[^\s()"\\]|\\.)+))"""
)
_WORDS = re.compile(r"[\w]+", re.UNICODE)
_FIELD = re.compile(r"([A-Za-z_][\w.]*):(.*)", re.DOTALL)
_NOWHERE = "nothing_matches_this"

PACKAGE_FIELDS: Mapping[str, str] = {
    "name": "name", "ptr_name": "name",
    "comment": "comment", "message": "comment", "mnfst_message": "comment",
    "meta": "meta", "mnfst_metadata": "meta",
    "workflow": "workflow", "mnfst_workflow": "workflow",
    "key": "entries", "logical_key": "entries", "entry_lk": "entries",
}  # fmt: skip
"""Columns of revisions by the names that clients and documents use (docs/protocol.md, I.2)."""

OBJECT_FIELDS: Mapping[str, str] = {"key": "key", "ext": "ext", "content": "content"}
"""Columns of objects."""

ONE_FIELD: Mapping[str, str] = dict.fromkeys((*PACKAGE_FIELDS, *OBJECT_FIELDS), "text")
"""Where all that a document has is in one column."""


Token = tuple[str, str]


class QuerySyntaxError(ValueError):
    """The search text cannot be parsed."""


def to_fts5(text: str | None, fields: Mapping[str, str] = PACKAGE_FIELDS) -> str | None:
    """The FTS5 expression for a search text; None when everything matches.

    Parameters
    ----------
    text:
        What somebody typed.
    fields:
        Columns by the field names that may stand before a colon; a field that there is none of
        holds nothing, as in Elasticsearch.

    Raises `QuerySyntaxError`.
    """
    if text is None or not text.strip() or text.strip() == "*":
        return None
    tokens = _with_fields(_tokens(text), fields)
    if nesting(tokens) > DEEPEST:
        raise QuerySyntaxError(f"parentheses are more than {DEEPEST} deep")
    expression, rest = _alternatives(tokens, 0)
    if rest != len(tokens):
        raise QuerySyntaxError(f"there is a ')' too many in {text!r}")
    return expression


def _tokens(text: str) -> list[Token]:
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


def _with_fields(tokens: list[Token], fields: Mapping[str, str]) -> list[Token]:
    """Part `field:word` into a field and a word; what looks like an address stays a word."""
    parted: list[Token] = []
    for kind, value in tokens:
        match = _FIELD.fullmatch(value) if kind == "word" else None
        if match is None or match[2].startswith("//"):
            parted.append((kind, value))
            continue
        parted.append(("field", fields.get(match[1], _NOWHERE)))
        if match[2]:
            parted.append(("word", match[2]))
    return parted


def _alternatives(tokens: list[Token], start: int) -> tuple[str, int]:
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


def _term(tokens: list[Token], position: int) -> tuple[str | None, int]:
    kind, value = tokens[position]
    if kind == "field":
        if position + 1 >= len(tokens) or tokens[position + 1][0] == "field":
            raise QuerySyntaxError("a field is followed by what it should hold")
        inner, position = _term(tokens, position + 1)
        if value == _NOWHERE:
            return _NOWHERE, position
        return inner and f"{{{value} everything}} : {inner}", position
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
        wanted = EVERYTHING
    if excluded:
        return f"({wanted}) NOT ({' OR '.join(excluded)})"
    return wanted
