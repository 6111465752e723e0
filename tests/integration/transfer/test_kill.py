"""Killed at any point of a push or a download, the next run finishes, and nothing is damaged."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest

from quilt_core import NotFoundError

from .conftest import Place  # type: ignore[import-not-found]

FILES = {f"d{number % 3}/{number:03}.txt": f"file {number:03}".encode() for number in range(12)}
PUSH_POINTS = [
    ("get_package_info", 1, "before"),
    ("put_object", 1, "before"),
    ("put_object", 1, "after"),
    ("put_object", 7, "before"),
    ("put_object", 7, "after"),
    ("put_object", 12, "after"),
    ("create_package_revision", 1, "before"),
    ("create_package_revision", 1, "after"),
]
DOWNLOAD_POINTS = [
    ("browse_content", 1, "after"),
    ("open_object", 1, "before"),
    ("open_object", 1, "reading"),
    ("open_object", 7, "reading"),
    ("open_object", 11, "after"),
]
POSIX = pytest.mark.skipif(os.name != "posix", reason="a process kills itself by a signal")
# A process takes a second: with a server, only the points at which that matters.
OF_REGISTRIES = {
    "quilt3": {PUSH_POINTS[4], PUSH_POINTS[7], DOWNLOAD_POINTS[3]},
    "platform": {PUSH_POINTS[4], PUSH_POINTS[6], DOWNLOAD_POINTS[2]},
}


def cases(points: list[tuple[str, int, str]]) -> list[Any]:
    """The places and points to try."""
    chosen = [("folder", point) for point in points]
    chosen += [
        (place, point) for place, some in OF_REGISTRIES.items() for point in points if point in some
    ]
    return [pytest.param(*one, id="-".join(map(str, [one[0], *one[1]]))) for one in chosen]


def write(folder: Path) -> Path:
    """The files, with old modification times, as most files have."""
    for key, data in FILES.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return folder


def read(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@POSIX
@pytest.mark.parametrize(("place", "kill"), cases(PUSH_POINTS), indirect=["place"])
def test_a_push_that_is_killed(place: Place, kill: tuple[str, int, str], tmp_path: Path) -> None:
    folder = write(tmp_path / "source")
    place.run("push", folder, kill)
    published = kill == ("create_package_revision", 1, "after")
    with place.ops() as ops:
        if not published:
            with pytest.raises(NotFoundError):
                ops.get_package_info(place.name)
        counted = place.run("push", folder)
        assert counted is not None
        found = {item.path for item in ops.browse_content(place.name, recursive=True)}
        assert found == set(FILES)
        assert {key: ops.read_content(place.name, key) for key in FILES} == FILES
    sent = counted.get("put_object", 0)
    if kill[0] == "create_package_revision":
        assert sent == 0
    elif kill == ("put_object", 12, "after"):
        assert sent < len(FILES)  # what was in progress is sent again, and no more
    assert read(folder) == FILES


@POSIX
@pytest.mark.parametrize(("place", "kill"), cases(DOWNLOAD_POINTS), indirect=["place"])
def test_a_download_that_is_killed(
    place: Place, kill: tuple[str, int, str], tmp_path: Path
) -> None:
    with place.ops() as ops:
        ops.push_package(place.name, FILES)
        target = tmp_path / "target"
        (target / "d0").mkdir(parents=True)
        (target / "d0" / "000.txt").write_bytes(FILES["d0/000.txt"])
        (target / "d1").mkdir()
        (target / "d1" / "mine.txt").write_bytes(b"mine")
        place.run("download", target, kill)
        whole = {k: v for k, v in read(target).items() if not k.rpartition("/")[2].startswith(".")}
        expected = {**FILES, "d1/mine.txt": b"mine"}
        assert whole.items() <= expected.items()  # a file with its final name is complete
        there = len(whole) - 1
        counted = place.run("download", target)
        assert counted is not None
        assert counted.get("open_object", 0) == len(FILES) - there
        assert read(target) == expected  # and no remains
        assert ops.verify_package(place.name, target).extra == ("d1/mine.txt",)


MIB = 1 << 20
BUCKETS = ["quilt3", "platform"]


def write_large(folder: Path, key: str = "a/large.bin") -> bytes:
    """A file of three parts, with an old modification time."""
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    data = random.Random(key).randbytes(MIB) * 20
    path.write_bytes(data)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return data


@POSIX
@pytest.mark.parametrize("place", BUCKETS, indirect=True)
def test_uploaded_parts_are_not_sent_again(place: Place, tmp_path: Path) -> None:
    folder = write(tmp_path / "source")
    data = write_large(folder)
    place.run("push", folder, ("upload_part", 2, "after"))
    assert len(place.unfinished()) == 1
    counted = place.run("push", folder)
    assert counted is not None
    # Two were in progress: the second was stored, the other one perhaps.
    assert counted.get("upload_part", 0) <= 2
    assert place.unfinished() == []
    with place.ops() as ops:
        assert ops.read_content(place.name, "a/large.bin") == data


@POSIX
@pytest.mark.parametrize("place", BUCKETS[:1], indirect=True)
def test_parts_that_are_no_longer_needed_are_removed(place: Place, tmp_path: Path) -> None:
    folder = write(tmp_path / "source")
    write_large(folder)
    place.run("push", folder, ("upload_part", 2, "before"))
    (folder / "a" / "large.bin").unlink()
    place.run("push", folder)
    assert place.unfinished() == []
    with place.ops() as ops:
        assert {item.path for item in ops.browse_content(place.name, recursive=True)} == set(FILES)


@POSIX
@pytest.mark.parametrize("place", ["folder", *BUCKETS], indirect=True)
@pytest.mark.parametrize("action", ["push", "download"])
def test_killed_at_any_moment(
    place: Place, action: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source = write(tmp_path / "source")
    write_large(source)
    expected = read(source)
    folder = source if action == "push" else tmp_path / "target"
    with place.ops() as ops:
        if action == "download":
            ops.push_package(place.name, source)
        rng = random.Random(request.node.name)
        for _ in range(2):
            place.run_for(rng.uniform(0, 0.4), action, folder)
            found = read(tmp_path / "target") if action == "download" else {}
            assert {
                key: data for key, data in found.items() if key.rpartition("/")[2][0] != "."
            }.items() <= expected.items()
        place.run(action, folder)
        assert {item.path for item in ops.browse_content(place.name, recursive=True)} == set(
            expected
        )
        assert ops.verify_package(place.name, folder).is_clean
        assert read(folder) == expected
        for uri in [item.physical_key for item in ops.browse_content(place.name, recursive=True)]:
            assert uri is not None
            with ops.open_object(uri) as file:
                assert file.read() in expected.values()
    # A process killed before S3 returns the upload's id leaves an upload without parts.
    assert place.unfinished_parts() == []
    remains = [path for path in tmp_path.rglob("*") if path.name.endswith(".part")]
    assert remains == []
