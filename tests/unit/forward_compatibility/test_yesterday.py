"""A backend of yesterday works with the core of tomorrow: a new parameter, a new operation."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import quilt_core
from quilt_core import NotSupportedError, Registry
from quilt_core.hookspecs import hookspec, operations, packages
from quilt_core.plugins import validation


@pytest.fixture
def yesterday() -> ModuleType:
    path = Path(__file__).with_name("fixture_yesterdays_backend.py")
    spec = importlib.util.spec_from_file_location("yesterdays_backend", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The specifications gain an optional parameter and an operation."""

    @hookspec(firstresult=True)
    def list_all_packages(
        registry: Registry, pattern: str | None, since: str | None = None
    ) -> Iterable[str]:
        """As before, with one more parameter."""

    @hookspec(firstresult=True)
    def count_packages(registry: Registry) -> int:
        """A new operation."""

    monkeypatch.setattr(packages, "list_all_packages", list_all_packages)
    monkeypatch.setattr(packages, "count_packages", count_packages, raising=False)
    cached = (operations, validation.specifications, validation.spec_parameters)
    for one in cached:
        one.cache_clear()
    yield
    monkeypatch.undo()
    for one in cached:
        one.cache_clear()


def connect(yesterday: ModuleType) -> quilt_core.QuiltOps:
    return quilt_core.connect(yesterday.create_backend, registry="s3://bucket")


def test_it_works_today(yesterday: ModuleType) -> None:
    assert connect(yesterday).list_all_packages(pattern="x") == ["bucket/x"]


def test_it_still_works_tomorrow(yesterday: ModuleType, tomorrow: None) -> None:
    ops = connect(yesterday)
    answer = ops._dispatch.collect(
        "list_all_packages", str, registry=Registry(bucket="bucket"), pattern=None, since=None
    )
    assert answer == ["bucket/all"]


def test_a_parameter_that_it_does_not_know_is_refused(
    yesterday: ModuleType, tomorrow: None
) -> None:
    ops = connect(yesterday)
    with pytest.raises(NotSupportedError, match="'since'"):
        ops._dispatch.collect(
            "list_all_packages", str, registry=Registry(bucket="b"), pattern=None, since="2026"
        )


def test_an_operation_that_it_does_not_know_is_not_supported(
    yesterday: ModuleType, tomorrow: None
) -> None:
    assert "count_packages" in operations()
    ops = connect(yesterday)
    assert not ops.supports("count_packages")
    with pytest.raises(NotSupportedError):
        ops._dispatch.call("count_packages", int, registry=Registry(bucket="bucket"))


def test_it_may_leave_out_optional_parameters(yesterday: ModuleType) -> None:
    ops = connect(yesterday)
    assert not ops.supports("delete_package", "top_hash")
    with pytest.raises(LookupError, match="a/b"):
        ops.delete_package("a/b", "s3://bucket")


def test_a_parameter_that_it_leaves_out_is_never_dropped(yesterday: ModuleType) -> None:
    ops = connect(yesterday)
    with pytest.raises(NotSupportedError, match="does not accept the parameter 'top_hash'"):
        ops.delete_package("a/b", "s3://bucket", top_hash="a" * 64)
    with pytest.raises(NotSupportedError, match="does not accept the parameter 'progress'"):
        ops.delete_package("a/b", "s3://bucket", progress=lambda progress: None)
