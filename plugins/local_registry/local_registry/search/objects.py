"""The objects of buckets, searched by key, extension and, for small texts, content."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
from botocore.exceptions import ClientError

from local_registry.s3.client import S3Client
from local_registry.search.query import parse, syntax_errors
from quilt_core.search import Field, Query, SearchText
from quilt_core.search.text import extension_of

_TEXT_EXTENSIONS = frozenset({".csv", ".json", ".md", ".rmd", ".tsv", ".txt", ".yaml", ".yml"})
_LONGEST_CONTENT = 65_536
_CATALOG_FOLDER = ".quilt/"


@attrs.frozen(kw_only=True)
class ObjectHit:
    """The newest version of an object that matches; `deleted` when that is a delete marker."""

    bucket: str
    key: str
    version: str
    etag: str | None
    size: int
    modified: datetime
    deleted: bool
    content: str | None
    score: float = 1.0

    @property
    def ext(self) -> str:
        """The extension with its dot, in lower case; two where a file is packed (`.tar.gz`);
        empty for none."""
        return extension_of(self.key)

    @property
    def text(self) -> SearchText:
        """What a query is held against."""
        text = SearchText.of_object(
            self.key,
            content=self.content,
            size=self.size,
            modified=self.modified,
            version=self.version,
        )
        deleted = Field(("deleted", "delete_marker"), (), (self.deleted,))
        return SearchText((*text.fields, deleted))


class ObjectIndex:
    """Looks at the buckets themselves at each search; texts are read once per version."""

    def __init__(self, s3: S3Client) -> None:
        self._s3 = s3
        self._lock = threading.Lock()
        self._contents: dict[tuple[str, str, str], str | None] = {}

    def search(
        self, buckets: Iterable[str], text: str | None, content: str | None = None
    ) -> list[ObjectHit]:
        """All matching objects, best first; `content` is a query for the contents alone.

        Raises `QuerySyntaxError`.
        """
        found = [hit for bucket in buckets for hit in self._objects(bucket)]
        query, inner = parse(text), parse(content)
        with syntax_errors():
            if inner is not None:
                found = [hit for hit in found if inner.score(hit.text.only("content"))]
            hits = [hit for one in found if (hit := _scored(one, query)).score]
        return sorted(hits, key=lambda hit: (-hit.score, hit.bucket, hit.key))

    def _objects(self, bucket: str) -> Iterator[ObjectHit]:
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        for page in pages:
            for kind in ("Versions", "DeleteMarkers"):
                for item in page.get(kind, ()):
                    if item["IsLatest"] and not item["Key"].startswith(_CATALOG_FOLDER):
                        yield self._hit(bucket, item, deleted=kind == "DeleteMarkers")

    def _hit(self, bucket: str, item: Mapping[str, Any], *, deleted: bool) -> ObjectHit:
        hit = ObjectHit(
            bucket=bucket,
            key=item["Key"],
            version=item["VersionId"],
            etag=item["ETag"].strip('"') if "ETag" in item else None,
            size=item.get("Size", 0),
            modified=item["LastModified"].astimezone(UTC),
            deleted=deleted,
            content=None,
        )
        is_text = hit.ext in _TEXT_EXTENSIONS and hit.size <= _LONGEST_CONTENT and not deleted
        return attrs.evolve(hit, content=self._content(hit)) if is_text else hit

    def _content(self, hit: ObjectHit) -> str | None:
        place = (hit.bucket, hit.key, f"{hit.version} {hit.modified.isoformat()}")
        with self._lock:
            if place in self._contents:
                return self._contents[place]
        try:
            answer = self._s3.get_object(Bucket=hit.bucket, Key=hit.key)
            text: str = answer["Body"].read().decode("utf-8", errors="replace")
        except ClientError:
            return None  # it went in between
        with self._lock:
            self._contents[place] = text
        return text


def _scored(hit: ObjectHit, query: Query | None) -> ObjectHit:
    return hit if query is None else attrs.evolve(hit, score=round(query.score(hit.text), 9))
