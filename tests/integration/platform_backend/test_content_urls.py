"""Content URLs: presigned, or by a browsing session where there are no AWS credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from local_registry.faults import FaultRule
from local_registry.testing import add_bucket, add_user

from quilt_core import NotFoundError, NotSupportedError, QuiltOps, ValidationError

BODY = b"the bytes of exactly this version"
NAMES = ("plain.csv", "with space.csv", "+%#?&=.csv", "ünïcødé/🐧.csv")


@pytest.fixture
def package(ops: QuiltOps, registry: Any, bucket: str) -> QuiltOps:
    s3 = registry.s3_client()
    entries = {}
    for number, name in enumerate(NAMES):
        version = s3.put_object(Bucket=bucket, Key=f"o{number}", Body=BODY)["VersionId"]
        s3.put_object(Bucket=bucket, Key=f"o{number}", Body=b"another version")
        entries[name] = f"s3://{bucket}/o{number}?versionId={version}"
    ops.create_package_revision("a/b", entries)
    return ops


@pytest.mark.parametrize("name", NAMES)
def test_plain_get_gives_the_bytes_of_the_revision(package: QuiltOps, name: str) -> None:
    url = package.get_content_url("a/b", path=name)
    assert requests.get(url, timeout=10).content == BODY


@pytest.mark.parametrize("name", NAMES)
def test_browsing_session_without_aws_credentials(
    package: QuiltOps, registry: Any, name: str
) -> None:
    registry.faults.replace([FaultRule(kind="status", status=403, path="*get_credentials")])
    registry.log.clear()
    url = package.get_content_url("a/b", path=name)
    assert requests.get(url, timeout=10).content == BODY
    asked = [one.operation for one in registry.log.requests() if one.side == "registry"]
    assert "browsingSessionCreate" in asked
    assert asked[-1] == "browsingSessionDispose"  # no session is left after its use


def test_bucket_that_is_not_browsable(registry: Any, connect: Any) -> None:
    bucket = add_bucket(registry, browsable=False)
    ops = connect(add_user(registry, writes=[bucket]).name, registry=f"s3://{bucket}")
    registry.s3_client().put_object(Bucket=bucket, Key="x", Body=BODY)
    ops.create_package_revision("a/b", [f"s3://{bucket}/x"])
    registry.faults.replace([FaultRule(kind="status", status=403, path="*get_credentials")])
    with pytest.raises(NotSupportedError, match="browsing"):
        ops.get_content_url("a/b", path="x")


def test_entries_without_a_url(package: QuiltOps) -> None:
    with pytest.raises(ValidationError, match="directory"):
        package.get_content_url("a/b", path="ünïcødé")
    with pytest.raises(NotFoundError, match="'gone'"):
        package.get_content_url("a/b", path="gone")


def test_urls_do_not_show_in_errors(package: QuiltOps, put: Callable[..., str]) -> None:
    with pytest.raises(NotFoundError) as caught:
        package.get_content_url("a/b", path="gone")
    assert "Signature" not in repr(caught.value.to_dict())
