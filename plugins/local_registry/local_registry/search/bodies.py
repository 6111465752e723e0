"""Elasticsearch's query bodies, as far as Quilt's clients write them, applied to documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

Document = Mapping[str, Any]
TextTest = Callable[[str, Document], bool]
_RANGES: Mapping[str, Callable[[Any, Any], bool]] = {
    "gte": lambda value, bound: bool(value >= bound),
    "gt": lambda value, bound: bool(value > bound),
    "lte": lambda value, bound: bool(value <= bound),
    "lt": lambda value, bound: bool(value < bound),
}


def matches(query: Any, document: Document, has_text: TextTest) -> bool:
    """Whether a document (`_id`, `_source`) satisfies a query; `None` is satisfied by all.

    `has_text(query string, document)` decides full text. Raises `ValueError` for a kind of query
    that is not understood, `ValueError`, `TypeError` or `KeyError` for a malformed one.
    """
    if query is None:
        return True
    if not isinstance(query, Mapping) or len(query) != 1:
        raise ValueError("a query is an object with one kind of condition")
    ((kind, body),) = query.items()
    test = _KINDS.get(kind)
    if test is None:
        raise ValueError(f"the query {kind!r} is not supported")
    if not isinstance(body, Mapping):
        raise TypeError(f"the body of {kind!r} is an object")
    return test(body, document, has_text)


def _field(document: Document, name: str) -> list[Any]:
    """The values of a field; of a join field its name."""
    value: Any = document["_id"] if name == "_id" else document["_source"]
    if name != "_id":
        for part in name.removesuffix(".keyword").split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping):
        value = value.get("name")
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _one(body: Mapping[str, Any], *names: str) -> tuple[str, Any]:
    """The field and value of `{field: value}` or `{field: {name: value}}`."""
    fields = [(field, value) for field, value in body.items() if field != "boost"]
    if len(fields) != 1:
        raise ValueError("a condition names one field")
    field, value = fields[0]
    if isinstance(value, Mapping):
        value = next((value[name] for name in names if name in value), None)
    return field, value


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _bool(body: Mapping[str, Any], document: Document, has_text: TextTest) -> bool:
    def holds(query: Any) -> bool:
        return matches(query, document, has_text)

    required = [*_list(body.get("must")), *_list(body.get("filter"))]
    optional = _list(body.get("should"))
    least = int(body.get("minimum_should_match", 0 if required else min(1, len(optional))))
    return (
        all(map(holds, required))
        and not any(map(holds, _list(body.get("must_not"))))
        and sum(map(holds, optional)) >= least
    )


def _text(body: Mapping[str, Any], document: Document, has_text: TextTest) -> bool:
    return has_text(str(body["query"]), document)


def _match(body: Mapping[str, Any], document: Document, has_text: TextTest) -> bool:
    _, value = _one(body, "query")
    return has_text(f'"{value}"', document)


def _term(body: Mapping[str, Any], document: Document, _: TextTest) -> bool:
    field, value = _one(body, "value")
    return value in _field(document, field)


def _terms(body: Mapping[str, Any], document: Document, _: TextTest) -> bool:
    field, values = _one(body)
    return any(value in _list(values) for value in _field(document, field))


def _wildcard(body: Mapping[str, Any], document: Document, _: TextTest) -> bool:
    field, pattern = _one(body, "value", "wildcard")
    return any(fnmatchcase(str(value), str(pattern)) for value in _field(document, field))


def _prefix(body: Mapping[str, Any], document: Document, _: TextTest) -> bool:
    field, start = _one(body, "value", "prefix")
    return any(str(value).startswith(str(start)) for value in _field(document, field))


def _range(body: Mapping[str, Any], document: Document, _: TextTest) -> bool:
    ((field, bounds),) = body.items()
    checks = [(_RANGES[name], bound) for name, bound in bounds.items() if name in _RANGES]
    return any(
        all(check(_comparable(value), _comparable(bound)) for check, bound in checks)
        for value in _field(document, field)
    )


def _comparable(value: Any) -> float:
    if isinstance(value, str):
        return datetime.fromisoformat(value).timestamp()
    return float(value)


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Document, TextTest], bool]] = {
    "bool": _bool,
    "constant_score": lambda body, document, text: matches(body.get("filter"), document, text),
    "exists": lambda body, document, _: bool(_field(document, str(body["field"]))),
    "ids": lambda body, document, _: document["_id"] in _list(body.get("values")),
    "match": _match,
    "match_all": lambda _body, _document, _text: True,
    "match_none": lambda _body, _document, _text: False,
    "match_phrase": _match,
    "multi_match": _text,
    "prefix": _prefix,
    "query_string": _text,
    "range": _range,
    "simple_query_string": _text,
    "term": _term,
    "terms": _terms,
    "wildcard": _wildcard,
}
