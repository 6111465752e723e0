"""Do the main job on one backend after the other, and compare their answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypedDict

import attrs

from local_registry.demo.scenario import STEPS, Step
from quilt_core import QuiltOps, QuiltOpsError

_UNREACHED = "an earlier step failed"


class BackendOutcome(TypedDict):
    """The result of a step on one backend."""

    answer: str | None
    requests: int | None
    problem: str | None


class DemoRow(TypedDict):
    """One step of the demonstration."""

    operation: str
    verdict: Literal["identical", "done", "different", "failed"]
    """"done" if there is only one backend, so that there is nothing to compare."""
    backends: dict[str, BackendOutcome]


@attrs.frozen(kw_only=True)
class Outcome:
    """The outcome of one step on one backend.

    `requests` is the number of requests to the registry and its S3; `problem` says why it failed,
    or which backend answered differently.
    """

    step: Step
    backend: str
    answer: Any = None
    requests: int = 0
    problem: str | None = None


@attrs.frozen(kw_only=True)
class Row:
    """One step on all backends.

    `verdict` is "identical", "done" (one backend only: nothing to compare), "different" or
    "failed".
    """

    operation: str
    verdict: str
    outcomes: tuple[Outcome, ...]

    @property
    def is_good(self) -> bool:
        """Whether nothing failed and nothing differs."""
        return self.verdict in ("identical", "done")

    def to_dict(self) -> dict[str, Any]:
        """The row as plain JSON types."""
        return {
            "operation": self.operation,
            "verdict": self.verdict,
            "backends": {
                one.backend: {
                    "answer": None if one.answer is None else one.step.says(one.answer),
                    "requests": one.requests,
                    "problem": one.problem,
                }
                for one in self.outcomes
            },
        }


def run_job(
    backends: Mapping[str, QuiltOps], data: bytes, count_requests: Callable[[], int]
) -> Iterator[Outcome]:
    """Do the whole job on one backend after the other.

    Parameters
    ----------
    backends:
        Connections by backend name, all to one registry.
    data:
        The bytes that the content URL must return.
    count_requests:
        Returns the number of requests since its last call.
    """
    for name, ops in backends.items():
        memory: dict[str, Any] = {"bytes": data}
        others = {other: each for other, each in backends.items() if other != name}
        for step in STEPS:
            count_requests()
            answer, problem = _try(step, ops, memory)
            requests = count_requests()
            if step.reads and problem is None:
                problem = _ask(others, step, answer, memory)
            yield Outcome(
                step=step, backend=name, answer=answer, requests=requests, problem=problem
            )


def _try(step: Step, ops: QuiltOps, memory: dict[str, Any]) -> tuple[Any, str | None]:
    try:
        return step.run(ops, memory), None
    except KeyError:  # a value that an earlier step should have stored
        return None, _UNREACHED
    except (QuiltOpsError, OSError) as error:
        return None, f"{type(error).__name__}: {error}"


def _ask(
    others: Mapping[str, QuiltOps], step: Step, answer: Any, memory: dict[str, Any]
) -> str | None:
    for other, ops in others.items():
        their_answer, problem = _try(step, ops, memory)
        if problem is not None:
            return f"{other} cannot read it: {problem}"
        if their_answer != answer:
            return f"{other} answers differently"
    return None


def compare(outcomes: list[Outcome]) -> list[Row]:
    """One row per step: each backend's outcome, and whether all answers are the same."""
    rows = []
    for step in STEPS:
        found = tuple(one for one in outcomes if one.step is step)
        rows.append(Row(operation=step.name, verdict=_verdict(step, found), outcomes=found))
    return rows


def _verdict(step: Step, found: tuple[Outcome, ...]) -> str:
    if any(one.answer is None for one in found):
        return "failed"
    # The answers of reading steps have already been compared, because each backend has its own
    # revisions.
    written = [one.answer for one in found if not step.reads]
    if any(one.problem for one in found) or any(one != written[0] for one in written):
        return "different"
    return "identical" if len(found) > 1 else "done"
