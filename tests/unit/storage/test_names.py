"""Names of packages from a bucket's pointers: all packages, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from quilt_registry.s3 import list_package_names, list_pointers

from quilt_core.domain.names import PackageName
from quilt_core.errors import ProtocolError
from quilt_core.manifest.layout import NAMED_PACKAGES


def _put(bucket: str, *keys: str) -> None:
    """Write pointers from within the server, because a thousand requests take seconds."""
    server = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for key in keys:
        server.put_object(bucket, NAMED_PACKAGES + key, b"0" * 64)


def test_keys_that_are_not_packages_are_not_listed(s3: Any, bucket: str) -> None:
    _put(
        bucket,
        "a/b/latest", "a/b/1600000000", "a/only-a-time/1600000000", "ärzte/daten/latest",
        "odd//latest", "ont/latest", "x/y/z/latest", "a.b/c/latest", "/latest", "/n/latest",
        "a/stray/readme.txt", "a/seconds/16", "latest",
    )  # fmt: skip
    assert list_package_names(s3, bucket, 4) == ["a/b", "a/only-a-time", "ärzte/daten"]


def test_the_rest_of_a_package_is_skipped_at_the_end_of_a_page(s3: Any, bucket: str) -> None:
    _put(bucket, *(f"a/b/{1_600_000_000 + n}" for n in range(1_100)))
    _put(bucket, "a/b/z/latest", "a/b0/latest", "a/c/latest", "b/c/latest")
    pages: list[str] = []
    s3.meta.events.register(
        "before-call.s3.ListObjectsV2", lambda params, **_: pages.append(params["url_path"])
    )
    assert list_package_names(s3, bucket, 1) == ["a/b", "a/b0", "a/c", "b/c"]
    assert len(pages) == 4  # the namespaces, two pages of `a`, one of `b`


class Stuck:
    """A store whose listing never gets further than one page."""

    def __init__(self, page: dict[str, Any], namespaces: dict[str, Any]) -> None:
        self._page, self._namespaces = page, namespaces

    def list_objects_v2(self, **params: Any) -> dict[str, Any]:
        return self._namespaces if "Delimiter" in params else self._page


NAMESPACES = {"IsTruncated": False, "CommonPrefixes": [{"Prefix": f"{NAMED_PACKAGES}a/"}]}
FIRST = {"IsTruncated": True, "Contents": [{"Key": f"{NAMED_PACKAGES}a/b/latest"}]}


@pytest.mark.parametrize(
    "store",
    [
        Stuck({"IsTruncated": True}, NAMESPACES),
        Stuck({**FIRST, "NextContinuationToken": "t"}, NAMESPACES),
        Stuck({"IsTruncated": False}, {**NAMESPACES, "IsTruncated": True}),
    ],
    ids=["nothing in the page", "the same page again", "namespaces without a token"],
)
def test_a_listing_that_makes_no_progress_is_no_complete_one(store: Stuck) -> None:
    with pytest.raises(ProtocolError, match="not how to get it"):
        list_package_names(store, "bucket", 1)


def test_pointers_that_are_not_listed_to_their_end() -> None:
    with pytest.raises(ProtocolError, match="not how to get it"):
        list_pointers(Stuck({"IsTruncated": True}, {}), "bucket", PackageName.parse("a/b"))
