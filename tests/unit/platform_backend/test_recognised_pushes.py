"""Which revision a push takes for its own after its answer was lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from platform_backend.packages.pushing import Push
from platform_backend.packages.state import RecentRevision
from platform_backend.packages.wire import WireEntries

from quilt_core.domain.entries import NewEntry
from quilt_core.domain.names import PackageName, Registry
from quilt_core.domain.uris import S3Uri
from quilt_core.manifest import ManifestEntry
from quilt_core.revisions import PublishedRevision, plan_create

URI = S3Uri("bucket", "a", "1")


@pytest.mark.parametrize("found", [1, True, 1.0])
def test_types_of_values_of_metadata_count(found: Any) -> None:
    sent = {"k": [1]}
    plan = plan_create((NewEntry("a", URI, sent),), sent)
    push = Push(
        package_name=PackageName.parse("a/b"),
        registry=Registry.parse("s3://bucket"),
        message=None,
        user_meta=plan.user_meta,
        workflow=None,
        entries=WireEntries(plan, {}),
    )
    revision = RecentRevision(
        published=PublishedRevision("0" * 64, datetime.now(UTC)),
        message=None,
        user_meta={"k": [found]},
        total_entries=1,
    )
    meta = {"user_meta": {"k": [found]}}
    entry = ManifestEntry(logical_key="a", physical_key=URI.url, size=1, hash=None, meta=meta)
    assert push.could_be(revision) is (found is not True and isinstance(found, int))
    assert push.holds([entry]) is push.could_be(revision)
