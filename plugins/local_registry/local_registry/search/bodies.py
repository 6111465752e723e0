"""Elasticsearch's query bodies: made into a test of documents, or refused.

An unknown key in a body is an error, because ignoring an option would give a wrong answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local_registry.search.mapping import NESTED, Searchable, canonical, kind_of
from local_registry.search.query import SearchRequestError
from quilt_core.search import Query, parse_query, words_of
from quilt_core.search.query import Combination, Everything, Exactly, Exists, Like, Range, Words
from quilt_core.search.text import Value
from quilt_core.search.values import within
from quilt_core.wildcards import Signs, Wild, signs_of

Test = Callable[[Searchable], float]
"""How well a document satisfies a query; 0 when it does not."""

_DEEPEST = 50
_MOST = 1_000_000
_NOTHING = Combination((), (), (Everything(),))


def compile_query(query: Any, depth: int = 0) -> Test:
    """The test for a query; `None` is satisfied by all.

    Raises `SearchRequestError` for what is malformed or not supported, with what is wrong.
    """
    if query is None:
        return lambda _: 1.0
    if not isinstance(query, Mapping) or len(query) != 1:
        raise SearchRequestError("a query is an object with one kind of condition")
    if depth > _DEEPEST:
        raise SearchRequestError("the query is nested too deeply")
    ((kind, body),) = query.items()
    if not isinstance(body, Mapping):
        raise SearchRequestError(f"the body of {kind!r} is an object")
    if kind in _COMPOUND:
        return _boosted(_COMPOUND[kind](body, depth + 1), body)
    if kind not in _LEAVES:
        raise SearchRequestError(f"the query {kind!r} is not supported")
    made, options = _LEAVES[kind](body)
    return _boosted(lambda one: made.score(one.text), options)


def options_of(body: Mapping[str, Any], what: str, *known: str) -> Mapping[str, Any]:
    """The body, whose keys are all known; raises `SearchRequestError` otherwise."""
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise SearchRequestError(f"{what} with {', '.join(map(repr, unknown))} is not supported")
    return body


def _boosted(test: Test, options: Mapping[str, Any]) -> Test:
    boost = options.get("boost", 1)
    number = isinstance(boost, (int, float)) and not isinstance(boost, bool)
    if not number or not 0 < boost < _MOST:
        raise SearchRequestError(f"`boost` is a number above 0 and below {_MOST}")
    return test if boost == 1 else lambda one: test(one) * boost


def _clauses(body: Mapping[str, Any], name: str, depth: int) -> list[Test]:
    given = body.get(name, [])
    return [compile_query(one, depth) for one in (given if isinstance(given, list) else [given])]


def _bool(body: Mapping[str, Any], depth: int) -> Test:
    options_of(
        body, "bool", "must", "filter", "should", "must_not", "minimum_should_match", "boost"
    )
    must, filters, should, must_not = (
        _clauses(body, name, depth) for name in ("must", "filter", "should", "must_not")
    )
    least = body.get("minimum_should_match", 0 if must or filters or not should else 1)
    if not isinstance(least, int) or isinstance(least, bool):
        raise SearchRequestError("`minimum_should_match` is supported as a number of clauses")
    if least < 0:
        least = max(len(should) + least, 0)

    def test(one: Searchable) -> float:
        needed = [clause(one) for clause in must]
        optional = [score for clause in should if (score := clause(one))]
        fits = all(needed) and all(clause(one) for clause in filters) and len(optional) >= least
        if not fits or any(clause(one) for clause in must_not):
            return 0.0
        return sum(needed) + sum(optional) or 1.0

    return test


def _constant_score(body: Mapping[str, Any], depth: int) -> Test:
    inner = compile_query(
        options_of(body, "constant_score", "filter", "boost").get("filter", {}), depth
    )
    return lambda one: float(inner(one) > 0)


def _nested(body: Mapping[str, Any], depth: int) -> Test:
    options_of(body, "nested", "path", "query", "boost", "score_mode", "ignore_unmapped")
    inner = compile_query(body.get("query"), depth)
    if body.get("path") != NESTED:
        raise SearchRequestError(f"the only nested field is {NESTED!r}")
    if body.get("score_mode", "avg") not in ("avg", "max", "none"):
        raise SearchRequestError("`score_mode` is supported as avg, max or none")
    return lambda one: max((inner(part) for part in one.nested), default=0.0)


_COMPOUND: Mapping[str, Callable[[Mapping[str, Any], int], Test]] = {
    "bool": _bool,
    "constant_score": _constant_score,
    "nested": _nested,
    "match_all": lambda body, _: _constant(options_of(body, "match_all", "boost"), 1.0),
    "match_none": lambda body, _: _constant(options_of(body, "match_none"), 0.0),
}


def _constant(_: Mapping[str, Any], score: float) -> Test:
    return lambda one: score


Made = tuple[Query, Mapping[str, Any]]


def _of_field(body: Mapping[str, Any], what: str, value: str, *known: str) -> tuple[str, Any, Any]:
    """The field, value and options of `{field: value}` or `{field: {value: …, option: …}}`."""
    if len(body) != 1:
        raise SearchRequestError(f"{what} names one field")
    ((field, given),) = body.items()
    if not isinstance(given, Mapping):
        return canonical(field), _scalar(given, what), {}
    options_of(given, what, value, "boost", *known)
    if value not in given:
        raise SearchRequestError(f"{what} has no {value!r}")
    return canonical(field), _scalar(given[value], what), given


def _scalar(value: Any, what: str) -> str:
    """A value as text, as a query string would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, (str, int, float)):
        raise SearchRequestError(f"{what} compares with a text, a number or a truth value")
    return str(value)


