"""The tutorials work: their blocks are written, installed and run, in the order of the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import Environment  # type: ignore[import-not-found]

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[3] / "docs"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def write_files(page: str, folder: Path) -> None:
    """Write the blocks that have a title, each to the file that it names."""
    for _, title, text in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
        if title:
            path = folder / title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def commands(page: str) -> list[list[str]]:
    """The lines of the shell blocks."""
    blocks = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    return [line.split() for kind, _, text in blocks if kind == "sh" for line in text.splitlines()]


def run_commands(environment: Environment, page: str, folder: Path) -> dict[str, object]:
    """Run a page's `quiltops` commands; returns what they printed, by command."""
    answers: dict[str, object] = {}
    for program, *arguments in commands(page):
        if program == "pip":
            write_files(page, folder)
            environment.install_source(folder)
            continue
        answer, code, errors = environment.quiltops(*arguments)
        assert code == 0, (arguments, errors)
        answers[arguments[0]] = answer
    return answers


def test_writing_a_backend(environment: Environment) -> None:
    environment.install("quiltops")
    folder = environment.path / "quiltops-acme"
    answers = run_commands(environment, "writing-a-backend.md", folder)
    operations = answers["conformance"]["operations"]  # type: ignore[index]
    verdicts = {name: row["verdict"] for name, row in operations.items()}
    passed = {name for name, verdict in verdicts.items() if verdict == "proven"}
    assert passed == {
        "list_all_packages", "get_package_info", "get_package_metadata", "list_package_versions",
    }  # fmt: skip
    assert set(verdicts.values()) == {"proven", "not supported"}
    summary = f"passed: {len(passed)} proven, 0 failed, {len(verdicts) - len(passed)} not supported"
    page = (DOCS / "writing-a-backend.md").read_text(encoding="utf-8")
    assert f"{summary}, 0 not proven" in page


def test_extensions(environment: Environment, tmp_path: Path) -> None:
    environment.install("quiltops")
    write_files("extensions.md", tmp_path)
    environment.install_source(tmp_path)
    answers = run_commands(environment, "extensions.md", tmp_path)
    assert answers["guard"] == {"protected": "prod"}
    assert "prod/data is protected" in environment.run(str(tmp_path / "try_it.py")).stdout
