"""Fresh virtual environments with our distributions installed from wheels by pip."""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
import venv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ...unit.packaging.distributions import build_wheel  # type: ignore[import-not-found]

Wheels = Callable[[str], Path]


class Environment:
    """A virtual environment of its own; the first call of `install` makes it."""

    def __init__(self, path: Path, wheels: Wheels, copies: Path) -> None:
        self.path = path
        self._wheels = wheels
        self._copies = copies
        self.python = path / "bin" / "python"

    def _create(self) -> None:
        venv.create(self.path, with_pip=False)
        # Third-party dependencies come from the environment that runs the tests, because only our
        # code is tested. Only their names are added, so that our editable installs are not seen.
        here = Path(sysconfig.get_path("purelib"))
        site = next((self.path / "lib").glob("python3*")) / "site-packages"
        for entry in here.iterdir():
            if not entry.name.startswith(
                (
                    "quilt_core",
                    "quilt_registry",
                    "quiltops",
                    "_editable_impl_quiltops",
                    "__editable__",
                    "_editable",
                )
            ) and entry.suffix not in (".pth", ".egg-link"):
                (site / entry.name).symlink_to(entry)

    def install(self, *names: str) -> None:
        """Install distributions of ours from their wheels, by name, with pip.

        Pip takes longer than most tests: environments that begin with the same distributions are
        copies of one.
        """
        if self.path.exists():
            self._install(names)
            return
        first = Environment(self._copies / "+".join(names), self._wheels, self._copies)
        if not first.path.exists():
            first._create()
            first._install(names)
        shutil.copytree(first.path, self.path, symlinks=True)

    def _install(self, names: tuple[str, ...]) -> None:
        found = [str(self._wheels(name)) for name in names]
        self.run("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", *found)

    def install_source(self, folder: Path) -> None:
        """Build and install a test's own distribution."""
        self.run(
            "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
            "--no-build-isolation", str(folder),
        )  # fmt: skip

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run this environment's Python."""
        done = subprocess.run(
            [str(self.python), *arguments],
            capture_output=True, text=True, timeout=120, check=False, cwd=self.path,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stderr + done.stdout
        return done

    def quiltops(self, *arguments: str) -> Any:
        """Run `quiltops … --json`; returns what it prints and its exit code."""
        done = self.run("-m", "quilt_core", *arguments, "--json", check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return (lines[0] if len(lines) == 1 else lines), done.returncode, done.stderr


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    """A distribution's wheel by its name, built when it is first needed."""
    folder = tmp_path_factory.mktemp("wheels")
    return cache(lambda name: build_wheel(name, folder / name))


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the environments that are copied."""
    return tmp_path_factory.mktemp("environments")


@pytest.fixture
def environment(tmp_path: Path, wheels: Wheels, copies: Path) -> Environment:
    return Environment(tmp_path / "env", wheels, copies)


Distribution = Callable[..., Path]


@pytest.fixture
def distribution(tmp_path: Path) -> Distribution:
    """Write the source of a distribution with one module and one entry point."""

    def write(name: str, group: str, point: str, source: str, *, target: str = "create") -> Path:
        folder = tmp_path / name
        module = name.replace("-", "_")
        folder.mkdir()
        (folder / f"{module}.py").write_text(source)
        (folder / "pyproject.toml").write_text(
            f'[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
            f'[project]\nname = "{name}"\nversion = "1.0"\n'
            f'[project.entry-points."quilt_core.{group}"]\n{point} = "{module}:{target}"\n'
            f'[tool.hatch.build.targets.wheel]\ninclude = ["{module}.py"]\n'
        )
        return folder

    return write
