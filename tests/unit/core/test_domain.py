"""Domain objects: immutable, compared by value, suitable for JSON, notebooks and tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

import quilt_core
from quilt_core import (
    ApiKey,
    ApiKeyCreated,
    ApiKeyStatus,
    MetadataPredicate,
    PackageDiff,
    PackageInfo,
    SearchFilter,
    ValidationError,
)
from quilt_core.domain.base import DomainObject
from quilt_core.domain.catalog import catalog_package_url, derive_stack_prefix
from quilt_core.domain.names import PackageName, Registry
from quilt_core.frames import to_rows

TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def info(**changes: object) -> PackageInfo:
    fields: dict[str, object] = {
        "name": "palmer/penguins", "registry": "s3://bucket", "bucket": "bucket",
        "top_hash": "a" * 64, "modified": TIME, "message": "<b>First</b>",
        "metadata": {"n": [1, {"ä": None}]}, "workflow": None, "total_entries": 2,
        "total_bytes": 2**60,
    }  # fmt: skip
    return PackageInfo(**{**fields, **changes})  # type: ignore[arg-type]


def test_equal_by_value_and_immutable() -> None:
    assert info() == info()
    assert info() != info(message=None)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        info().name = "x/y"  # type: ignore[misc]


def test_every_domain_class_is_frozen_and_slotted() -> None:
    classes = [
        value
        for name in quilt_core.__all__
        if isinstance(value := getattr(quilt_core, name), type) and issubclass(value, DomainObject)
    ]
    assert len(classes) > 20
    for cls in classes:
        assert not hasattr(cls, "__dict__") or "__slots__" in vars(cls), cls
        assert vars(cls)["__setattr__"] is not object.__setattr__, cls


def test_dictionary_is_json() -> None:
    plain = json.loads(json.dumps(info().to_dict()))
    assert plain["modified"] == "2026-01-02T03:04:05+00:00"
    assert plain["total_bytes"] == 2**60
    assert plain["metadata"] == {"n": [1, {"ä": None}]}


@pytest.mark.parametrize(
    ("metadata", "description", "tags"),
    [
        ({"description": "Bill sizes", "tags": ["birds", "2020"]}, "Bill sizes", ("birds", "2020")),
        ({"description": "", "tags": []}, "", ()),
        ({}, None, ()),
        ({"description": None, "tags": None}, None, ()),
        ({"description": {"en": "Bill sizes"}, "tags": "birds"}, None, ()),
        ({"description": 7, "tags": {"birds": True}}, None, ()),
        ({"tags": ["birds", 2020]}, None, ()),
        ({"Description": "x", "keywords": ["birds"]}, None, ()),
    ],
)
def test_description_and_tags_are_read_from_the_metadata(
    metadata: dict[str, object], description: str | None, tags: tuple[str, ...]
) -> None:
    found = info(metadata=metadata)
    assert (found.description, found.tags) == (description, tags)
    assert not {"description", "tags"} & found.to_dict().keys()


def test_a_time_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone-aware"):
        info(modified=datetime(2026, 1, 2))
    with pytest.raises(ValueError, match="timezone-aware"):
        SearchFilter(modified_from=datetime(2026, 1, 2))
    with pytest.raises(ValueError, match="timezone-aware"):
        SearchFilter(modified_from="2026-01-02")  # type: ignore[arg-type]


def test_notebook_html_is_escaped_and_shows_no_secret() -> None:
    assert "&lt;b&gt;First" in info()._repr_html_()
    key = ApiKey(
        id="1", name="ci", fingerprint="qk_a…z", created_at=TIME, expires_at=TIME,
        user_email="a@b", status=ApiKeyStatus.ACTIVE,
    )  # fmt: skip
    created = ApiKeyCreated(api_key=key, secret="hunter22")
    assert "hunter22" not in repr(created) + created._repr_html_()
    assert created.to_dict()["secret"] == "hunter22"


def test_a_diff_shows_its_changes() -> None:
    diff = PackageDiff(
        package1_name="a/b", package2_name="a/b", package1_hash="1" * 64, package2_hash="2" * 64,
        added=("<x>",), deleted=(), modified=("y",),
    )  # fmt: skip
    assert not diff.is_empty
    assert "&lt;x&gt;" in diff._repr_html_()


def test_rows_keep_times_and_name_plain_listings() -> None:
    assert to_rows([info()])[0]["modified"] is TIME
    assert to_rows(["a/b"]) == [{"name": "a/b"}]


@pytest.mark.parametrize(
    ("bucket", "prefix"),
    [
        ("stable-analyticsbucket-1abc", "stable"),
        ("My-Stack-AnalyticsBucket-x", "My-Stack"),
        ("other-name", "other"),
        ("plain", "plain"),
        ("", None),
        (None, None),
    ],
)
def test_stack_prefix(bucket: str | None, prefix: str | None) -> None:
    assert derive_stack_prefix(bucket) == prefix


def test_catalog_urls_are_never_made_up() -> None:
    name, registry = PackageName("a", "b"), Registry(bucket="bucket")
    url = catalog_package_url("https://c.example.com/", registry, name, "f" * 64)
    assert url == f"https://c.example.com/b/bucket/packages/a/b/tree/{'f' * 64}"
    assert catalog_package_url(None, registry, name, "f" * 64) is None
    local = Registry.parse("file:///data")
    assert catalog_package_url("https://c.example.com", local, name, "f" * 64) is None


@pytest.mark.parametrize("wrong", ["alpha", 5, [5], {"a": 1}.items()])
def test_a_list_of_a_search_condition_is_no_text(wrong: Any) -> None:
    """Each letter of a text would be one of the texts to compare with."""
    with pytest.raises(ValidationError, match="workflow"):
        SearchFilter(workflow=wrong)
    with pytest.raises(ValidationError, match="keywords"):
        MetadataPredicate(path="/a", keywords=wrong)
    assert SearchFilter(workflow=["alpha"]).workflow == ("alpha",)
