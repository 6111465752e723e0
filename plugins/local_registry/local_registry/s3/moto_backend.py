"""moto's S3 with the keys of each bucket in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.model_instances import model_data
from moto.s3.models import FakeBucket, FakeKey, S3Backend

from local_registry.s3.moto_keys import SortedKeys


@contextmanager
def untracked() -> Iterator[None]:
    """Keep moto from remembering what is made inside: it empties all objects that it remembers
    when any account is reset, and never forgets one."""
    models: list[Any] = list(model_data["s3"].values())
    before = [len(model.instances_tracked) for model in models]
    try:
        yield
    finally:
        for model, count in zip(models, before, strict=True):
            del model.instances_tracked[count:]


class OrderedBackend(S3Backend):
    """One account's buckets."""

    def create_bucket(
        self, bucket_name: str, region_name: str, bucket_namespace: str | None = None
    ) -> FakeBucket:
        """A new bucket."""
        bucket = super().create_bucket(bucket_name, region_name, bucket_namespace)
        bucket.keys = SortedKeys()
        return bucket

    def reset(self) -> None:
        """Nothing: moto's own way empties the objects of all accounts in the process."""

    def dispose(self) -> None:
        """Give up the objects of this account, and only those."""
        for bucket in self.buckets.values():
            for _, versions in bucket.keys.iterlists():
                for version in versions:
                    if isinstance(version, FakeKey):
                        version.dispose()
            for upload in bucket.multiparts.values():
                upload.dispose()
        self.buckets.clear()

    def is_versioned(self, bucket_name: str) -> bool:
        """Whether versioning was ever turned on for a bucket that is there."""
        bucket = self.buckets.get(bucket_name)
        return bucket is not None and bool(bucket.is_versioned)

    def keys_of(self, bucket_name: str) -> SortedKeys | None:
        """The keys of a bucket, or `None` when there is no such bucket."""
        bucket = self.buckets.get(bucket_name)
        keys = bucket.keys if bucket is not None else None
        return keys if isinstance(keys, SortedKeys) else None
