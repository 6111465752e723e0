"""The demonstration says "identical" only about answers that are equal."""

from __future__ import annotations

import os
from typing import Any

import pytest
from local_registry.demo.environment import only
from local_registry.demo.job import Outcome, compare
from local_registry.demo.scenario import STEPS, Step


def _outcomes(changed: Step | None = None, **change: Any) -> list[Outcome]:
    outcomes = []
    for backend in ("one", "two"):
        for step in STEPS:
            outcome: dict[str, Any] = {"step": step, "backend": backend, "answer": "same"}
            if step is changed and backend == "two":
                outcome |= change
            outcomes.append(Outcome(**outcome))
    return outcomes


def _verdicts(outcomes: list[Outcome]) -> dict[str, str]:
    return {row.operation: row.verdict for row in compare(outcomes)}


def test_equal_answers() -> None:
    assert set(_verdicts(_outcomes()).values()) == {"identical"}


WRITES = [step for step in STEPS if not step.reads]


@pytest.mark.parametrize("step", WRITES, ids=lambda step: step.name)
def test_answers_to_writes_that_differ(step: Step) -> None:
    verdicts = _verdicts(_outcomes(step, answer="other"))
    assert verdicts.pop(step.name) == "different"
    assert set(verdicts.values()) == {"identical"}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_backend_that_reads_something_else(step: Step) -> None:
    assert _verdicts(_outcomes(step, problem="one answers differently"))[step.name] == "different"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_failed_step(step: Step) -> None:
    rows = compare(_outcomes(step, answer=None, problem="NotFoundError: gone"))
    [row] = [row for row in rows if row.operation == step.name]
    assert (row.verdict, row.is_good) == ("failed", False)


def test_a_single_backend_is_never_called_identical() -> None:
    alone = [outcome for outcome in _outcomes() if outcome.backend == "one"]
    assert set(_verdicts(alone).values()) == {"done"}


def test_the_users_environment_is_set_aside_and_restored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QUILT_CATALOG_URL", "https://mine.example")
    monkeypatch.setenv("MCP_JWT_TOKEN", "mine")
    before = dict(os.environ)
    with only({"QUILT_REGISTRY_URL": "http://127.0.0.1:1"}):
        assert "QUILT_CATALOG_URL" not in os.environ
        assert "MCP_JWT_TOKEN" not in os.environ
        assert os.environ["QUILT_REGISTRY_URL"] == "http://127.0.0.1:1"
    assert dict(os.environ) == before
