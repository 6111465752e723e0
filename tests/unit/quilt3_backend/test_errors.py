"""No exception of quilt3's writing is passed on as it is: a table covers every class of them."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType

import pytest
from quilt3_backend.errors import quilt3_errors

from quilt_core.errors import BackendError, ConflictError, QuiltOpsError, ValidationError

MODULES = ("quilt3.util", "quilt3.exceptions", "quilt3.workflows", "quilt3.packages")


def _exceptions(module: ModuleType) -> list[type[Exception]]:
    return [
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Exception)
        and not issubclass(found, Warning)
        and found.__module__.startswith("quilt3.")
    ]


@pytest.mark.parametrize("module", MODULES)
def test_every_exception_is_in_the_table(module: str) -> None:
    for kind in _exceptions(importlib.import_module(module)):
        error = kind.__new__(kind, "what it says")
        with (
            pytest.raises(QuiltOpsError, match=r"Could not write a/b") as raised,
            quilt3_errors("write a/b"),
        ):
            raise error
        assert raised.value.__cause__ is error, kind


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        ("quilt3.util", "QuiltConflictException", ConflictError),
        ("quilt3.util", "QuiltException", ValidationError),
        ("quilt3.util", "URLParseError", ValidationError),
        ("quilt3.workflows", "WorkflowValidationError", ValidationError),
        ("quilt3.workflows", "ConfigurationError", ValidationError),
        ("quilt3.exceptions", "PackageException", BackendError),
    ],
)
def test_table(module: str, name: str, expected: type[QuiltOpsError]) -> None:
    error = getattr(importlib.import_module(module), name)("what it says")
    with pytest.raises(expected, match="what it says") as raised, quilt3_errors("write a/b"):
        raise error
    assert type(raised.value) is expected


def test_a_bug_is_raised_unchanged() -> None:
    with pytest.raises(KeyError), quilt3_errors("write a/b"):
        raise KeyError("a bug")
