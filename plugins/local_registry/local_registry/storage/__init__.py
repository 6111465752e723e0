"""Packages in S3: real manifests and pointers, as in quilt3."""

from local_registry.storage.store import PackageStore

__all__ = ["PackageStore"]
