"""The workflows call targets that exist, and a release builds every distribution.

This does not prove what runs on other systems than this one; the files are parsed, so that a
renamed target or a forgotten distribution is found before a tag is pushed.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from .distributions import NOT_INSTALLED, RELEASED, ROOT, pyproject  # type: ignore[import-not-found]

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z0-9-]+):(?!=)", MAKEFILE, re.MULTILINE))


def load(path: Path) -> dict[str, Any]:
    data: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in data.items()}


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def variable(name: str) -> list[str]:
    found = re.search(rf"^{name} *:= (.*)$", MAKEFILE, re.MULTILINE)
    assert found is not None
    return found[1].split()


def recipe(target: str) -> str:
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found is not None, target
    return found[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_target_exists(path: Path) -> None:
    runs = "\n".join(step.get("run", "") for step in steps(load(path)))
    called = re.findall(r"\bmake ([a-z0-9-]+)", runs)
    assert called
    assert set(called) <= TARGETS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_unnecessary_permission_is_granted(path: Path) -> None:
    """Nothing may write to the repository, and only publishing gets an identity token."""
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        extra = set(job.get("permissions", {}))
        assert extra <= ({"id-token"} if (path.stem, name) == ("release", "publish") else set())
        assert job["timeout-minutes"] <= 360


def test_all_supported_python_versions_are_checked() -> None:
    job = load(ROOT / ".github" / "workflows" / "check.yml")["jobs"]["test"]
    checked = set(job["strategy"]["matrix"]["python"])
    prefix = "Programming Language :: Python :: 3."
    declared = {
        text.removeprefix("Programming Language :: Python :: ")
        for text in pyproject("quiltops")["project"]["classifiers"]
        if text.startswith(prefix)
    }
    assert checked == declared


def test_a_release_builds_every_distribution() -> None:
    installed = variable("FOLDERS")
    referred, *more = variable("RELEASED")
    assert referred == "$(FOLDERS)"
    assert {ROOT / folder for folder in (*installed, *more)} == set(RELEASED.values())
    assert {ROOT / folder for folder in more} == {RELEASED[name] for name in NOT_INSTALLED}
    assert set(variable("NAMES")) == set(RELEASED)
    runs = [step.get("run", "") for step in steps(load(ROOT / ".github/workflows/release.yml"))]
    assert any("make release" in run for run in runs)
    assert load(ROOT / ".github/workflows/release.yml")["on"] == {"push": {"tags": ["v*"]}}


def test_the_distribution_that_is_not_installed_has_its_own_job_and_environment() -> None:
    """Its tests need quilt-mcp, and are not among those that plain `pytest` collects."""
    [name] = NOT_INSTALLED
    folder = RELEASED[name].relative_to(ROOT).as_posix()
    run = recipe("test-quilt-mcp")
    assert f"pytest -q {folder}" in run
    assert "$(BIN)/" not in run
    assert list((ROOT / folder / "tests").glob("test_*.py"))
    jobs = load(ROOT / ".github" / "workflows" / "check.yml")["jobs"].values()
    assert [job for job in jobs if {"run": "make test-quilt-mcp"} in job["steps"]], (
        "no job runs make test-quilt-mcp"
    )
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert settings["pytest"]["ini_options"]["testpaths"] == ["tests"]
    assert f"{folder}" in settings["mypy"]["mypy_path"]


def test_every_target_is_phony_and_documented() -> None:
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].replace("\\\n", " ").split()) == TARGETS
    explained = set(re.findall(r"^([a-z0-9-]+):[^#\n]*## ", MAKEFILE, re.MULTILINE))
    assert explained == TARGETS


def test_what_make_test_leaves_out_runs_every_night() -> None:
    runs = "\n".join(
        step.get("run", "") for step in steps(load(ROOT / ".github/workflows/nightly.yml"))
    )
    called = "".join(recipe(target) for target in re.findall(r"\bmake ([a-z0-9-]+)", runs))
    left_out = re.search(r"-m 'not \((.*)\)'", recipe("test"))
    assert left_out is not None
    for marker in left_out[1].split(" or "):
        assert re.search(rf"-m {marker}$", called, re.MULTILINE), marker
    for variable_of_examples in ("QUILT_FUZZ_EXAMPLES=", "QUILT_STATEFUL_EXAMPLES="):
        assert variable_of_examples in called
