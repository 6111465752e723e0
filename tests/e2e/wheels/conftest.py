"""The wheels of all distributions, built once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DISTRIBUTIONS = {
    "quiltops": ROOT,
    "quiltops-registry": ROOT / "packages" / "registry_client",
    "quiltops-quilt3": ROOT / "plugins" / "quilt3_backend",
    "quiltops-platform": ROOT / "plugins" / "platform_backend",
    "quiltops-local-registry": ROOT / "plugins" / "local_registry",
}


def build(source: Path, folder: Path) -> Path:
    """Build a distribution's wheel without the network."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-cache-dir", "--wheel-dir", str(folder), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A wheel by its distribution's name."""
    folder = tmp_path_factory.mktemp("wheels")
    return {name: build(source, folder / name) for name, source in DISTRIBUTIONS.items()}
