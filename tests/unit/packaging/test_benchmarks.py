"""The benchmarks: their programs, and the pages that keep what they print."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from .distributions import ROOT  # type: ignore[import-not-found]

BENCHMARKS = ROOT / "benchmarks"
MODULES = ("run", "results", "measure")
PEER = Path("python")


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The programs' shared modules, which import their neighbours as scripts do."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = set(sys.modules)
    yield {name: __import__(name) for name in MODULES}
    for name in set(MODULES) - before:
        sys.modules.pop(name, None)


@pytest.fixture
def run(benchmarks: dict[str, ModuleType]) -> ModuleType:
    return benchmarks["run"]


@pytest.fixture
def results(benchmarks: dict[str, ModuleType]) -> ModuleType:
    return benchmarks["results"]


@pytest.fixture
def pages(
    run: ModuleType, results: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """A run that measures nothing and writes its pages into a folder."""
    for name in ("RESULTS", "SCALING"):
        page = tmp_path / getattr(results, name).name
        page.write_bytes(getattr(results, name).read_bytes())
        monkeypatch.setattr(results, name, page)
    monkeypatch.setattr(run, "peer_python", lambda: PEER)
    monkeypatch.setattr(run, "run", lambda *command: f"\n### Table of {command[0]}\n")
    return tmp_path


def test_a_benchmark_without_a_table_fails_the_run(run: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"no_such\.py printed no table"):
        run.run("no_such.py")


@pytest.mark.parametrize("quick", [False, True])
def test_every_benchmark_is_run_with_arguments_that_it_accepts(
    run: ModuleType, quick: bool
) -> None:
    called = [one.command(PEER, quick=quick) for one in run.BENCHMARKS]
    for name, *arguments in called:
        source = (BENCHMARKS / name).read_text(encoding="utf-8")
        missing = [one for one in arguments if one.startswith("--") and f'"{one}"' not in source]
        assert (name, missing) == (name, [])
    tables = {
        path.name
        for path in BENCHMARKS.glob("*.py")
        if "print_table(" in path.read_text(encoding="utf-8") and path.name != "measure.py"
    }
    assert {name for name, *_ in called} == tables


def test_a_whole_run_takes_at_most_35_minutes(run: ModuleType) -> None:
    """By the minutes that are told to whoever starts it."""
    assert sum(one.minutes for one in run.BENCHMARKS) <= 35


def test_a_quick_run_keeps_no_results(
    run: ModuleType, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {page.name: page.read_bytes() for page in pages.iterdir()}
    assert run.main(["--quick"]) == 0
    assert {page.name: page.read_bytes() for page in pages.iterdir()} == before
    assert "stays as it is" in capsys.readouterr().out


def test_one_program_replaces_its_own_section_only(
    run: ModuleType, results: ModuleType, pages: Path
) -> None:
    before = results.read_sections(results.RESULTS.read_text(encoding="utf-8"))
    assert run.main(["--only", "tenants.py"]) == 0
    after = results.read_sections(results.RESULTS.read_text(encoding="utf-8"))
    assert after.pop("tenants.py").strip().endswith("### Table of tenants.py")
    before.pop("tenants.py", None)
    assert after == before


def test_results_of_a_program_that_is_gone_are_removed(results: ModuleType, pages: Path) -> None:
    results.write_section("new.py", "Measured.", ["new.py"])
    text = (pages / "RESULTS.md").read_text(encoding="utf-8")
    assert list(results.read_sections(text)) == ["new.py"]


def test_every_program_has_one_section(run: ModuleType, results: ModuleType) -> None:
    sections = results.read_sections(results.RESULTS.read_text(encoding="utf-8"))
    assert list(sections) == [one.program for one in run.BENCHMARKS]
    measured = {one: text for one, text in sections.items() if text != results.NOT_MEASURED}
    assert measured
    for program, text in measured.items():
        first = text.splitlines()[0]
        assert first.startswith("Measured 20"), program
        assert ", load " in first, program
        assert results.read_tables(text), program


def test_every_figure_has_its_limit_and_an_honest_verdict(
    benchmarks: dict[str, ModuleType], results: ModuleType
) -> None:
    headings = benchmarks["measure"].HEADINGS
    tables = results.read_tables(results.RESULTS.read_text(encoding="utf-8"))
    for title, rows in tables.items():
        assert rows, title
        for cells in rows:
            row = dict(zip(headings, cells, strict=True))
            assert row["what"] and row["ours"] and row["limit"], (title, cells)
            assert row["met"] in ("yes", "**no**", "peer fails", ""), (title, cells)
            assert bool(row["goal"]) == bool(row["met"]), (title, cells)


def test_a_row_needs_a_limit_and_a_goal_for_its_verdict(benchmarks: dict[str, ModuleType]) -> None:
    row = benchmarks["measure"].Row
    with pytest.raises(ValueError, match="needs its limit"):
        row(what="diff", ours="1 s", limit="")
    with pytest.raises(ValueError, match="without a goal"):
        row(what="diff", ours="1 s", limit="1 request", met=True)
    verdicts = [
        row(what="diff", ours="1 s", limit="1 request", goal=goal, met=met).verdict
        for goal, met in (("", None), ("≥ 2×", True), ("≥ 2×", False), ("≥ 2×", None))
    ]
    assert verdicts == ["", "yes", "**no**", "peer fails"]


def test_the_page_about_scaling_says_what_the_results_say(results: ModuleType, pages: Path) -> None:
    before = results.SCALING.read_text(encoding="utf-8")
    results.write_summary()
    assert results.SCALING.read_text(encoding="utf-8") == before


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize(
    ("variables", "options"),
    [([], []), (["QUICK=1"], ["--quick"]), (["ONLY=query.py"], ["--only", "query.py"])],
)
def test_only_quick_runs_are_quick(variables: list[str], options: list[str]) -> None:
    command = ["make", "--dry-run", "--directory", str(ROOT), "bench", *variables]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (line,) = [line for line in said.splitlines() if "benchmarks/run.py" in line]
    assert line.split()[2:] == options
