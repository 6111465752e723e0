"""What precedes the call of a backend cannot have written anything, and errors of writes say so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import quilt_core
from quilt_core import (
    AuthenticationError,
    BackendError,
    PermissionDeniedError,
    TransportError,
    aio,
    deadline,
    hookimpl,
    ops,
)
from quilt_core.errors import QuiltOpsError
from quilt_core.hookspecs.around import OperationCall
from quilt_core.outcome import TELLING, Outcome, outcome_of, with_outcome
from quilt_core.testing.memory import MemoryCatalog, make_backend


def test_the_operations_whose_errors_tell_an_outcome_are_known() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in Path(ops.__path__[0]).glob("*.py")
    )
    assert set(re.findall(r'self\._write\(\s*"(\w+)"', sources)) == TELLING


def connect(**settings: bool) -> quilt_core.QuiltOps:
    catalog = MemoryCatalog()
    catalog.add_bucket("bucket")
    return quilt_core.connect(make_backend(catalog, "admin"), registry="s3://bucket", **settings)


def test_a_write_without_an_identity() -> None:
    with pytest.raises(AuthenticationError) as caught:
        connect(multitenant=True).push_package("a/b", {"x": b"1"})
    assert outcome_of(caught.value) is Outcome.NOT_WRITTEN


def test_calls_that_are_cancelled_before_they_begin() -> None:
    flag = deadline.Cancellation()
    flag.cancel()
    with deadline.cancellable(flag):
        with pytest.raises(TransportError) as caught:
            connect().delete_package("a/b", "s3://bucket")
        assert outcome_of(caught.value) is Outcome.NOT_WRITTEN
        with pytest.raises(TransportError) as caught:
            connect().get_package_info("a/b")
        assert outcome_of(caught.value) is None


def outcome_with(*extensions: object) -> Outcome | None:
    """The outcome of a deletion that `extensions` wrap, the innermost first."""
    catalog = MemoryCatalog()
    catalog.add_bucket("bucket")
    with quilt_core.connect(
        make_backend(catalog, "admin"), registry="s3://bucket", extensions=extensions
    ) as connected:
        connected.push_package("a/b", {"x": b"1"})
        with pytest.raises(QuiltOpsError) as caught:
            connected.delete_package("a/b")
        return outcome_of(caught.value)


class Around:
    """Wraps deletions in a function."""

    def __init__(self, answer: Callable[[OperationCall], Any]) -> None:
        self._answer = answer

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        return self._answer(call) if call.operation == "delete_package" else call.proceed()


def refuse(call: OperationCall) -> Any:
    raise PermissionDeniedError("protected")


def late(call: OperationCall) -> Any:
    call.proceed()
    raise PermissionDeniedError("too late")


def reword(call: OperationCall) -> Any:
    try:
        return call.proceed()
    except QuiltOpsError as error:
        raise BackendError("reworded") from error


def fail(outcome: Outcome | None) -> Callable[[OperationCall], Any]:
    def failing(call: OperationCall) -> Any:
        error = BackendError("failed")
        raise error if outcome is None else with_outcome(error, outcome)

    return failing


def attempts(*outcomes: Outcome) -> Around:
    """Fails with one outcome after the other."""
    failures = iter(map(fail, outcomes))

    def failing(call: OperationCall) -> Any:
        return next(failures)(call)

    return Around(failing)


def twice(call: OperationCall) -> Any:
    with suppress(QuiltOpsError):
        call.proceed()
    return reword(call)


def test_an_extension_that_refuses_before_proceed_wrote_nothing() -> None:
    assert outcome_with(Around(refuse)) is Outcome.NOT_WRITTEN
    assert outcome_with(Around(refuse), Around(lambda call: call.proceed())) is Outcome.NOT_WRITTEN


def test_an_answer_that_is_refused_without_proceed_wrote_nothing() -> None:
    assert outcome_with(Around(lambda call: None)) is Outcome.NOT_WRITTEN


def test_an_extension_that_raises_after_proceed_leaves_the_outcome_unknown() -> None:
    assert outcome_with(Around(late)) is Outcome.UNKNOWN


@pytest.mark.parametrize("outcome", Outcome)
def test_an_error_that_replaces_another_has_its_outcome(outcome: Outcome) -> None:
    assert outcome_with(Around(fail(outcome)), Around(reword)) is outcome
    assert outcome_with(Around(refuse), Around(reword)) is Outcome.NOT_WRITTEN


def test_a_second_attempt_does_not_hide_the_outcome_of_the_first() -> None:
    assert outcome_with(attempts(Outcome.UNKNOWN, Outcome.NOT_WRITTEN), Around(twice)) is (
        Outcome.UNKNOWN
    )
    assert outcome_with(attempts(Outcome.WRITTEN, Outcome.NOT_WRITTEN), Around(twice)) is (
        Outcome.WRITTEN
    )


class Wrapper:
    """Wraps `delete_package` alone."""

    def __init__(self, before: bool) -> None:
        self._before = before

    @hookimpl(wrapper=True)
    def delete_package(self) -> Generator[None, Any, Any]:
        if self._before:
            raise PermissionDeniedError("protected")
        try:
            answer = yield
        except QuiltOpsError as error:
            raise BackendError("reworded") from error
        raise PermissionDeniedError(f"too late: {answer}")


def test_wrappers_of_one_operation() -> None:
    assert outcome_with(Wrapper(before=True)) is Outcome.NOT_WRITTEN
    assert outcome_with(Wrapper(before=True), Wrapper(before=False)) is Outcome.NOT_WRITTEN
    assert outcome_with(Wrapper(before=True), Around(reword)) is Outcome.NOT_WRITTEN
    assert outcome_with(Wrapper(before=False)) is Outcome.UNKNOWN


@pytest.mark.parametrize("outcome", [*Outcome, None])
def test_wrappers_of_one_operation_around_a_backend_that_fails(outcome: Outcome | None) -> None:
    class Failing:
        @hookimpl
        def delete_package(self, package_name: Any, registry: Any) -> Any:
            fail(outcome)(None)  # type: ignore[arg-type]

    backend = quilt_core.BackendPlugin(name="failing", hook_version=1, implementers=[Failing()])
    connected = quilt_core.connect(
        backend, registry="s3://bucket", extensions=[Wrapper(before=False)]
    )
    with connected, pytest.raises(BackendError, match="reworded") as caught:
        connected.delete_package("a/b")
    assert outcome_of(caught.value) is (outcome or Outcome.UNKNOWN)


def test_a_write_that_another_wrapper_makes_meanwhile_is_not_confused_with_this_one() -> None:
    catalog = MemoryCatalog()
    catalog.add_bucket("bucket")

    class Nested:
        connected: quilt_core.QuiltOps
        deep = False

        @hookimpl(wrapper=True)
        def delete_package(self) -> Generator[None, Any, Any]:
            if self.deep:
                raise PermissionDeniedError("protected")
            yield
            self.deep = True
            with suppress(QuiltOpsError):
                self.connected.delete_package("a/b")
            raise BackendError("too late")

    nested = Nested()
    with quilt_core.connect(
        make_backend(catalog, "admin"), registry="s3://bucket", extensions=[nested]
    ) as connected:
        nested.connected = connected
        connected.push_package("a/b", {"x": b"1"})
        with pytest.raises(BackendError, match="too late") as caught:
            connected.delete_package("a/b")
        assert outcome_of(caught.value) is Outcome.UNKNOWN


@pytest.mark.parametrize("part", ["push_package", "put_object", "update_package_revision"])
def test_refusing_a_push_or_a_part_of_it_publishes_nothing(part: str) -> None:
    class Refuse:
        on = False

        @hookimpl
        def around_operation(self, call: OperationCall) -> Any:
            if self.on and call.operation in (part, part.replace("update", "create")):
                raise PermissionDeniedError("protected")
            return call.proceed()

    catalog = MemoryCatalog()
    catalog.add_bucket("bucket")
    refuse = Refuse()
    with quilt_core.connect(
        make_backend(catalog, "admin"), registry="s3://bucket", extensions=[refuse]
    ) as connected:
        connected.push_package("a/b", {"x": b"1"})
        refuse.on = True
        with pytest.raises(PermissionDeniedError) as caught:
            connected.push_package("a/b", {"x": b"22222222"})
    assert outcome_of(caught.value) is Outcome.NOT_WRITTEN


def test_asynchronous_writes() -> None:
    async def outcome() -> Outcome | None:
        catalog = MemoryCatalog()
        catalog.add_bucket("bucket")
        async with aio.connect(
            make_backend(catalog, "admin"), registry="s3://bucket", extensions=[Around(refuse)]
        ) as connected:
            with pytest.raises(PermissionDeniedError) as caught:
                await connected.delete_package("a/b")
            return outcome_of(caught.value)

    assert asyncio.run(outcome()) is Outcome.NOT_WRITTEN
