"""Each distribution can import all of its modules with only the dependencies that it declares.

No network: the requirements come from the environment that runs the tests, but only its files that
belong to the declared requirements, and to their requirements, are on the path. `make check-wheels`
does the same with pip and the package index.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ...unit.packaging.distributions import NOT_INSTALLED, RELEASED, ROOT  # type: ignore[import-not-found]

pytestmark = pytest.mark.slow


def closure(requirements: list[Requirement]) -> set[str]:
    """The names of these distributions and all their requirements, by the installed metadata."""
    seen: set[tuple[str, str]] = set()
    todo = [
        (canonicalize_name(one.name), extra) for one in requirements for extra in ("", *one.extras)
    ]
    while todo:
        name, extra = one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        for text in distribution(name).requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                wanted = canonicalize_name(needed.name)
                todo.extend((wanted, further) for further in ("", *needed.extras))
    return {name for name, _ in seen}


@pytest.fixture(scope="module")
def unpacked(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder with the content of each wheel; Python compiles it there once."""
    folder = tmp_path_factory.mktemp("unpacked")
    for name, wheel in wheels.items():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / name)
    return {name: folder / name for name in wheels}


def lay(name: str, extras: tuple[str, ...], unpacked: dict[str, Path], site: Path) -> None:
    """Put a distribution and all its requirements into a folder."""
    site.mkdir()
    for one in closure([Requirement(f"{name}[{','.join(extras)}]")]):
        for path in _installed(one, unpacked):
            target = site / path.name
            if not target.exists():
                target.symlink_to(path)


def _installed(name: str, unpacked: dict[str, Path]) -> Iterable[Path]:
    """The modules, packages and metadata of a distribution."""
    if name in unpacked:
        return unpacked[name].iterdir()
    found = distribution(name)
    tops = {Path(file).parts[0] for file in found.files or ()} - {"..", "__pycache__"}
    return [Path(str(found.locate_file(top))) for top in tops]


CASES = {
    **{name: (name, ()) for name in RELEASED if name not in NOT_INSTALLED},
    "quiltops[testing]": ("quiltops", ("testing",)),
    "quiltops[otel]": ("quiltops", ("otel",)),
    "quiltops[yaml]": ("quiltops", ("yaml",)),
    "quiltops[fsspec]": ("quiltops", ("fsspec",)),
    "quiltops[query]": ("quiltops", ("query", "yaml")),
    "quiltops-local-registry[query]": ("quiltops-local-registry", ("query",)),
    "quiltops-local-registry[testing]": ("quiltops-local-registry", ("testing",)),
}


@pytest.mark.parametrize(("name", "extras"), CASES.values(), ids=CASES)
def test_alone(
    name: str, extras: tuple[str, ...], unpacked: dict[str, Path], tmp_path: Path
) -> None:
    site = tmp_path / "site"
    lay(name, extras, unpacked, site)
    done = subprocess.run(
        [sys.executable, "-S", "-P", str(ROOT / "tools" / "import_all.py"), name, *extras],
        capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count = int(done.stdout.split()[1])
    assert count > 5


def test_a_missing_requirement_is_found(wheels: dict[str, Path], tmp_path: Path) -> None:
    """The test above can fail."""
    assert "requests" in closure([Requirement("quiltops-registry")])
    assert "requests" not in closure([Requirement("quiltops")])
    assert "ariadne" in closure([Requirement("quiltops-local-registry")])
    assert "ariadne" not in closure([Requirement("quiltops-platform")])
