"""The distributions of this repository, as their pyproject files describe them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
RELEASED = {
    "quiltops": ROOT,
    "quiltops-registry": ROOT / "packages" / "registry_client",
    "quiltops-platform": ROOT / "plugins" / "platform_backend",
    "quiltops-quilt3": ROOT / "plugins" / "quilt3_backend",
    "quiltops-local-registry": ROOT / "plugins" / "local_registry",
    "quiltops-mcp": ROOT / "integrations" / "quilt_mcp",
}
NOT_INSTALLED = {"quiltops-mcp"}
"""Released, and not in the environment of development: `make test-quilt-mcp` has its own."""
EXAMPLES = {
    "quiltops-cache-example": ROOT / "examples" / "cache_extension",
    "quiltops-policy-example": ROOT / "examples" / "policy_extension",
    "quiltops-audit-example": ROOT / "examples" / "audit_extension",
    "quiltops-fastapi-example": ROOT / "examples" / "fastapi_service",
    "quiltops-directory-example": ROOT / "examples" / "directory_backend",
}
ALL = {**RELEASED, **EXAMPLES}


def pyproject(name: str) -> dict[str, Any]:
    return tomllib.loads((ALL[name] / "pyproject.toml").read_text(encoding="utf-8"))


def import_name(name: str) -> str:
    """The import package that a distribution contains."""
    [package] = pyproject(name)["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return str(package)


def build_wheel(name: str, folder: Path) -> Path:
    """Build a distribution's wheel into a separate folder, with the backend that pip calls."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ALL[name], check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    [wheel] = folder.glob("*.whl")
    return wheel
