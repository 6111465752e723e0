"""moto's S3 with the keys of each bucket in order."""

from __future__ import annotations

from moto.s3.models import FakeBucket, S3Backend

from local_registry.s3.moto_keys import SortedKeys


class OrderedBackend(S3Backend):
    """One account's buckets."""

    def create_bucket(
        self, bucket_name: str, region_name: str, bucket_namespace: str | None = None
    ) -> FakeBucket:
        """A new bucket."""
        bucket = super().create_bucket(bucket_name, region_name, bucket_namespace)
        bucket.keys = SortedKeys()
        return bucket

    def keys_of(self, bucket_name: str) -> SortedKeys | None:
        """The keys of a bucket, or `None` when there is no such bucket."""
        bucket = self.buckets.get(bucket_name)
        keys = bucket.keys if bucket is not None else None
        return keys if isinstance(keys, SortedKeys) else None
