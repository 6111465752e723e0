"""The actions of `GET /api/search` without a query, which Quilt's catalog uses to show a bucket.

The queries are those of Quilt's last published search service, with the answers that the catalog
reads today (docs/protocol.md, I).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_registry.search.query import SearchRequestError

_IMAGES = (".bmp", ".gif", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp")
_SAMPLES = (
    ".csv", ".ipynb", ".json", ".md", ".parquet", ".pdf", ".rmd", ".tsv", ".txt", ".vcf", ".xls",
    ".xlsx",
)  # fmt: skip
_READMES = ("README.md", "README.txt", "README.ipynb", "quilt_summarize.json")
_PRESENT = {"term": {"delete_marker": False}}


def _stats() -> dict[str, Any]:
    size = {"sum": {"field": "size"}}
    return {
        "query": _PRESENT,
        "size": 0,
        "aggs": {
            "totalBytes": size,
            "exts": {"terms": {"field": "ext", "size": 10_000}, "aggs": {"size": size}},
            "totalPackageHandles": {"cardinality": {"field": "ptr_name"}},
        },
    }


def _newest(endings: tuple[str, ...], most: int, excluded: list[Any]) -> dict[str, Any]:
    """The newest versions of objects whose extension is one of these, the last changed first."""
    fields = {"size": 1, "sort": [{"last_modified": "desc"}], "_source": ["key", "version_id"]}
    return {
        "query": {
            "bool": {
                "filter": [_PRESENT],
                "should": [{"wildcard": {"ext": f"*{ending}"}} for ending in endings],
                "minimum_should_match": 1,
                "must_not": excluded,
            }
        },
        "size": 0,
        "aggs": {
            "objects": {
                "terms": {"field": "key", "size": most, "order": {"_key": "asc"}},
                "aggs": {"latest": {"top_hits": fields}},
            }
        },
    }


def body_of(action: str) -> Mapping[str, Any]:
    """The body of an action; raises `SearchRequestError` for an unknown action."""
    if action == "stats":
        return _stats()
    if action == "images":
        return _newest(_IMAGES, 100, [])
    if action == "sample":
        excluded = [{"terms": {"key": list(_READMES)}}, {"wildcard": {"key": f"*/{_READMES[-1]}"}}]
        endings = (*_SAMPLES, *(f"{ending}.gz" for ending in _SAMPLES))
        return _newest(endings, 20, excluded)
    raise SearchRequestError(f"unknown action {action!r}")
