"""Listings: complete and in order, with any page size; deleted keys leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from local_registry import LocalRegistry
from local_registry.testing import add_bucket

KEYS = ["a", "a/1", "a/2", "a/b/3", "a0", "b c/é", "b c/+", "d/", "d/x", "e&<>'\"", "f//g", "✓/😀"]


@pytest.fixture(scope="module")
def bucket(shared_local_registry: LocalRegistry) -> str:
    name = add_bucket(shared_local_registry)
    client = shared_local_registry.s3_client()
    for body in (b"1", b"22"):
        for key in KEYS:
            client.put_object(Bucket=name, Key=key, Body=body)
    for gone in ("gone/1", "gone/2", "z"):
        client.put_object(Bucket=name, Key=gone, Body=b"")
        client.delete_object(Bucket=name, Key=gone)
    return name


@pytest.fixture
def client(shared_local_registry: LocalRegistry) -> Any:
    return shared_local_registry.s3_client()


def _pages(client: Any, operation: str, size: int, **arguments: str) -> Iterator[Any]:
    pages = client.get_paginator(operation).paginate(
        **arguments, PaginationConfig={"PageSize": size}
    )
    for page in pages:
        inside = ("Contents", "CommonPrefixes", "Versions", "DeleteMarkers")
        assert sum(len(page.get(each, [])) for each in inside) <= size
        yield page


def _expected(prefix: str, delimiter: str) -> tuple[list[str], list[str]]:
    keys, folders = [], set()
    for key in KEYS:
        if key.startswith(prefix):
            head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
            if found:
                folders.add(prefix + head + delimiter)
            else:
                keys.append(key)
    return sorted(keys), sorted(folders)


@pytest.mark.parametrize("operation", ["list_objects_v2", "list_objects"])
@pytest.mark.parametrize("size", [1, 2, 5, 1000])
@pytest.mark.parametrize("delimiter", ["", "/"])
@pytest.mark.parametrize("prefix", ["", "a", "a/", "b c/", "d/", "gone/", "✓/", "nothing"])
def test_objects(
    client: Any, bucket: str, operation: str, size: int, delimiter: str, prefix: str
) -> None:
    arguments = {"Bucket": bucket, "Prefix": prefix, "Delimiter": delimiter}
    pages = list(_pages(client, operation, size, **arguments))
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    folders = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
    assert (keys, folders) == _expected(prefix, delimiter)
    assert all(each["Size"] == 2 for page in pages for each in page.get("Contents", []))


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_versions(client: Any, bucket: str, size: int) -> None:
    pages = list(_pages(client, "list_object_versions", size, Bucket=bucket))
    versions = [each for page in pages for each in page.get("Versions", [])]
    markers = [each["Key"] for page in pages for each in page.get("DeleteMarkers", [])]
    alive = [(each["Key"], each["Size"]) for each in versions if each["Size"]]
    assert alive == [(key, size) for key in sorted(KEYS) for size in (2, 1)]
    assert [each["Key"] for each in versions if each["IsLatest"]] == sorted(KEYS)
    assert markers == ["gone/1", "gone/2", "z"]
    assert len({each["VersionId"] for each in versions}) == len(versions)


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_versions_with_a_delimiter(client: Any, bucket: str, size: int) -> None:
    pages = list(_pages(client, "list_object_versions", size, Bucket=bucket, Delimiter="/"))
    folders = [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]
    assert folders == ["a/", "b c/", "d/", "f/", "gone/", "✓/"]
    keys = {each["Key"] for page in pages for each in page.get("Versions", [])}
    assert keys == {"a", "a0", "e&<>'\"", "z"}


def test_starting_after_a_key(client: Any, bucket: str) -> None:
    listed = client.list_objects_v2(Bucket=bucket, StartAfter="e&<>'\"")["Contents"]
    assert [each["Key"] for each in listed] == ["f//g", "✓/😀"]


def test_a_key_that_is_written_again_is_listed_again(
    client: Any, shared_local_registry: LocalRegistry
) -> None:
    name = add_bucket(shared_local_registry)
    first = client.put_object(Bucket=name, Key="p/k", Body=b"1")["VersionId"]
    marker = client.delete_object(Bucket=name, Key="p/k")["VersionId"]
    assert client.list_objects_v2(Bucket=name, Delimiter="/").get("CommonPrefixes") is None
    client.delete_object(Bucket=name, Key="p/k", VersionId=marker)
    assert client.list_objects_v2(Bucket=name, Delimiter="/")["CommonPrefixes"] == [
        {"Prefix": "p/"}
    ]
    client.delete_object(Bucket=name, Key="p/k", VersionId=first)
    assert "Versions" not in client.list_object_versions(Bucket=name)
    client.delete_bucket(Bucket=name)


def test_bucket_settings_are_not_mistaken_for_listings(client: Any, bucket: str) -> None:
    assert client.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert client.get_bucket_acl(Bucket=bucket)["Grants"]
    assert "LocationConstraint" in client.get_bucket_location(Bucket=bucket)
