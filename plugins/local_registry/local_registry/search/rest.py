"""`GET /api/search` for `quilt3.search`: answers of Elasticsearch's shape (docs/protocol.md, I)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from local_registry.context import RegistryContext
from local_registry.identity.model import Identity
from local_registry.search.bodies import matches
from local_registry.search.documents import (
    Document,
    entry_documents,
    manifest_document,
    object_documents,
    pointer_document,
    text_of,
)
from local_registry.search.index import Hit
from local_registry.search.query import ONE_FIELD, QuerySyntaxError, to_fts5
from local_registry.search.texts import matching

_WINDOW = 10_000  # Elasticsearch's own limit


def search(
    context: RegistryContext, identity: Identity, params: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    """Answer `action=search` (a query string) and `action=freeform` (a body)."""
    try:
        query, size, start = _request(params)
        indexes = _indexes(context, identity, params.get("index", "_all"))
        documents = _find(context, indexes, query)
    except QuerySyntaxError as error:
        return 400, {"message": f"Query syntax error: {error}"}
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        return 400, {"message": f"Bad search request: {error}"}
    return 200, {
        "took": 0,
        "timed_out": False,
        "hits": {
            "total": len(documents),
            "max_score": max((each["_score"] for each in documents), default=None),
            "hits": documents[start : start + size],
        },
    }


def _request(params: Mapping[str, str]) -> tuple[Any, int, int]:
    """The query (`None` for all), how many and from which on."""
    action = params.get("action", "search")
    size = int(params.get("size", "10"))
    if action == "search":
        text = params.get("query")
        query = {"query_string": {"query": text}} if text else None
        return _bounded(query, size, int(params.get("from", "0")))
    if action != "freeform":
        raise ValueError(f"unknown action {action!r}")
    body = json.loads(params["body"])
    if not isinstance(body, Mapping):
        raise TypeError("the body is an object")
    return _bounded(body.get("query"), int(body.get("size", size)), int(body.get("from", 0)))


def _bounded(query: Any, size: int, start: int) -> tuple[Any, int, int]:
    if size < 0 or start < 0 or size + start > _WINDOW:
        raise ValueError(f"size and from are together at most {_WINDOW}")
    return query, size, start


def _find(context: RegistryContext, indexes: list[str], query: Any) -> list[Document]:
    """The documents that match, best first, each with its score."""
    pointers, others = _documents(context, indexes)
    buckets = {each["_index"].removesuffix("_packages") for each in pointers}
    scores: dict[str, dict[str, float]] = {}

    def has_text(text: str, document: Mapping[str, Any]) -> bool:
        if text not in scores:
            scores[text] = _scores(context, buckets, text, others)
        return _key(document) in scores[text]

    found = [each for each in (*pointers, *others) if matches(query, each, has_text)]
    for each in found:
        best = [of_text[_key(each)] for of_text in scores.values() if _key(each) in of_text]
        each["_score"] = max(best, default=1.0)
    found.sort(key=lambda each: (-each["_score"], each["_id"]))
    return found


def _documents(
    context: RegistryContext, indexes: list[str]
) -> tuple[list[Document], list[Document]]:
    """Pointers, and everything else, of these indexes."""
    packages = [name.removesuffix("_packages") for name in indexes if name.endswith("_packages")]
    hits = _hits(context, packages, None)
    revisions = {(hit.bucket, hit.top_hash): hit for hit in hits}
    others = [manifest_document(hit) for hit in revisions.values()]
    for bucket, top_hash in revisions:
        others += entry_documents(bucket, context.packages.revision(bucket, top_hash))
    buckets = [name for name in indexes if not name.endswith("_packages")]
    others += object_documents(context.index.objects.search(buckets, None))
    return [pointer_document(hit) for hit in hits], others


def _hits(context: RegistryContext, buckets: Iterable[str], text: str | None) -> list[Hit]:
    latest = context.index.search(buckets, text, latest_only=True)
    return context.index.search(buckets, text, latest_only=False) + latest


def _scores(
    context: RegistryContext, buckets: Iterable[str], text: str, others: list[Document]
) -> dict[str, float]:
    """The scores of the documents that a text finds.

    A pointer is found by all that belongs to its package; everything else by its own words.
    """
    hits = _hits(context, buckets, text)
    scores = {_key(pointer_document(hit)): hit.score for hit in hits}
    expression = to_fts5(text, ONE_FIELD)
    if expression is None:
        return scores | {_key(each): 1.0 for each in others}
    rows = ({"text": text_of(each)} for each in others)
    found = matching(("text",), rows, expression)
    return scores | {_key(others[number]): score for number, score in found.items()}


def _key(document: Mapping[str, Any]) -> str:
    return f"{document['_index']}/{document['_id']}"


def _indexes(context: RegistryContext, identity: Identity, index: str) -> list[str]:
    """The indexes to search: a bucket's objects have its name, its packages one with a suffix."""
    names = [bucket.name for bucket in context.state.buckets.list()]
    readable = [name for name in names if identity.can_read(name)]
    known = [name for bucket in readable for name in (bucket, f"{bucket}_packages")]
    wanted = set(index.split(","))
    return known if index == "_all" else [name for name in known if name in wanted]
