"""Packages as they are kept in S3: real manifests and pointers, as quilt3 has them."""

from local_registry.storage.store import PackageStore

__all__ = ["PackageStore"]
