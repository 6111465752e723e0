"""What a run of the suite proved: operation by operation, as text, JSON or a table of backends."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import attrs
import pytest

from quilt_core.hookspecs import operations
from quilt_core.plugins import BackendPlugin
from quilt_core.plugins.validation import hook_implementations, resolved
from quilt_core.testing.conformance.behaviour import Behaviour
from quilt_core.testing.conformance.pytest_plugin import BEHAVIOUR, DESELECTED, OPERATIONS, REFUSES


class Outcome(StrEnum):
    """What a whole run amounts to."""

    PASSED = "passed"
    """Nothing failed, and every behaviour and every supported operation was tested."""
    FAILED = "failed"
    """A test failed, or pytest did not end well."""
    INCOMPLETE = "incomplete"
    """Nothing failed, and not everything was tested."""


@attrs.define
class OperationReport:
    """What was proven of one operation; behaviours by their numbers."""

    operation: str
    proven: list[str] = attrs.field(factory=list)
    failed: list[str] = attrs.field(factory=list)
    not_proven: dict[str, str] = attrs.field(factory=dict)
    """By number, the reason: what the environment lacks, or that the test was not run."""
    not_supported: str | None = None
    """The declared reason, when the backend does not have the operation."""
    refused: bool = False
    """Whether an operation that is declared unsupported was seen to refuse."""

    @property
    def verdict(self) -> str:
        """`proven`, `failed`, `not supported` (declared, and seen to refuse) or `not proven`."""
        if self.failed:
            return "failed"
        if self.not_supported is not None:
            return "not supported" if self.refused else "not proven"
        return "proven" if self.proven else "not proven"

    @property
    def detail(self) -> str:
        """What stands beside the verdict, for people."""
        if self.not_supported is not None and not self.failed:
            return f"declared: {self.not_supported}"
        parts = [f"failed: {', '.join(self.failed)}"] if self.failed else []
        if self.proven:
            parts.append(f"{len(self.proven)} behaviour" + "s" * (len(self.proven) > 1))
        reasons: dict[str, list[str]] = {}
        for number, reason in self.not_proven.items():
            reasons.setdefault(reason, []).append(number)
        parts += [f"not {', '.join(numbers)}: {reason}" for reason, numbers in reasons.items()]
        return "; ".join(parts)


class Report:
    """A pytest plugin that collects outcomes by operation, from xdist's workers too.

    Parameters
    ----------
    behaviours:
        All that a complete run tests. Without them a run is complete when every supported
        operation was tested.
    unsupported:
        The operations that the backend declares that it does not have, with its reasons.
    lacks:
        What the environment does not have, so that nothing is proven of it.
    """

    def __init__(
        self,
        behaviours: Iterable[Behaviour] = (),
        unsupported: Mapping[str, str] | None = None,
        lacks: Iterable[str] = (),
    ) -> None:
        self.rows = {name: OperationReport(name) for name in operations()}
        for name, reason in (unsupported or {}).items():
            self.rows[name].not_supported = reason
        self.lacks = tuple(lacks)
        self.failures_of_no_operation: list[str] = []
        self.exit_code = int(pytest.ExitCode.OK)
        """pytest's own."""
        self.deselected = 0
        """Tests that pytest's arguments left out."""
        self._expected = {one.number: one.operations for one in behaviours}
        self._seen: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note an outcome for each operation that the test calls."""
        properties = {str(name): str(value) for name, value in report.user_properties}
        number = properties.get(BEHAVIOUR, "")
        if not (report.when == "call" or report.failed or report.skipped):
            return
        self._seen.add(number)
        called = properties.get(OPERATIONS, "").split()
        refused = properties.get(REFUSES)
        if report.failed and not called and refused is None:
            self.failures_of_no_operation.append(report.nodeid)
        for operation in called:
            self._note(self.rows[operation], number, report)
        if refused is not None and (report.failed or self.rows[refused].not_supported is not None):
            row = self.rows[refused]
            row.refused = report.passed
            self._note(row, number, report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be collected is a failure as well."""
        if report.failed:
            self.failures_of_no_operation.append(report.nodeid)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Count what -k and -m leave out."""
        self.deselected += len(items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Count what a worker of xdist left out; every worker leaves out the same."""
        output = getattr(node, "workeroutput", {})
        self.deselected = max(self.deselected, output.get(DESELECTED, 0))

    @staticmethod
    def _note(row: OperationReport, number: str, report: pytest.TestReport) -> None:
        if report.failed:
            if number not in row.failed:
                row.failed.append(number)
        elif report.skipped:
            row.not_proven[number] = _reason(report)
        elif number not in row.proven:
            row.proven.append(number)
        # Of the cases of one behaviour the worst counts.
        if number in row.failed:
            row.not_proven.pop(number, None)
        if number in row.proven and (number in row.failed or number in row.not_proven):
            row.proven.remove(number)

    def finish(self, exit_code: int) -> None:
        """Note how pytest ended, and which behaviours were not run."""
        self.exit_code = int(exit_code)
        for number in self.not_run:
            for operation in self._expected[number]:
                self.rows[operation].not_proven[number] = "not run"

    @property
    def not_run(self) -> list[str]:
        """The behaviours that no test was run for."""
        return [number for number in self._expected if number not in self._seen]

    @property
    def untested(self) -> list[str]:
        """The operations of which nothing was proven: supported ones, and unseen refusals."""
        return [name for name, row in self.rows.items() if row.verdict == "not proven"]

    @property
    def outcome(self) -> Outcome:
        """What the whole run amounts to."""
        ended_well = self.exit_code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        any_failed = any(row.failed for row in self.rows.values())
        if any_failed or self.failures_of_no_operation or not ended_well:
            return Outcome.FAILED
        if self.deselected or self.not_run or self.untested or self.exit_code:
            return Outcome.INCOMPLETE
        return Outcome.PASSED

    @property
    def failed(self) -> bool:
        """Whether a test failed, or pytest did not end well."""
        return self.outcome is Outcome.FAILED

    def to_dict(self) -> dict[str, Any]:
        """Everything, fit for `json.dumps`."""
        return {
            "outcome": self.outcome.value,
            "summary": self.counts(),
            "operations": {
                name: {**attrs.asdict(row), "verdict": row.verdict}
                for name, row in self.rows.items()
            },
            "failures_of_no_operation": self.failures_of_no_operation,
            "environment_lacks": list(self.lacks),
            "not_run": self.not_run,
            "deselected_tests": self.deselected,
            "pytest_exit_code": self.exit_code,
        }

    def counts(self) -> dict[str, int]:
        """How many operations are proven, failed, not supported, and not proven."""
        verdicts = [row.verdict for row in self.rows.values()]
        kinds = ("proven", "failed", "not supported", "not proven")
        return {kind: verdicts.count(kind) for kind in kinds}

    def lines(self) -> Iterator[str]:
        """A line per operation, what else there is to know, and a summary."""
        width = max(map(len, self.rows))
        for row in self.rows.values():
            yield f"{row.operation:{width}}  {row.verdict:13}  {row.detail}".rstrip()
        for name in self.failures_of_no_operation:
            yield f"failed, and belongs to no operation: {name}"
        if self.lacks:
            yield f"Not proven, since the environment lacks it: {'; '.join(self.lacks)}."
        if self.deselected:
            yield f"{self.deselected} tests were left out by pytest's arguments."
        if self.exit_code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            yield f"pytest ended with exit code {self.exit_code}."
        counts = ", ".join(f"{count} {kind}" for kind, count in self.counts().items())
        yield f"{self.outcome.value}: {counts}"


