"""The number of requests that each operation makes, as the registry counts them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core import ConflictError, NotFoundError, QuiltOps


def test_reads(ops: QuiltOps, put: Callable[..., str], counted: Any) -> None:
    first = ops.create_package_revision("a/b", [put("data/1.csv", b"x")]).top_hash
    second = ops.update_package_revision("a/b", [put("2.csv", b"y")]).top_hash
    ops.browse_content("a/b")
    pointer = ["GetObject"]
    by_hash = ["ListObjectsV2"]
    for call, expected in (
        (lambda: ops.get_package_metadata("a/b"), [*pointer, "GetObject"]),
        (lambda: ops.get_package_metadata("a/b"), pointer),  # a manifest does not change
        (lambda: ops.browse_content("a/b"), [*pointer, "GetObject"]),
        (lambda: ops.browse_content("a/b", path="data"), [*pointer, "GetObject"]),
        (lambda: ops.browse_content("a/b", top_hash=first), [*by_hash, "GetObject"]),
        # The bucket's region is requested once per process.
        (lambda: ops.get_content_url("a/b", path="2.csv"), [*pointer, "GetObject"]),
        (lambda: ops.get_content_url("a/b", path="2.csv"), [*pointer, "GetObject"]),
        (lambda: ops.diff_packages("a/b", "a/b"), [*pointer, *pointer]),
        (
            lambda: ops.diff_packages("a/b", "a/b", package1_hash=first, package2_hash=second),
            [*by_hash, *by_hash, "GetObject", "GetObject"],
        ),
    ):
        counted.start()
        call()
        assert counted.operations() == expected


WRITE = ["PutObject"] * 3
"""Manifest, timestamp pointer (if that second has none), `latest` (if it is unchanged)."""
LIST, READ, LOOK, DELETE = "ListObjectsV2", "GetObject", "HeadObject", "DeleteObjects"
WORKFLOWS = READ
"""The workflows are requested while the package is looked up, so that their order is open."""


def test_writes(ops: QuiltOps, put: Callable[..., str], counted: Any, ahead: list[float]) -> None:
    checksum = {"ChecksumAlgorithm": "SHA256"}  # which gives the hash
    uris = [put("1.csv", b"x", **checksum), put("2.csv", b"y", **checksum)]
    ops.create_package_revision("c/d", {"a": uris[0]})
    counted.start()
    first = ops.create_package_revision("a/b", uris).top_hash
    asked = counted.operations()
    assert sorted(asked[:-3]) == sorted([LIST, WORKFLOWS, LOOK, LOOK])
    assert asked[-3:] == WRITE
    ahead[0] = 5.0  # the package's second has passed
    counted.start()
    second = ops.update_package_revision("a/b", [put("3.csv", b"z", **checksum)]).top_hash
    latest, manifest = READ, READ
    asked = counted.operations()
    assert sorted(asked[:-3]) == sorted([LIST, latest, WORKFLOWS, manifest, LOOK])
    assert asked[-3:] == WRITE
    ahead[0] = 10.0
    counted.start()
    third = ops.update_package_revision("a/b", {"4.csv": uris[0]}, copy="all").top_hash
    # Versions and sizes of the copies come with their own answers; checks again if time has passed.
    copies = ["CopyObject"] * 4
    asked = counted.operations()
    assert [one for one in asked if one in ("CopyObject", LIST)] == [LIST, *copies, LIST]
    assert asked[-3:] == WRITE
    assert asked.count(WORKFLOWS) == 3
    counted.start()
    ops.delete_package("a/b", top_hash=first)
    assert counted.operations() == [LIST, DELETE, LIST]
    counted.start()
    ops.delete_package("a/b", top_hash=third)
    assert counted.operations() == [LIST, DELETE, LIST, READ, "PutObject"]  # `latest` moves
    assert ops.get_package_info("a/b").top_hash == second


def test_transfers(
    ops: QuiltOps, counted: Any, ahead: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push looks up the revision once, and once more when it publishes; a download, once."""
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(tmp_path / "records"))
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in "ab":
        (folder / name).write_text(name)

    def requests(transfer: Callable[..., object], *more: Any) -> list[str]:
        counted.start()
        transfer("a/b", *more)
        made: list[str] = counted.operations()
        return made

    put, latest, manifest = "PutObject", READ, READ
    list(ops.list_objects("s3://" + ops.settings.registry.bucket))  # with credentials
    # In an empty bucket, a listing looks for an object with a version.
    first = requests(ops.push_package, folder)
    assert sorted(first[:-3]) == sorted([LIST, LIST, put, put, LIST, WORKFLOWS])
    assert first[-3:] == WRITE
    ahead[0] = 5.0
    (folder / "a").write_text("c")
    second = requests(ops.push_package, folder)
    look = [LIST, latest, manifest]
    assert second[:3] == look
    assert sorted(second[3:-3]) == sorted([put, LIST, latest, WORKFLOWS])
    assert second[-3:] == WRITE
    assert requests(ops.download_package, tmp_path / "new") == [*look, READ, READ]


@pytest.mark.parametrize("revisions", [1, 2, 3])
def test_deleting_a_package(
    ops: QuiltOps, put: Callable[..., str], counted: Any, ahead: list[float], revisions: int
) -> None:
    """The listings before and after, a read of each pointer, and one deletion."""
    for number in range(revisions):
        ahead[0] = 5.0 * number
        ops.create_package_revision("a/b", [put(f"{number}.csv", b"x")], {"n": number})
    counted.start()
    assert len(ops.delete_package("a/b").deleted) == revisions
    assert counted.operations() == [LIST, *[READ] * revisions, DELETE, LIST]
    assert len(counted.operations()) <= 4 * revisions


def test_a_write_in_the_second_of_the_latest_revision_waits_and_checks_again(
    ops: QuiltOps, put: Callable[..., str], counted: Any, ahead: list[float]
) -> None:
    uri = put("1.csv", b"x")
    ahead[0] = math.ceil(time.time()) - time.time()  # the second has just begun
    ops.create_package_revision("a/b", [uri])
    counted.start()
    ops.update_package_revision("a/b", metadata={"k": 1})
    assert counted.operations().count(LIST) == 2


def test_after_ten_seconds_a_write_checks_again(
    ops: QuiltOps, put: Callable[..., str], counted: Any, ahead: list[float]
) -> None:
    uri = put("1.csv", b"x")
    first = ops.create_package_revision("a/b", [uri]).top_hash
    came: list[str] = []

    def long_ago(_: Any) -> None:
        if not came:
            ahead[0] += 11.0
            came.append(ops.create_package_revision("a/b", [uri], {"k": 1}).top_hash)

    ahead[0] = 5.0
    counted.start()
    with pytest.raises(ConflictError) as caught:
        ops.update_package_revision("a/b", [put("2.csv", b"y")], progress=long_ago)
    assert (caught.value.expected, caught.value.actual) == (first, came[0])
    assert counted.operations().count("PutObject") == 3  # the other writer's


def test_different_missing_things_are_distinguished(ops: QuiltOps, put: Callable[..., str]) -> None:
    ops.create_package_revision("a/b", [put("1.csv", b"x")])
    with pytest.raises(NotFoundError, match="no revision '1600000000'"):
        ops.browse_content("a/b", top_hash="1600000000")
    with pytest.raises(NotFoundError, match="no package c/d"):
        ops.browse_content("c/d")
    with pytest.raises(NotFoundError, match="registry s3://nowhere"):
        ops.browse_content("a/b", registry="s3://nowhere")
