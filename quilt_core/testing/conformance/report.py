"""What a run of the suite found: operation by operation, as text, JSON or a table of backends."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest

from quilt_core.hookspecs import operations
from quilt_core.plugins import BackendPlugin
from quilt_core.plugins.validation import hook_implementations
from quilt_core.testing.conformance.behaviour import Behaviour, behaviour_of

_DECLARED = "not supported (declared)"


@attrs.define
class OperationReport:
    """The outcomes of one operation's tests."""

    operation: str
    passed: int = 0
    failed: list[str] = attrs.field(factory=list)
    """Numbers of the behaviours that it does not have."""
    not_supported: str | None = None
    """The declared reason, when the backend does not have it."""

    @property
    def verdict(self) -> str:
        """`passed`, `failed`, `not supported` or `not tested`."""
        if self.failed:
            return "failed"
        if self.not_supported is not None:
            return "not supported"
        return "passed" if self.passed else "not tested"


class Report:
    """A pytest plugin that collects outcomes by operation."""

    def __init__(self, unsupported: Mapping[str, str] | None = None) -> None:
        self.rows = {name: OperationReport(name) for name in operations()}
        for name, reason in (unsupported or {}).items():
            self.rows[name].not_supported = reason
        self._behaviours: dict[str, Behaviour] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remember which behaviour each test proves."""
        for item in items:
            found = behaviour_of(getattr(item, "function", None))
            if found is not None:
                self._behaviours[item.nodeid] = found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count an outcome for each operation that the test calls."""
        found = self._behaviours.get(report.nodeid)
        if found is None or not (report.when == "call" or report.failed):
            return
        for operation in found.operations:
            row = self.rows[operation]
            if report.passed:
                row.passed += 1
            elif report.failed and found.number not in row.failed:
                row.failed.append(found.number)

    @property
    def failed(self) -> bool:
        """Whether any operation failed."""
        return any(row.verdict == "failed" for row in self.rows.values())

    def to_dict(self) -> dict[str, Any]:
        """Everything, fit for `json.dumps`."""
        return {
            name: {**attrs.asdict(row), "verdict": row.verdict} for name, row in self.rows.items()
        }

    def lines(self) -> Iterator[str]:
        """A line per operation, and a summary."""
        width = max(map(len, self.rows))
        for row in self.rows.values():
            detail = {
                "failed": f"behaviours {', '.join(row.failed)}",
                "not supported": f"declared: {row.not_supported}",
                "passed": f"{row.passed} tests",
            }.get(row.verdict, "")
            yield f"{row.operation:{width}}  {row.verdict:13}  {detail}".rstrip()
        verdicts = [row.verdict for row in self.rows.values()]
        yield ", ".join(
            f"{verdicts.count(kind)} {kind}"
            for kind in ("passed", "failed", "not supported", "not tested")
        )


def same_code(*backends: BackendPlugin) -> frozenset[str]:
    """The operations that all of some backends answer with the same function.

    Running one function twice compares it with itself: for these operations a table of parity
    shows that each backend registers them, and nothing more.
    """
    answering = [
        {
            operation: inspect.getattr_static(type(implementer), found.attribute)
            for implementer in backend.implementers
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
