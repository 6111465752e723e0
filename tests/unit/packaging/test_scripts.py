"""Scripts of the repository; Python runs them with their folder first on the path."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from .distributions import ROOT  # type: ignore[import-not-found]

FOLDERS = ("benchmarks", "docs", "docs/generate", "tests/soak", "tools")
SCRIPTS = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.py"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_script_hides_a_module_of_the_same_name(path: Path) -> None:
    """Scripts in the same folder would import the script instead."""
    # Without an origin it is a folder that is not a package, such as packages/ here. Other tests
    # put folders with scripts on the path, so scripts of the same name may find each other.
    found = importlib.util.find_spec(path.stem)
    assert found is None or found.origin is None or Path(found.origin) in SCRIPTS


@pytest.fixture
def run() -> ModuleType:
    """`benchmarks/run.py` as a module."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "benchmarks" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def test_a_benchmark_without_a_table_fails_the_run(run: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"no_such\.py printed no table"):
        run.run("no_such.py")


@pytest.mark.parametrize("quick", [False, True])
def test_every_benchmark_is_run_with_arguments_that_it_accepts(
    run: ModuleType, quick: bool
) -> None:
    called = run.programs(["--peer-python", "python"], quick=quick)
    for name, *arguments in called:
        source = (ROOT / "benchmarks" / name).read_text(encoding="utf-8")
        missing = [one for one in arguments if one.startswith("--") and f'"{one}"' not in source]
        assert (name, missing) == (name, [])
    tables = {
        path.name
        for path in (ROOT / "benchmarks").glob("*.py")
        if "print_table(" in path.read_text(encoding="utf-8") and path.name != "measure.py"
    }
    assert {name for name, *_ in called} == tables


def test_a_quick_run_stores_no_results(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results = run.RESULTS.read_bytes()
    monkeypatch.setattr(run, "peer_python", lambda: Path("python"))
    monkeypatch.setattr(run, "run", lambda *program: f"### {program[0]}")
    assert run.main(["--quick"]) == 0
    assert run.RESULTS.read_bytes() == results
    assert "stays as it is" in capsys.readouterr().out
