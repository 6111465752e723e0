"""Matching of requests with recorded ones, including their bodies."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from quilt_core.testing.cassettes.replacements import comparable_uri

HEADERS_THAT_COUNT = ("range", "x-amz-copy-source", "x-amz-copy-source-range", "x-amz-target")


def quilt_uri(first: Any, second: Any) -> None:
    """vcrpy matcher: the same address, with the query's parameters in any order."""
    one, other = comparable_uri(first.uri), comparable_uri(second.uri)
    _require(one == other, f"{first.uri} is not {second.uri}")


def quilt_headers(first: Any, second: Any) -> None:
    """vcrpy matcher: the headers that define the request: ranges, sources of copies."""
    for name in HEADERS_THAT_COUNT:
        one, other = first.headers.get(name), second.headers.get(name)
        _require(one == other, f"header {name}: {one!r} is not {other!r}")


def quilt_body(first: Any, second: Any) -> None:
    """vcrpy matcher: the same GraphQL operation, document and variables; else the same body.

    Documents are the same when they differ in white space, commas and comments only; variables
    and other JSON are compared as values.
    """
    one, other = comparable_body(_bytes(first.body)), comparable_body(_bytes(second.body))
    for part, value in one.items():
        _require(value == other.get(part), f"{part}: {value!r}\nis not\n{other.get(part)!r}")
    _require(one.keys() == other.keys(), f"{sorted(one)} is not {sorted(other)}")


def _require(same: bool, message: str) -> None:
    """What vcrpy asks of a matcher: an `AssertionError` that says why not."""
    if not same:
        raise AssertionError(message)


def comparable_body(body: bytes) -> dict[str, Any]:
    """The parts of a body that are compared, by name."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return _other_body(body)
    if not isinstance(value, dict) or not isinstance(value.get("query"), str):
        return {"JSON": _canonical(value)}
    known = {"query", "operationName", "variables"}
    return {
        "operation name": value.get("operationName"),
        "document": normalised_document(value["query"]),
        "variables": _canonical(value.get("variables") or {}),
        "extensions": _canonical({name: item for name, item in value.items() if name not in known}),
    }


def operation_name(request: Any) -> str | None:
    """The name of the GraphQL operation that a request of vcrpy's asks for; None without one."""
    body = request.body if isinstance(request.body, bytes) else b""
    return comparable_body(body).get("operation name") if body else None


def _canonical(value: Any) -> str:
    """Text that is equal for equal JSON; Python's own `==` takes `true` for 1."""
    return json.dumps(value, sort_keys=True)


def _other_body(body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("ascii")
        form = parse_qs(text, strict_parsing=True, keep_blank_values=True)
    except ValueError:
        return {"body": body}
    return {"form": form}


@lru_cache(maxsize=1024)
def normalised_document(text: str) -> str:
    """A GraphQL document without what GraphQL ignores; unparsable text as it is."""
    from graphql import GraphQLError
    from graphql.utilities import strip_ignored_characters

    try:
        return strip_ignored_characters(text)
    except GraphQLError:
        return text


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else str(body).encode()
