"""Every distribution imports only what it declares, and declares only what it imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .distributions import ALL, import_name  # type: ignore[import-not-found]

pytestmark = pytest.mark.slow

# deptry learns import names from the metadata of what is installed; ours are editable installs
# without files, and those of extras may be absent.
NAMES = ",".join(
    [f"{name}={import_name(name)}" for name in ALL]
    + [
        "pandas=pandas",
        "pyarrow=pyarrow",
        "pillow=PIL",
        "opentelemetry-api=opentelemetry",
        "quilt-mcp=quilt_mcp",
    ]
)
# Declared for an extra of another distribution that only works with it, or named in a string.
UNUSED = {
    "quiltops": [
        "quiltops-quilt3", "quiltops-platform", "quiltops-local-registry",
        "quiltops-registry", "keyring",  # extras
        "pytest-recording", "vcrpy",  # plugins of pytest that the cassette fixtures configure
    ],
    "quiltops-fastapi-example": ["quiltops-platform", "uvicorn"],  # its backend, what serves it
    "quiltops-local-registry": ["python-multipart"],  # starlette parses forms with it
}  # fmt: skip


def deptry(folder: Path, name: str, package: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deptry", package, "--no-ansi",
         "--package-module-name-map", NAMES,
         "--known-first-party", package,
         "--per-rule-ignores", f"DEP002={'|'.join(UNUSED.get(name, ['nothing']))}"],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_imports_are_declared(name: str) -> None:
    done = deptry(ALL[name], name, import_name(name))
    assert done.returncode == 0, done.stderr


def test_an_undeclared_import_is_found(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["quiltops"]\n'
    )
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "__init__.py").write_text("import quilt_core\nimport quilt_registry\n")
    done = deptry(tmp_path, "x", "x")
    assert done.returncode == 1
    assert "'quilt_registry' imported but" in done.stderr
    assert "'quilt_core'" not in done.stderr
