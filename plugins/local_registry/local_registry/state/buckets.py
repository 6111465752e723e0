"""The buckets of the registry, with their display and index settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from local_registry.identity.errors import MemberError
from local_registry.state.database import Database

_MAX_INDEX_BYTES = 1024 * 1024


@attrs.frozen(kw_only=True)
class Bucket:
    """A bucket's configuration, field by field GraphQL's `BucketConfig` (sizes in bytes)."""

    name: str
    title: str
    icon_url: str | None = None
    description: str | None = None
    linked_data: Any = None
    overview_url: str | None = None
    tags: tuple[str, ...] | None = None
    relevance_score: int = 0
    last_indexed: str | None = None
    browsable: bool = False
    sns_notification_arn: str | None = None
    scanner_parallel_shards_depth: int | None = None
    skip_meta_data_indexing: bool | None = None
    file_extensions_to_index: tuple[str, ...] | None = None
    index_content_bytes: int | None = None
    prefixes: tuple[str, ...] = ("",)


def _from_json(text: str) -> Bucket:
    fields = json.loads(text)
    for name in ("tags", "file_extensions_to_index", "prefixes"):
        if fields[name] is not None:
            fields[name] = tuple(fields[name])
    return Bucket(**fields)


def _check(bucket: Bucket) -> None:
    for extension in bucket.file_extensions_to_index or ():
        if not extension.startswith(".") or "/" in extension or len(extension) < 2:
            raise MemberError("BucketFileExtensionsToIndexInvalid")
    size = bucket.index_content_bytes
    if size is not None and not 0 <= size <= _MAX_INDEX_BYTES:
        raise MemberError("BucketIndexContentBytesInvalid")
    arn = bucket.sns_notification_arn
    if arn is not None and not arn.startswith("arn:aws"):
        raise MemberError("SnsInvalid")


class BucketStore:
    """The buckets, in the order of relevance (greatest first), then name."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def list(self) -> list[Bucket]:
        """All buckets."""
        rows = self._db.all("SELECT document FROM buckets ORDER BY position DESC, name")
        return [_from_json(row["document"]) for row in rows]

    def get(self, name: str) -> Bucket | None:
        """The bucket of this name."""
        row = self._db.one("SELECT document FROM buckets WHERE name = ?", name)
        return _from_json(row["document"]) if row else None

    def add(self, bucket: Bucket) -> Bucket:
        """Register a bucket; the caller must check that S3 has it (BucketDoesNotExist).

        Raises `MemberError`: BucketAlreadyAdded, BucketFileExtensionsToIndexInvalid,
        BucketIndexContentBytesInvalid, SnsInvalid.
        """
        with self._db.transaction():
            if self.get(bucket.name):
                raise MemberError("BucketAlreadyAdded")
            return self._write(bucket)

    def update(self, name: str, changes: Mapping[str, Any]) -> Bucket:
        """Change fields (named as in `Bucket`); the others stay.

        Raises `MemberError`: BucketNotFound and as `add`.
        """
        with self._db.transaction():
            bucket = self.get(name)
            if bucket is None:
                raise MemberError("BucketNotFound")
            return self._write(attrs.evolve(bucket, **changes))

    def remove(self, name: str) -> None:
        """Remove a bucket, its permissions and its tables; its objects stay.

        Raises `MemberError`: BucketNotFound.
        """
        if not self._db.run("DELETE FROM buckets WHERE name = ?", name):
            raise MemberError("BucketNotFound")

    def _write(self, bucket: Bucket) -> Bucket:
        _check(bucket)
        self._db.run(
            """INSERT INTO buckets VALUES (?, ?, ?) ON CONFLICT (name)
               DO UPDATE SET position = excluded.position, document = excluded.document""",
            *(bucket.name, bucket.relevance_score, json.dumps(attrs.asdict(bucket))),
        )
        return bucket
