"""Behaviours of what a backend does not have (N-…)."""

from __future__ import annotations

from typing import Any

import pytest

from quilt_core import NotSupportedError, QuiltOps
from quilt_core.hookspecs import operations
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.calls import example_call
from quilt_core.testing.conformance.environment import Environment


class Refusals(BehaviourTests):
    """Each operation is there, or is refused properly with a reason."""

    @behaviour("N-1", refuses=True)
    @pytest.mark.parametrize("operation", operations())
    def test_an_unsupported_operation_is_refused(
        self, environment: Environment, ops: QuiltOps, operation: str
    ) -> None:
        if ops.supports(operation):
            return
        method, arguments = example_call(ops, operation, environment.registry)
        with pytest.raises(NotSupportedError) as caught:
            _drain(method(**arguments))
        assert caught.value.operation == operation
        assert caught.value.backend == ops.backend_name
        assert caught.value.reason

    @behaviour("N-2")
    def test_the_capability_table_has_every_operation(self, ops: QuiltOps) -> None:
        table = {one.operation: one for one in ops.capabilities()}
        assert set(table) == set(operations())
        for name, one in table.items():
            assert one.supported is ops.supports(name)
            assert one.supported or one.reason


def _drain(answer: Any) -> None:
    if hasattr(answer, "__next__"):
        list(answer)
