"""How the errors of many files become one error."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from quilt_registry.aws.credentials import NoAwsCredentialsError
from quilt_registry.http.transport import DeliveryError

from quilt_core import AuthenticationError, QuiltOpsError, TransportError, ValidationError
from quilt_core.composition.failures import Failures
from quilt_core.hookspecs.around import OperationCall
from quilt_core.manifest import ManifestError
from quilt_core.outcome import outcome_of

from .calls import Calls, catalog, connect  # type: ignore[import-not-found]


def of_all(*errors: QuiltOpsError) -> QuiltOpsError:
    """The error that these errors of single files become."""
    failures = Failures("pushed", 5)
    for number, error in enumerate(errors):
        failures.add(f"f{number}", error)
    with pytest.raises(QuiltOpsError) as caught:
        failures.raise_any("No revision was published.")
    return caught.value


LOST = DeliveryError("it is gone", may_have_arrived=False, hint="Check it.")


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ([LOST], TransportError),
        ([LOST, LOST], TransportError),
        ([LOST, TransportError("slow")], TransportError),
        ([LOST, ValidationError("it cannot be read")], TransportError),
        ([NoAwsCredentialsError("none"), AuthenticationError("no")], AuthenticationError),
    ],
)
def test_classes_of_a_backends_own_become_the_documented_ones(
    errors: list[QuiltOpsError], kind: type[QuiltOpsError]
) -> None:
    error = of_all(*errors)
    assert type(error) is kind
    assert error.context["failures"] == {f"f{n}": one.message for n, one in enumerate(errors)}


def test_reasons_are_separated() -> None:
    error = of_all(
        ValidationError("it cannot be written: Permission denied"),
        ValidationError("It is a folder."),
        ValidationError("it changed"),
    )
    assert error.message == (
        "3 of 5 files could not be pushed: 'f0': it cannot be written: Permission denied; "
        "'f1': It is a folder; 'f2': it changed. No revision was published."
    )


def test_many_reasons_are_counted() -> None:
    error = of_all(*[ValidationError(f"reason {n}.") for n in range(12)])
    assert error.message.endswith("'f7': reason 7; and 2 more. No revision was published.")


@pytest.mark.parametrize("count", [1, 3])
def test_an_outage_of_the_registry_ends_a_push(tmp_path: Path, count: int) -> None:
    both = threading.Barrier(count)

    def fail(call: OperationCall) -> None:
        if call.operation == "put_object" and call.arguments["uri"].base_name != "0":
            both.wait(10)
            raise DeliveryError("it is gone", may_have_arrived=False)

    source = {str(number): b"x" for number in range(count + 1)}
    with pytest.raises(TransportError) as caught:
        connect(catalog(), Calls(before=fail)).push_package("team/data", source)
    assert type(caught.value) is TransportError
    assert len(caught.value.context["failures"]) == count
    assert caught.value.context["outcome"] == "not_written"


def failing(error: Exception) -> Any:
    """A connection whose operations raise this error."""

    def fail(call: OperationCall) -> None:
        raise error

    return connect(catalog(), Calls(before=fail))


def test_operations_raise_the_documented_classes() -> None:
    lost = DeliveryError("it is gone", may_have_arrived=False, hint="Check it.")
    cause = OSError("cut")
    lost.__cause__ = cause
    ops = failing(lost)
    with pytest.raises(TransportError) as caught:
        ops.get_package_info("team/data")
    error = caught.value
    assert type(error) is TransportError
    assert (error.message, error.hint, error.__cause__) == ("it is gone", "Check it.", cause)
    assert (error.operation, error.backend) == ("get_package_info", "memory")
    assert any(entry.name == "fail" for entry in caught.traceback)  # where it was raised
    with pytest.raises(TransportError) as caught:
        list(ops.browse_content("team/data"))
    assert type(caught.value) is TransportError


def test_a_class_of_the_core_is_raised_as_it_is() -> None:
    with pytest.raises(ManifestError) as caught:
        failing(ManifestError(2, "it is cut short")).get_package_info("team/data")
    assert caught.value.line_number == 2
    assert outcome_of(caught.value) is None
