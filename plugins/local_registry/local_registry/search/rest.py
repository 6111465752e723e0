"""`GET /api/search`, which `quilt3.search` calls: answers of Elasticsearch's shape (note I)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from local_registry.context import RegistryContext
from local_registry.identity.model import Identity
from local_registry.search.index import Hit
from local_registry.search.query import QuerySyntaxError


def search(
    context: RegistryContext, identity: Identity, params: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    """Answer `action=search` (a query string) and `action=freeform` (a body)."""
    try:
        text, size, start = _request(params)
        buckets = _buckets(context, identity, params.get("index", "_all"))
        hits = context.index.search(buckets, text, latest_only=False)
        hits += context.index.search(buckets, text, latest_only=True)
    except QuerySyntaxError as error:
        return 400, {"message": f"Query syntax error: {error}"}
    except (KeyError, ValueError) as error:
        return 400, {"message": f"Bad search request: {error}"}
    documents = [_document(hit) for hit in hits]
    return 200, {
        "took": 0,
        "timed_out": False,
        "hits": {
            "total": len(documents),
            "max_score": 1.0,
            "hits": documents[start : start + size],
        },
    }


def _request(params: Mapping[str, str]) -> tuple[str | None, int, int]:
    action = params.get("action", "search")
    size = int(params.get("size", "10"))
    if action == "search":
        return params.get("query") or None, size, 0
    if action != "freeform":
        raise ValueError(f"unknown action {action!r}")
    body = json.loads(params["body"])
    return _text(body.get("query")), int(body.get("size", size)), int(body.get("from", 0))


def _text(query: Any) -> str | None:
    """The text of the `query_string` conditions in a body."""
    if isinstance(query, Mapping):
        if "query_string" in query:
            return str(query["query_string"]["query"])
        for value in query.values():
            if (found := _text(value)) is not None:
                return found
    if isinstance(query, list):
        for value in query:
            if (found := _text(value)) is not None:
                return found
    return None


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
