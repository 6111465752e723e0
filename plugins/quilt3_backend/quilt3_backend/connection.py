"""What the rooms of one connection share."""

from __future__ import annotations

from typing import Any

from quilt3_backend.stores import Blob, LocalStore, PackageStore, S3Store
from quilt3_backend.stores.local import read_file
from quilt_core.domain.names import Registry
from quilt_core.domain.uris import FileUri, parse_object_uri
from quilt_core.settings import Settings


class Connection:
    """One connection of the quilt3 backend; safe for threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def workers(self) -> int:
        """How many requests may be under way at once."""
        return self.settings.max_concurrency

    def store(self, registry: Registry) -> PackageStore:
        """The store of a registry: a bucket, or a folder."""
        if registry.path is not None:
            return LocalStore(folder=registry.path)
        return S3Store(bucket=str(registry.bucket), s3=self.s3(), workers=self.workers)

    def s3(self) -> Any:
        import boto3

        return boto3.client("s3")

    def read_url(self, url: str) -> Blob:
        """Read a small object anywhere, by its `s3://` or `file://` URL."""
        uri = parse_object_uri(url)
        if isinstance(uri, FileUri):
            return read_file(uri.path)
        from quilt3_backend.stores.s3 import read_object

        return read_object(self.s3(), uri)

    def catalog_url(self) -> str | None:
        return self.settings.catalog_url
