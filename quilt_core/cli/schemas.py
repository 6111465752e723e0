"""JSON Schemas of what commands print, made from the classes that they print."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from quilt_core.cli.answers import Answer, ErrorReport
from quilt_core.domain.base import DomainObject
from quilt_core.domain.hints import complete_modules, field_types

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_JSON_CONSTANTS = {"None": "null", "True": "true", "False": "false"}
_CONSTANT = re.compile(r"\b(?:None|True|False)\b")


def schema_of(answer: Answer, title: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what a command prints with `--json`.

    Parameters
    ----------
    answer:
        What the command declares.
    title:
        The command's name, which becomes the schema's title.

    Returns
    -------
    dict
        For a listing, the schema of each line. Fields may be added in later versions, so that
        unknown ones are allowed.
    """
    complete_modules()
    # msgspec does not support unions of several classes, because it could not distinguish them when
    # reading.
    several = get_args(answer.of) if isinstance(answer.of, types.UnionType) else (answer.of,)
    untold = _untold_types(answer.of)

    def schema_of_untold(kind: type) -> dict[str, Any]:
        if kind in untold:
            return {"not": {}}  # which `_describe` takes out
        raise NotImplementedError

    roots, definitions = msgspec.json.schema_components(several, schema_hook=schema_of_untold)
    for kind in _classes(answer.of):
        definition = definitions.get(kind.__name__)
        if definition is not None:
            _describe(definition, kind)
    what = "Each line of the output" if answer.listing else "The output"
    root = roots[0] if len(several) == 1 else {"anyOf": list(roots)}
    made = {"$schema": DIALECT, "title": title, "description": f"{what} with --json.", **root}
    return {**made, "$defs": definitions} if definitions else made


def error_schema() -> dict[str, Any]:
    """The schema of what is printed on standard error with `--json` when a command fails."""
    made = schema_of(Answer(ErrorReport), "error")
    return {**made, "description": "Standard error with --json when a command fails."}


def _describe(definition: dict[str, Any], kind: type) -> None:
    """Add to the schema which fields are always present, which never, and what they mean."""
    fields = definition.get("properties", {})
    if issubclass(kind, DomainObject):
        told = kind.told_fields()
        definition["properties"] = fields = {name: fields[name] for name in told}
        definition["required"] = list(told)  # `to_dict` leaves none out
    hints = _hints(kind) or {}
    for name in [name for name in hints if name in fields]:
        field = fields[name] = fields.pop(name)  # msgspec sorts some by name
        field.pop("default", None)  # one is for input
        if datetime in (hints[name], *get_args(hints[name])):
            (field.get("anyOf") or [field])[0]["format"] = "date-time"
    for name, text in _field_texts(kind).items():
        if name in fields:
            field = fields[name]
            fields[name] = {**field, "description": text}


def _classes(of: Any) -> Iterator[type]:
    """The classes with fields that a type is made of, nested ones included."""
    seen: set[Any] = set()
    waiting = [of]
    while waiting:
        found = waiting.pop()
        if found in seen:
            continue
        seen.add(found)
        if get_origin(found) is not None or isinstance(found, types.UnionType):
            waiting += [one for one in get_args(found) if not isinstance(one, str)]
        elif isinstance(found, type) and (hints := _hints(found)) is not None:
            waiting += hints.values()
            yield found


def _untold_types(of: Any) -> frozenset[Any]:
    """The types of fields that never occur in JSON, such as the stream of a query's result."""
    found: set[Any] = set()
    for kind in _classes(of):
        if issubclass(kind, DomainObject):
            hints = field_types(kind)
            for name in hints.keys() - set(kind.told_fields()):
                found |= {hints[name], *get_args(hints[name])}
    return frozenset(found)


def _hints(kind: type) -> Mapping[str, Any] | None:
    if issubclass(kind, DomainObject):
        return field_types(kind)
    return get_type_hints(kind) if hasattr(kind, "__total__") else None


def _field_texts(kind: type) -> dict[str, str]:
    """The documentation of each field: the text below it in the source."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except (OSError, TypeError):  # made without a source file
        return {}
    found = {}
    [body] = [node.body for node in tree.body if isinstance(node, ast.ClassDef)] or [[]]
    for field, text in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            found[field.target.id] = _in_json(" ".join(text.value.value.split()))
    return found


def _in_json(text: str) -> str:
    """Replaces Python's names of values with those of JSON."""
    return _CONSTANT.sub(lambda found: _JSON_CONSTANTS[found[0]], text)