def _whole(field: str, signs: Signs) -> Query:
    """A field's whole value or, of a text, one of its words."""
    _check(field, signs)
    if kind_of(field) == "text":
        wild = any(isinstance(sign, Wild) for sign in signs)
        word = Like(signs) if wild else Exactly("".join(map(str, signs)))
        return Words((word,), field)
    return Words((), field, signs)


def _check(field: str, signs: Signs) -> None:
    """Refuse what a number, a time or a truth value cannot be, whether or not a document has it."""
    text = "".join(sign if isinstance(sign, str) else sign.value for sign in signs)
    samples: dict[str | None, Value] = {"number": 0.0, "date": datetime.now(UTC), "boolean": True}
    kind = kind_of(field)
    if kind in samples:
        within(samples[kind], text, None, with_low=True, with_high=True)


def _term(body: Mapping[str, Any]) -> Made:
    field, value, options = _of_field(body, "term", "value")
    return _whole(field, tuple(value)), options


def _terms(body: Mapping[str, Any]) -> Made:
    fields = {name: value for name, value in body.items() if name != "boost"}
    if len(fields) != 1:
        raise SearchRequestError("terms names one field")
    ((name, values),) = fields.items()
    if not isinstance(values, list):
        raise SearchRequestError("terms compares with a list")
    field = canonical(name)
    options = tuple(_whole(field, tuple(_scalar(value, "terms"))) for value in values)
    return _any_of(options), body


def _any_of(options: tuple[Query, ...]) -> Query:
    return Combination((), options, ()) if options else _NOTHING


def _key_of(body: Mapping[str, Any], older: str) -> str:
    """Where the pattern is: at `value` or, as before, at the name of the query."""
    given = next(iter(body.values()), None)
    return older if isinstance(given, Mapping) and older in given else "value"


def _wildcard(body: Mapping[str, Any]) -> Made:
    field, pattern, options = _of_field(body, "wildcard", _key_of(body, "wildcard"))
    return _whole(field, signs_of(pattern)), options


def _prefix(body: Mapping[str, Any]) -> Made:
    field, start, options = _of_field(body, "prefix", _key_of(body, "prefix"))
    return _whole(field, (*start, Wild.ANY)), options


def _match(body: Mapping[str, Any]) -> Made:
    field, text, options = _of_field(body, "match", "query", "operator", "lenient")
    operator = str(options.get("operator", "or")).lower()
    if operator not in ("or", "and"):
        raise SearchRequestError("`operator` is or, or and")
    return _matching(field, text, operator), options


def _matching(field: str, text: str, operator: str = "or") -> Query:
    if kind_of(field) not in ("text", "path"):
        return _whole(field, tuple(text))
    words = tuple(Words((Exactly(word),), field) for word in words_of(text))
    if kind_of(field) == "path":
        return Combination((), (Words((), field, tuple(text)), _all(words, operator)), ())
    return _all(words, operator)


