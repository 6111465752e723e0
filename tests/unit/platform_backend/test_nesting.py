"""Metadata of other clients that is nested deeply, in the answers of a registry."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from quilt_core import ProtocolError, QuiltOps
from quilt_core.manifest import ManifestError
from quilt_core.nesting import TOO_DEEP

from .test_searching import found, hit

HASH = "0" * 64


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


def revision(raw: Any, levels: int) -> Any:
    """An answer with the metadata of a revision; `json.dumps` could not write it."""
    data = {
        "package": {
            "revision": {
                "hash": HASH, "modified": "2026-01-01T00:00:00Z", "message": None,
                "userMeta": "METADATA", "workflow": None, "totalEntries": 0, "totalBytes": 0.0,
                "contentsFlatMap": {},
            }
        }
    }  # fmt: skip
    body = json.dumps({"data": data}).replace('"METADATA"', nested(levels)).encode()
    return raw(body=body, headers={"Content-Type": "application/json"})


def test_three_hundred_levels_are_read(ops: QuiltOps, registry: Any, raw: Any) -> None:
    registry.answer("packageInfo", revision(raw, 300))
    info = ops.get_package_info("team/data")
    assert json.dumps(info.to_dict()["metadata"]) == nested(300).replace(":", ": ")
    assert repr(info).count("{") == 300


@pytest.mark.parametrize("levels", [330, 900, 100_000])
def test_the_error_says_what_is_wrong_with_the_package(
    ops: QuiltOps, registry: Any, raw: Any, levels: int
) -> None:
    for operation in ("packageInfo", "packageMetadata", "packageEntries"):
        registry.answer(operation, revision(raw, levels))
    for read in (
        lambda: ops.get_package_info("team/data"),
        lambda: ops.get_package_metadata("team/data"),
        lambda: ops.browse_content("team/data", recursive=True),
    ):
        with pytest.raises(ManifestError) as caught:
            read()
        assert caught.value.reason == TOO_DEEP
        assert caught.value.context["package"] == "team/data"
        assert "something else" not in str(caught.value)


@pytest.mark.parametrize("levels", [330, 900, 100_000])
def test_a_search_finds_the_others(
    ops: QuiltOps, registry: Any, levels: int, caplog: pytest.LogCaptureFixture
) -> None:
    hits = [hit("a/a", 1), hit("a/deep", 2), hit("a/c", 3), hit("a/d", 4)]
    hits[1]["meta"], hits[2]["meta"] = nested(levels), nested(300)
    registry.answer("searchPackages", found(hits))
    with caplog.at_level(logging.WARNING, "quilt_core.search"):
        assert [info.name for info in ops.search_packages(limit=2)] == ["a/a", "a/c"]
        infos = ops.search_packages()
    assert [info.name for info in infos] == ["a/a", "a/c", "a/d"]
    assert json.dumps(infos[1].to_dict()["metadata"]) == nested(300).replace(":", ": ")
    assert "a/deep in s3://bucket is left out: its JSON" in caplog.text


def test_an_older_registry_whose_hits_cannot_be_read(
    ops: QuiltOps, registry: Any, raw: Any
) -> None:
    """Its hits have metadata as JSON, which is read as a whole."""
    hits = [hit("a/a", 1), hit("a/deep", 2)]
    hits[1]["meta"] = "METADATA"
    body = json.dumps({"data": found(hits)}).replace('"METADATA"', nested(900)).encode()
    registry.answer("searchPackages", raw(body=body))
    with pytest.raises(ProtocolError, match="more than 320 levels") as caught:
        ops.search_packages()
    assert "another client wrote metadata" in str(caught.value.hint)


def test_a_revision_follows_one_that_cannot_be_read(ops: QuiltOps, registry: Any, raw: Any) -> None:
    history = [{"hash": HASH, "modified": "2020-01-01T00:00:00Z", "message": None}]
    package = {"revision": {"hash": HASH}, "revisions": {"total": 1, "page": history}}
    body = json.dumps({"data": {"registry": {}, "package": package, "x": "METADATA"}})
    registry.answer("packageState", raw(body=body.replace('"METADATA"', nested(900)).encode()))
    registry.answer("listVersions", {"package": package})
    new = [{"hash": "1" * 64, "modified": "2026-01-01T00:00:00Z"}, *history]
    registry.answer(
        "packageConstruct",
        {
            "packageConstruct": {
                "__typename": "PackagePushSuccess",
                "revision": {"hash": "1" * 64},
                "package": {"revision": {"hash": "1" * 64}, "revisions": {"page": new}},
            }
        },
    )
    made = ops.create_package_revision("team/data", {"k": "s3://bucket/k?versionId=v"})
    assert (made.top_hash, made.previous_top_hash) == ("1" * 64, HASH)
