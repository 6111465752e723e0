"""Stores of packages: a bucket, or a local folder."""

from quilt3_backend.stores.base import Blob, PackageStore, ReadBlob
from quilt3_backend.stores.local import LocalStore
from quilt3_backend.stores.s3 import S3Store

__all__ = ["Blob", "LocalStore", "PackageStore", "ReadBlob", "S3Store"]
