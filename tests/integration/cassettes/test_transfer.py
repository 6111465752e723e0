"""Success of pushes, downloads and verifications, and of reading one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quilt_core import NotFoundError, QuiltOps

CONTENT = b"species,island\nAdelie,Torgersen\n"


@pytest.fixture(autouse=True)
def _records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(tmp_path / "records"))


def test_push_package(place: Any, ops: QuiltOps) -> None:
    # One file needs no thread: with two requests at once, vcrpy makes each see the other's patches.
    result = ops.push_package(
        "cassettes/pushed", {"a.csv": CONTENT}, message="Pushed", metadata={"origin": "test"}
    )
    assert result.written
    assert result.new + result.changed + result.unchanged == ("a.csv",)
    assert ops.get_package_info("cassettes/pushed").top_hash == result.top_hash


def test_download_package(place: Any, ops: QuiltOps, tmp_path: Path) -> None:
    result = ops.download_package(place.package, tmp_path / "target", include=["*a.csv"])
    [path] = result.downloaded
    assert (tmp_path / "target" / path).read_bytes() == CONTENT


def test_verify_package(place: Any, ops: QuiltOps, tmp_path: Path) -> None:
    result = ops.verify_package(place.package, tmp_path)
    assert result.missing
    assert not result.is_clean


def test_read_content(place: Any, ops: QuiltOps) -> None:
    path = _path_of_a(place, ops)
    assert ops.read_content(place.package, path, encoding="utf-8") == CONTENT.decode()


def test_open_content(place: Any, ops: QuiltOps) -> None:
    with ops.open_content(place.package, _path_of_a(place, ops)) as file:
        file.seek(-10, 2)
        assert file.read() == b"Torgersen\n"


def test_read_content__missing(place: Any, ops: QuiltOps) -> None:
    with pytest.raises(NotFoundError):
        ops.read_content(place.package, "none.csv")


def _path_of_a(place: Any, ops: QuiltOps) -> str:
    items = ops.browse_content(place.package, recursive=True)
    return next(item.path for item in items if item.path.endswith("a.csv"))
