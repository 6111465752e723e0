"""`GET /api/search` for quilt3 and the catalog: answers of Elasticsearch's shape
(docs/protocol.md, I). What is not supported is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import attrs

from local_registry.context import RegistryContext
from local_registry.identity.model import Identity
from local_registry.search.actions import body_of
from local_registry.search.aggregations import compile_aggregations, hit
from local_registry.search.bodies import compile_query, options_of
from local_registry.search.documents import (
    entry_documents,
    manifest_document,
    object_documents,
    pointer_document,
)
from local_registry.search.mapping import Searchable, searchable
from local_registry.search.query import QuerySyntaxError, SearchRequestError, syntax_errors
from local_registry.search.shaping import filtered, sort_value, sorter, source_filter
from quilt_core.errors import QuiltOpsError

_WINDOW = 10_000
"""How far hits can be paged through: Elasticsearch's own limit."""
_SIZE = 1_000
"""Hits when no number is asked for, as in Quilt's published search service."""


@attrs.frozen
class _ForbiddenError(Exception):
    index: str


def search(
    context: RegistryContext, identity: Identity, params: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    """Answer a search of the indexes that a user may read.

    Parameters
    ----------
    context
        The registry.
    identity
        Who asks.
    params
        `index` (names, separated by commas, or `_all`), `action` (`search` with a `query`,
        `freeform` with a `body`, `stats`, `sample`, `images`), `size`, `from`, `_source`,
        `filter_path`.

    Returns
    -------
    tuple
        The HTTP status and the answer: 400 for what is malformed or not supported, 403 for an
        index that is not there or not the user's to read, each with a `message`.
    """
    try:
        with syntax_errors():
            body = _body(params)
            found = _answer(body, _documents(context, _indexes(context, identity, params)))
        return 200, filtered(found, params["filter_path"]) if "filter_path" in params else found
    except _ForbiddenError as error:
        return 403, {"message": f"Forbidden: the index {error.index!r} cannot be searched"}
    except QuerySyntaxError as error:
        return 400, {"message": f"Query syntax error: {error}"}
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        return 400, {"message": f"Bad search request: {error}"}


def _body(params: Mapping[str, str]) -> Mapping[str, Any]:
    """The body that a request stands for; its parameters win over what a body says."""
    options_of(params, "a request", "index", "action", "query", "body", "size", "from", "_source",
               "filter_path", "retry", "_cachebust")  # fmt: skip
    action, body = params.get("action", "search"), {}
    if action == "search":
        text = params.get("query")
        body = {"query": {"query_string": {"query": text}}} if text else {}
    elif action == "freeform":
        body = json.loads(params["body"])
        if not isinstance(body, Mapping):
            raise SearchRequestError("the body is an object")
        json.dumps(body, ensure_ascii=False).encode()  # half of a surrogate pair is a ValueError
    else:
        return body_of(action)
    given: dict[str, Any] = {name: int(params[name]) for name in ("size", "from") if name in params}
    if "_source" in params:
        flags = {"true": True, "false": False}
        given["_source"] = flags.get(params["_source"], params["_source"].split(","))
    return {"size": _SIZE, **body, **given}


def _answer(body: Mapping[str, Any], documents: list[Searchable]) -> dict[str, Any]:
    options_of(body, "a body", "query", "size", "from", "_source", "sort", "aggs", "aggregations",
               "collapse", "track_total_hits", "track_scores")  # fmt: skip
    start, size = body.get("from", 0), body.get("size", _SIZE)
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in (start, size)):
        raise SearchRequestError("`size` and `from` are numbers")
    if size < 0 or start < 0 or size + start > _WINDOW:
        raise SearchRequestError(f"`size` and `from` are together at most {_WINDOW}")
    test = compile_query(body.get("query"))
    aggregations = compile_aggregations(body.get("aggs", body.get("aggregations")))
    source = source_filter(body.get("_source"))
    in_order, keys = sorter(body.get("sort"))
    scored = [(round(score, 9), one) for one in documents if (score := test(one))]
    ordered = in_order(scored)
    if "collapse" in body:
        ordered = _collapsed(ordered, body["collapse"])
    hits = [hit(one, source) for one in ordered[start : start + size]]
    for shown, one in zip(hits, ordered[start : start + size], strict=True):
        if keys:
            shown["sort"] = [_sort_key(sort_value(one, key)) for key in keys]
    best = None if keys and "_score" not in keys else max((s for s, _ in scored), default=None)
    found: dict[str, Any] = {
        "took": 0,
        "timed_out": False,
        "hits": {"total": len(scored), "max_score": best, "hits": hits},
    }
    if aggregations:
        found["aggregations"] = {name: one(scored) for name, one in aggregations.items()}
    return found


def _sort_key(value: Any) -> Any:
    return int(value.timestamp() * 1000) if hasattr(value, "timestamp") else value


def _collapsed(ordered: list[Any], given: Any) -> list[Any]:
    """The best hit for each value of a field; those without a value are one group."""
    if not isinstance(given, Mapping):
        raise SearchRequestError("`collapse` is an object")
    field = options_of(given, "collapse", "field").get("field")
    _, [key] = sorter([field])
    groups: dict[Any, Any] = {}
    for one in ordered:
        groups.setdefault(sort_value(one, key), one)
    return list(groups.values())


def _documents(context: RegistryContext, indexes: list[str]) -> list[Searchable]:
    """Pointers, manifests and entries of the packages, and the objects, of these indexes."""
    packages = [name.removesuffix("_packages") for name in indexes if name.endswith("_packages")]
    hits = [
        one
        for latest in (True, False)
        for one in context.index.search(packages, None, latest_only=latest)
    ]
    documents = [pointer_document(one) for one in hits]
    revisions = {(one.bucket, one.top_hash): one for one in hits}
    documents += [manifest_document(one) for one in revisions.values()]
    for bucket, top_hash in revisions:
        with suppress(QuiltOpsError):  # the manifest went in between
            documents += entry_documents(bucket, context.packages.revision(bucket, top_hash))
    buckets = [name for name in indexes if not name.endswith("_packages")]
    documents += object_documents(context.index.objects.search(buckets, None))
    return [searchable(one) for one in documents]


def _indexes(context: RegistryContext, identity: Identity, params: Mapping[str, str]) -> list[str]:
    """The indexes to search: a bucket's objects have its name, its packages one with a suffix."""
    names = [bucket.name for bucket in context.state.buckets.list()]
    readable = [name for name in names if identity.can_read(name)]
    known = [name for bucket in readable for name in (bucket, f"{bucket}_packages")]
    index = params.get("index", "_all")
    if index == "_all":
        return known
    for name in index.split(","):
        if name not in known:
            raise _ForbiddenError(name)
    return list(dict.fromkeys(index.split(",")))
