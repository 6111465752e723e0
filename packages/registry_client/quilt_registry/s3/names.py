"""The names of a bucket's packages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quilt_core.domain.names import is_package_name
from quilt_core.manifest.layout import LATEST, NAMED_PACKAGES, is_timestamp
from quilt_core.parallel import bounded_map
from quilt_registry.s3.errors import s3_errors
from quilt_registry.s3.listing import no_progress, pages


def list_package_names(s3: Any, bucket: str, workers: int) -> list[str]:
    """All package names of a bucket, sorted code point by code point.

    A package is there when it has a pointer of its own, directly below a name that is
    `namespace/name`; objects elsewhere in between do not count. Namespaces are listed in
    parallel, a request for every 1,000 pointers or fewer: the rest of a package's pointers is
    skipped where a page ends. Raises as `quilt_registry.s3.s3_errors`, and `ProtocolError` when the
    pages make no progress.
    """
    namespaces = _namespaces(s3, bucket)
    listed = bounded_map(
        lambda prefix: sorted(set(_names(s3, bucket, prefix))), namespaces, workers
    )
    return sorted(name for names in listed for name in names)


def _namespaces(s3: Any, bucket: str) -> list[str]:
    url = f"s3://{bucket}"
    params = {"Bucket": bucket, "Prefix": NAMED_PACKAGES, "Delimiter": "/"}
    found = pages(s3, "list the packages in", url, **params)
    return [item["Prefix"] for page in found for item in page.get("CommonPrefixes", ())]


def _names(s3: Any, bucket: str, prefix: str) -> Iterator[str]:
    """The names in one namespace, each once or more."""
    after: dict[str, str] = {}
    while True:
        with s3_errors("list the packages in", f"s3://{bucket}"):
            page = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, **after)
        found = [item["Key"].removeprefix(NAMED_PACKAGES) for item in page.get("Contents", ())]
        names = [name for key in found if (name := _name(key)) is not None]
        yield from names
        if not page["IsTruncated"]:
            return
        last = found[-1] if found else ""
        if _name(last) is not None:
            # Skip everything else below this package, because one pointer is sufficient.
            last = last.rpartition("/")[0] + "/\U0010ffff"
        if NAMED_PACKAGES + last <= after.get("StartAfter", NAMED_PACKAGES):
            raise no_progress(f"s3://{bucket}")
        after = {"StartAfter": NAMED_PACKAGES + last}


def _name(key: str) -> str | None:
    """The package to which a pointer belongs; None for any other object."""
    name, _, pointer = key.rpartition("/")
    is_pointer = pointer == LATEST or is_timestamp(pointer)
    return name if is_pointer and is_package_name(name) else None
