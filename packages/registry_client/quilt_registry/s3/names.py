"""The names of a bucket's packages."""

from __future__ import annotations

from typing import Any

from quilt_core.manifest.layout import NAMED_PACKAGES
from quilt_core.parallel import bounded_map
from quilt_registry.s3.errors import s3_errors


def list_package_names(s3: Any, bucket: str, workers: int) -> list[str]:
    """All package names of a bucket, sorted code point by code point.

    Folders are listed, not pointers, so that the cost goes with the number of packages and
    namespaces and not with that of revisions. Raises as `quilt_registry.s3.s3_errors`.
    """
    namespaces = _folders(s3, bucket, NAMED_PACKAGES)
    listed = bounded_map(lambda prefix: _folders(s3, bucket, prefix), namespaces, workers)
    start = len(NAMED_PACKAGES)
    return sorted(prefix[start:-1] for prefixes in listed for prefix in prefixes)


def _folders(s3: Any, bucket: str, prefix: str) -> list[str]:
    with s3_errors("list the packages in", f"s3://{bucket}"):
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, Delimiter="/"
        )
        return [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", ())]
