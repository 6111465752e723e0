"""Success of the operations on packages and their contents."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest

from quilt_core import NotFoundError, QuiltOps


@pytest.fixture
def draft(place: Any, ops: QuiltOps) -> str:
    """A package of the test's own, with one revision."""
    ops.create_package_revision("cassettes/draft", [place.uri("data/a.csv")], message="Draft")
    return "cassettes/draft"


def test_search_packages(place: Any, ops: QuiltOps) -> None:
    found = ops.search_packages("penguins", place.registry)
    assert [one.name for one in found] == [place.package]
    assert found[0].message == "Second"


def test_list_all_packages(place: Any, ops: QuiltOps, draft: str) -> None:
    assert ops.list_all_packages(pattern="cassettes/*") == [draft, place.package]
    ops.delete_package(draft, f"s3://{place.bucket}")


def test_list_all_packages__pages(place: Any, draft: str) -> None:
    ops = place.connect(place.writer, page_size=1)
    assert ops.list_all_packages(pattern="cassettes/*") == [draft, place.package]
    ops.delete_package(draft, f"s3://{place.bucket}")


def test_get_package_info(place: Any, ops: QuiltOps) -> None:
    info = ops.get_package_info(place.package)
    assert (info.name, info.message, info.total_entries) == (place.package, "Second", 2)
    assert info.metadata == {"origin": "Palmer", "year": 2008}
    assert ops.get_package_info(place.package, top_hash=info.top_hash) == info


def test_list_package_versions(place: Any, ops: QuiltOps) -> None:
    second, first = ops.list_package_versions(place.package)
    assert (second.message, second.is_latest) == ("Second", True)
    assert (first.message, first.is_latest) == ("First", False)
    assert first.modified < second.modified


def test_get_package_metadata(place: Any, ops: QuiltOps) -> None:
    assert ops.get_package_metadata(place.package) == {"origin": "Palmer", "year": 2008}


def test_diff_packages(place: Any, ops: QuiltOps) -> None:
    second, first = ops.list_package_versions(place.package)
    name = place.package
    diff = ops.diff_packages(
        name, name, package1_hash=first.top_hash, package2_hash=second.top_hash
    )
    assert (diff.added, diff.deleted, diff.modified) == (("notes.txt",), ("data/b.csv",), ())


def test_create_package_revision(place: Any, ops: QuiltOps) -> None:
    name = "cassettes/new"
    made = ops.create_package_revision(
        name, [place.uri("data/a.csv")], metadata={"species": "Adélie"}, message="Made"
    )
    assert (made.added, made.copied) == (("data/a.csv",), 0)
    info = ops.get_package_info(name)
    assert (info.top_hash, info.metadata) == (made.top_hash, {"species": "Adélie"})
    ops.delete_package(name, f"s3://{place.bucket}")


def test_create_package_revision__copies(place: Any, ops: QuiltOps) -> None:
    """Objects are copied in S3, whose requests are on the cassette as well."""
    name = "cassettes/copied"
    made = ops.create_package_revision(
        name, [place.uri("data/a.csv"), place.uri("more/c.txt")], copy="all"
    )
    assert made.copied == 2
    listed = ops.browse_content(name, path="data/a.csv")
    assert listed[0].physical_key is not None
    assert listed[0].physical_key.startswith(f"{place.registry}/{name}/data/a.csv")
    ops.delete_package(name, f"s3://{place.bucket}")


def test_update_package_revision(place: Any, ops: QuiltOps, draft: str) -> None:
    made = ops.update_package_revision(
        draft, {"b.csv": place.uri("data/b.csv")}, metadata={"n": 1}, remove=["data"]
    )
    assert (made.added, made.removed) == (("b.csv",), ("data/a.csv",))
    assert ops.get_package_metadata(draft) == {"n": 1}
    ops.delete_package(draft, f"s3://{place.bucket}")


def test_delete_package(place: Any, ops: QuiltOps, draft: str) -> None:
    assert ops.delete_package(draft, f"s3://{place.bucket}").is_complete
    with pytest.raises(NotFoundError):
        ops.get_package_info(draft)


def test_browse_content(place: Any, ops: QuiltOps) -> None:
    listed = ops.browse_content(place.package)
    assert [(item.path, item.is_directory) for item in listed] == [
        ("data", True),
        ("notes.txt", False),
    ]
    assert [item.path for item in ops.browse_content(place.package, path="data")] == ["data/a.csv"]


def test_browse_content__recursive(place: Any, ops: QuiltOps) -> None:
    items = ops.browse_content(place.package, recursive=True)
    assert [(item.path, item.size) for item in items] == [("data/a.csv", 32), ("notes.txt", 10)]


def test_get_content_url(place: Any, ops: QuiltOps) -> None:
    url = ops.get_content_url(place.package, path="data/a.csv")
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.read() == b"species,island\nAdelie,Torgersen\n"


@pytest.mark.injects_failure
def test_get_content_url__browsing(place: Any) -> None:
    """Without AWS credentials the registry redirects to a URL that it has signed."""
    place.fail("/api/auth/get_credentials", status=403)
    ops = place.connect(None, api_key=place.api_key(place.writer))
    url = ops.get_content_url(place.package, path="notes.txt")
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.read() == b"Chinstrap\n"


def test_promote_package(place: Any) -> None:
    ops = place.connect(place.admin)
    there = f"s3://{place.second_bucket}"
    made = ops.promote_package(
        place.package, destination=there, new_name="cassettes/promoted", copy="none"
    )
    assert (made.registry, made.total_entries, made.copied) == (there, 2, 0)
    info = ops.get_package_info("cassettes/promoted", there)
    assert (info.message, info.metadata) == ("Second", {"origin": "Palmer", "year": 2008})
    ops.delete_package("cassettes/promoted", there)


def test_rollback_package(place: Any, ops: QuiltOps, draft: str) -> None:
    first = ops.get_package_info(draft).top_hash
    second = ops.update_package_revision(draft, metadata={"n": 1}).top_hash
    done = ops.rollback_package(draft, top_hash=first)
    assert (done.top_hash, done.previous_top_hash) == (first, second)
    assert [one.is_latest for one in ops.list_package_versions(draft)] == [False, True]
    ops.delete_package(draft, f"s3://{place.bucket}")


@pytest.mark.changes_catalog
def test_list_workflows(place: Any, ops: QuiltOps) -> None:
    where = {"Bucket": place.bucket, "Key": ".quilt/workflows/config.yml"}
    config = b"version: '1'\ndefault_workflow: w\nworkflows: {w: {name: Weekly}}\n"
    s3 = ops.get_boto3_client("s3")
    s3.put_object(**where, Body=config)
    (weekly,) = ops.list_workflows()
    s3.delete_object(**where)
    assert (weekly.id, weekly.name, weekly.is_default) == ("w", "Weekly", True)
    assert ops.list_workflows() == []
