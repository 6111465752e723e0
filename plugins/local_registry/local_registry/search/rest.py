"""`GET /api/search`, which `quilt3.search` calls: answers of Elasticsearch's shape (note I)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local_registry.context import RegistryContext
from local_registry.identity.model import Identity
from local_registry.search.bodies import Document, matches
from local_registry.search.index import Hit
from local_registry.search.query import QuerySyntaxError

_WINDOW = 10_000  # Elasticsearch's own limit


def search(
    context: RegistryContext, identity: Identity, params: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    """Answer `action=search` (a query string) and `action=freeform` (a body)."""
    try:
        query, size, start = _request(params)
        buckets = _buckets(context, identity, params.get("index", "_all"))
        documents = _find(context, buckets, query)
    except QuerySyntaxError as error:
        return 400, {"message": f"Query syntax error: {error}"}
    except (KeyError, TypeError, ValueError) as error:
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


def _find(context: RegistryContext, buckets: list[str], query: Any) -> list[dict[str, Any]]:
    """The documents that match, best first, each with its score."""
    scores: dict[str, dict[tuple[str, str, str], float]] = {}

    def hits(text: str | None) -> list[Hit]:
        latest = context.index.search(buckets, text, latest_only=True)
        return context.index.search(buckets, text, latest_only=False) + latest

    def has_text(text: str, document: Document) -> bool:
        if text not in scores:
            scores[text] = {(hit.bucket, hit.name, hit.pointer): hit.score for hit in hits(text)}
        return _key(document) in scores[text]

    found = [each for each in map(_document, hits(None)) if matches(query, each, has_text)]
    for each in found:
        best = [of_text[_key(each)] for of_text in scores.values() if _key(each) in of_text]
        each["_score"] = max(best, default=1.0)
    found.sort(key=lambda each: (-each["_score"], each["_id"]))
    return found


def _key(document: Document) -> tuple[str, str, str]:
    source = document["_source"]
    bucket = str(document["_index"]).removesuffix("_packages")
    return bucket, source["ptr_name"], source["ptr_tag"]


def _buckets(context: RegistryContext, identity: Identity, index: str) -> list[str]:
    names = [bucket.name for bucket in context.state.buckets.list()]
    readable = [name for name in names if identity.can_read(name)]
    if index == "_all":
        return readable
    wanted = {name.removesuffix("_packages") for name in index.split(",")}
    return [name for name in readable if name in wanted]


def _document(hit: Hit) -> dict[str, Any]:
    return {
        "_index": f"{hit.bucket}_packages",
        "_id": f"ptr:{hit.name}/{hit.pointer}",
        "_score": hit.score,
        "_source": {
            "join_field": {"name": "ptr", "parent": f"mnfst:{hit.top_hash}"},
            "ptr_name": hit.name,
            "ptr_tag": hit.pointer,
            "ptr_last_modified": hit.modified.isoformat(),
        },
    }