def _all(words: tuple[Query, ...], operator: str) -> Query:
    return Combination(words, (), ()) if words and operator == "and" else _any_of(words)


def _match_phrase(body: Mapping[str, Any]) -> Made:
    field, text, options = _of_field(body, "match_phrase", "query")
    if kind_of(field) not in ("text", "path"):
        return _whole(field, tuple(text)), options
    return Words(tuple(Exactly(word) for word in words_of(text)), field), options


def _multi_match(body: Mapping[str, Any]) -> Made:
    options_of(body, "multi_match", "query", "fields", "type", "operator", "lenient", "boost")
    operator = str(body.get("operator", "or")).lower()
    if body.get("type", "best_fields") not in ("best_fields", "most_fields", "phrase"):
        raise SearchRequestError("`type` is supported as best_fields, most_fields or phrase")
    if operator not in ("or", "and"):
        raise SearchRequestError("`operator` is or, or and")
    text, fields = _scalar(body.get("query"), "multi_match"), _fields(body)
    if body.get("type") == "phrase":
        return _any_of(tuple(_match_phrase({field: text})[0] for field in fields)), body
    return _any_of(tuple(_matching(canonical(field), text, operator) for field in fields)), body


def _fields(body: Mapping[str, Any]) -> list[str]:
    fields = body.get("fields")
    if not isinstance(fields, list) or not fields or not all(isinstance(f, str) for f in fields):
        raise SearchRequestError("`fields` is a list of names of fields")
    if any(set(field) & set("*^") for field in fields):
        raise SearchRequestError("`fields` with `*` or `^` is not supported")
    return fields


def _query_string(body: Mapping[str, Any]) -> Made:
    options_of(body, "query_string", "query", "fields", "default_field", "default_operator",
               "analyze_wildcard", "lenient", "boost")  # fmt: skip
    text = body.get("query")
    if not isinstance(text, str):
        raise SearchRequestError("query_string has a `query`")
    if str(body.get("default_operator", "or")).lower() != "or":
        raise SearchRequestError("`default_operator` is supported as or")
    fields = _fields(body) if "fields" in body else [body.get("default_field", "*")]
    if fields in (["*"], ["_all"]):
        return parse_query(text), body
    queries = tuple(parse_query(text, canonical(str(field))) for field in fields)
    return _any_of(queries), body


def _range(body: Mapping[str, Any]) -> Made:
    if len(body) != 1 or not isinstance(next(iter(body.values())), Mapping):
        raise SearchRequestError("range names one field, with an object of bounds")
    ((name, given),) = body.items()
    options_of(given, "range", "gt", "gte", "lt", "lte", "boost")
    field = canonical(name)
    bounds = {key: _scalar(given[key], "range") for key in given if key != "boost"}
    for bound in bounds.values():
        _check(field, tuple(bound))
    parts = [
        Range(field, bound, None, with_low=key == "gte")
        if key.startswith("g")
        else Range(field, None, bound, with_high=key == "lte")
        for key, bound in bounds.items()
    ]
    return (Combination(tuple(parts), (), ()) if parts else Exists(field)), given


def _exists(body: Mapping[str, Any]) -> Made:
    field = options_of(body, "exists", "field", "boost").get("field")
    if not isinstance(field, str):
        raise SearchRequestError("exists names a `field`")
    return Exists(canonical(field)), body


def _ids(body: Mapping[str, Any]) -> Made:
    values = options_of(body, "ids", "values", "type", "boost").get("values")
    if not isinstance(values, list):
        raise SearchRequestError("ids has a list of `values`")
    return _any_of(tuple(Words((), "_id", tuple(_scalar(one, "ids"))) for one in values)), body


_LEAVES: Mapping[str, Callable[[Mapping[str, Any]], Made]] = {
    "exists": _exists,
    "ids": _ids,
    "match": _match,
    "match_phrase": _match_phrase,
    "multi_match": _multi_match,
    "prefix": _prefix,
    "query_string": _query_string,
    "range": _range,
    "term": _term,
    "terms": _terms,
    "wildcard": _wildcard,
}