def _reason(report: pytest.TestReport) -> str:
    """Why a test was skipped, without what pytest and the suite put before it."""
    if expected := getattr(report, "wasxfail", ""):
        return f"expected to fail: {expected}"
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ").removeprefix("not applicable: ")


def same_code(*backends: BackendPlugin) -> frozenset[str]:
    """The operations that all of some backends answer with the same function.

    Running one function twice compares it with itself: for these operations a table of parity
    shows that each backend registers them, and nothing more.
    """
    answering = [
        {
            operation: inspect.getattr_static(type(implementer), found.attribute)
            for implementer in map(resolved, backend.implementers)
            for operation, found in hook_implementations(implementer).items()
        }
        for backend in backends
    ]
    first, *others = answering
    return frozenset(
        operation
        for operation, function in first.items()
        if all(other.get(operation) is function for other in others)
    )


def parity_table(reports: Mapping[str, Report], code: Mapping[str, str]) -> str:
    """Operations × backends as Markdown, with declared differences below.

    Parameters
    ----------
    reports:
        What the suite found, by backend.
    code:
        By operation, whether the backends answer it by the same code; the last column.
    """
    columns = [*reports, "code"]
    head = "| operation | " + " | ".join(columns) + " |\n|---" + "|---" * len(columns) + "|\n"
    rows = []
    notes = []
    for name in operations():
        found = {backend: report.rows[name] for backend, report in reports.items()}
        cells = [*(one.verdict for one in found.values()), code[name]]
        rows.append(f"| `{name}` | " + " | ".join(cells) + " |")
        notes += [
            f"- `{name}` on {backend}: {one.not_supported}"
            for backend, one in found.items()
            if one.verdict == "not supported"
        ]
    below = "\n## Declared differences\n\n" + ("\n".join(notes) or "None.") + "\n"
    return head + "\n".join(rows) + "\n" + below
