"""Behaviours of what a backend does not have (N-…)."""

from __future__ import annotations

from typing import Any

import pytest

from quilt_core import CopyMode, NotSupportedError, QuiltOps
from quilt_core.hookspecs import operations
from quilt_core.testing.conformance.behaviour import BehaviourTests, behaviour
from quilt_core.testing.conformance.calls import example_call
from quilt_core.testing.conformance.environment import Environment


class Refusals(BehaviourTests):
    """Unsupported operations are refused with a reason."""

    @behaviour("N-1", refuses=True)
    @pytest.mark.parametrize("operation", operations())
    def test_an_unsupported_operation_is_refused(
        self, environment: Environment, ops: QuiltOps, operation: str
    ) -> None:
        """An operation that the backend declares unsupported raises NotSupportedError, which names
        the operation, the backend and the declared reason. The test fails if such an operation
        works.
        """
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
        """The table of capabilities has every operation, agrees with `supports`, and has a reason
        for each operation that is not supported.
        """
        table = {one.operation: one for one in ops.capabilities()}
        assert set(table) == set(operations())
        for name, one in table.items():
            assert one.supported is ops.supports(name)
            assert one.supported or one.reason

    @behaviour("N-3", "create_package_revision", "list_all_packages")
    def test_copies_are_refused_where_there_are_none(
        self, environment: Environment, ops: QuiltOps
    ) -> None:
        """A backend that only refers to objects refuses `copy="all"` and `copy="new"` with
        NotSupportedError and writes nothing; it does not silently refer to the objects instead.
        """
        if environment.has_copies:
            pytest.skip("not applicable: the backend copies objects")
        uri = environment.put_object("k", b"1")
        for mode in (CopyMode.ALL, CopyMode.NEW):
            with pytest.raises(NotSupportedError):
                ops.create_package_revision(environment.name, {"k": uri}, copy=mode)
        assert ops.list_all_packages() == []


def _drain(answer: Any) -> None:
    if hasattr(answer, "__next__"):
        list(answer)
