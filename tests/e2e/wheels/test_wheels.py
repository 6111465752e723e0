"""The wheels hold what they should and nothing else, and a second build gives the same bytes."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DISTRIBUTIONS = {
    "quilt_core": ROOT,
    "quilt_registry": ROOT / "packages" / "registry_client",
    "quilt3_backend": ROOT / "plugins" / "quilt3_backend",
    "platform_backend": ROOT / "plugins" / "platform_backend",
    "local_registry": ROOT / "plugins" / "local_registry",
}
MOST_BYTES = 500_000


def _build(source: Path, folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-cache-dir", "--wheel-dir", str(folder), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.mark.parametrize("package", DISTRIBUTIONS)
def test_wheel(package: str, tmp_path: Path) -> None:
    first = _build(DISTRIBUTIONS[package], tmp_path / "first")
    again = _build(DISTRIBUTIONS[package], tmp_path / "again")
    assert first.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(first) as archive:
        files = {
            name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")
        }
    assert {name.split("/")[0] for name in files} == {package}
    assert f"{package}/py.typed" in files
    source = DISTRIBUTIONS[package] / package
    assert files == {
        f"{package}/{path.relative_to(source).as_posix()}"
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert first.stat().st_size < MOST_BYTES
