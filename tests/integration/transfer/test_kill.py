"""Killed at any point of a push or a download, the next run finishes, and nothing is damaged."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from local_registry.conformance import RegistryEnvironment
from local_registry.server import LocalRegistry
from local_registry.testing import shared_local_registry  # noqa: F401 - a fixture

import quilt_core
from quilt_core import NotFoundError, QuiltOps
from quilt_core.testing.conformance.environment import TestUser

SCRIPT = Path(__file__).parent / "transfer_process.py"
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
# A process takes a second: where a server is behind it, the points at which that matters.
OF_REGISTRIES = {
    "quilt3": {PUSH_POINTS[4], PUSH_POINTS[7], DOWNLOAD_POINTS[3]},
    "platform": {PUSH_POINTS[4], PUSH_POINTS[6], DOWNLOAD_POINTS[2]},
}


def cases(points: list[tuple[str, int, str]]) -> list[Any]:
    """The places and points to be tried."""
    chosen = [("folder", point) for point in points]
    chosen += [
        (place, point) for place, some in OF_REGISTRIES.items() for point in points if point in some
    ]
    return [pytest.param(*one, id="-".join(map(str, [one[0], *one[1]]))) for one in chosen]


@attrs.frozen
class Place:
    """A registry, and how a process of its own connects to it."""

    connect: dict[str, Any]
    name: str

    def ops(self) -> QuiltOps:
        """A connection of the test's own."""
        return quilt_core.connect(**self.connect)

    def run(
        self, action: str, folder: Path, kill: tuple[str, int, str] | None = None
    ) -> dict[str, int] | None:
        """Run a transfer in a process of its own; None when it was killed."""
        order = {
            "connect": self.connect, "action": action, "name": self.name, "folder": str(folder),
            "kill": kill,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, str(SCRIPT)],
            input=json.dumps(order), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if kill is not None:
            assert done.returncode == -signal.SIGKILL, done.stderr
            return None
        assert done.returncode == 0, done.stderr
        counted: dict[str, int] = json.loads(done.stdout)
        return counted


@pytest.fixture
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(tmp_path / "records"))
    if request.param == "folder":
        (tmp_path / "registry").mkdir()
        registry = quilt_core.Registry(path=tmp_path / "registry").url
        arguments = {"backend": "quilt3", "registry": registry, "use_quilt3_login": False}
        yield Place(arguments, "team/data")
        return
    server: LocalRegistry = request.getfixturevalue("shared_local_registry")
    environment = RegistryEnvironment(server, request.param)
    arguments = {
        "backend": request.param,
        "registry": environment.registry,
        "catalog_url": server.endpoints.catalog_url,
        "registry_url": server.endpoints.registry_url,
        "token": server.token(environment._users[TestUser.WRITER]),
        "use_quilt3_login": False,
    }
    yield Place(arguments, environment.name)


def write(folder: Path) -> Path:
    """The files, written long ago, as most files are."""
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


@pytest.mark.skipif(os.name != "posix", reason="a process kills itself by a signal")
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
        assert sent < len(FILES)  # what was in flight is sent again, and no more
    assert read(folder) == FILES


@pytest.mark.skipif(os.name != "posix", reason="a process kills itself by a signal")
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
        assert whole.items() <= expected.items()  # what bears its name is whole
        there = len(whole) - 1
        counted = place.run("download", target)
        assert counted is not None
        assert counted.get("open_object", 0) == len(FILES) - there
        assert read(target) == expected  # and no remains
        assert ops.verify_package(place.name, target).extra == ("d1/mine.txt",)
