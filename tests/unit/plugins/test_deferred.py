"""Implementers that are imported only when one of their hooks is called."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from platform_backend import backend as platform
from quilt_registry import operations as registry

import quilt_core
from quilt_core.domain.buckets import BucketInfo
from quilt_core.errors import PluginError
from quilt_core.plugins import BackendPlugin, DeferredClass, DeferredImplementer, deferred
from quilt_core.plugins.validation import (
    answers_declared,
    answers_of,
    check_implementer,
    hook_implementations,
)

CODE = """
from quilt_core import BucketInfo, hookimpl

MADE = []

class Buckets:
    def __init__(self, name):
        MADE.append(name)
        self.name = name

    @hookimpl
    def list_buckets(self):
        return [BucketInfo(
            name=self.name, title="t", description=None, icon_url=None, tags=(),
            relevance_score=None, browsable=None,
        )]

class Fewer:
    @hookimpl
    def list_api_keys(self, name, fingerprint):
        return []
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module of implementers that has not been imported yet."""
    (tmp_path / "deferred_example.py").write_text(CODE)
    monkeypatch.syspath_prepend(tmp_path)
    yield "deferred_example"
    sys.modules.pop("deferred_example", None)


def connected(*implementers: object) -> quilt_core.QuiltOps:
    return quilt_core.connect(
        BackendPlugin(name="late", hook_version=1, implementers=implementers),
    )


def test_it_is_imported_and_created_once_and_only_when_called(module: str) -> None:
    buckets = deferred(f"{module}:Buckets", "list_buckets")
    with connected(buckets("one")) as ops, connected(buckets(name="two")) as other:
        assert ops.supports("list_buckets")
        assert module not in sys.modules
        assert [bucket.name for bucket in ops.list_buckets()] == ["one"]
        assert [bucket.name for bucket in ops.list_buckets()] == ["one"]
        assert sys.modules[module].MADE == ["one"]
        assert [bucket.name for bucket in other.list_buckets()] == ["two"]
        assert sys.modules[module].MADE == ["one", "two"]


def test_an_unknown_operation_fails_at_connect(module: str) -> None:
    misspelt = deferred(f"{module}:Buckets", "list_bucket")
    with pytest.raises(PluginError, match=r"'list_bucket'.*not an operation") as caught:
        connected(misspelt("one"))
    assert caught.value.hint == "Did you mean 'list_buckets'?"


def test_an_operation_with_two_implementers_fails_at_connect(module: str) -> None:
    buckets = deferred(f"{module}:Buckets", "list_buckets")
    with pytest.raises(PluginError, match="implements list_buckets twice"):
        connected(buckets("one"), buckets("two"))


@pytest.mark.parametrize(
    ("target", "operations", "message"),
    [
        ("{}:Buckets", ("list_buckets", "health"), "declares other operations"),
        ("{}:Fewer", ("list_api_keys",), "other parameters"),
        ("{}:Missing", ("list_buckets",), "cannot import deferred_example:Missing"),
        ("no_such_module:Buckets", ("list_buckets",), "cannot import no_such_module"),
    ],
)
def test_an_implementer_that_differs_from_its_declaration_fails_when_called(
    module: str, target: str, operations: tuple[str, ...], message: str
) -> None:
    broken = deferred(target.format(module), *operations)
    given = ("one",) if "Buckets" in target else ()
    with connected(broken(*given)) as ops:
        call = ops.list_api_keys if "list_api_keys" in operations else ops.list_buckets
        for _ in range(2):  # the second call fails like the first
            with pytest.raises(PluginError, match=message) as caught:
                call()
        assert "'late'" in str(caught.value)


DECLARED = {
    one.target: one
    for module in (platform, registry)
    for one in vars(module).values()
    if isinstance(one, DeferredClass)
}


@pytest.mark.parametrize("target", DECLARED)
def test_our_backends_declare_what_their_classes_implement(target: str) -> None:
    """Otherwise a connection would notice only at the first call."""
    declared = DECLARED[target]
    instance = object.__new__(declared.load())
    implemented = check_implementer(instance, "backend", wrappers_only=False)
    assert answers_of(instance, implemented) == answers_declared(declared, "backend")


def test_a_report_sees_the_implementer_itself(module: str) -> None:
    from quilt_core.testing.conformance.report import same_code

    buckets = deferred(f"{module}:Buckets", "list_buckets")

    def plugin(name: str) -> BackendPlugin:
        return BackendPlugin(name=name, hook_version=1, implementers=[buckets(name)])

    assert same_code(plugin("a"), plugin("b")) == {"list_buckets"}


def test_repeated_connections_share_what_is_known_about_a_class(module: str) -> None:
    buckets = deferred(f"{module}:Buckets", "list_buckets")
    assert answers_declared(buckets, "backend") is answers_declared(buckets, "backend")
    made = buckets("one")
    assert isinstance(made, DeferredImplementer)
    assert [*hook_implementations(made.implementer())] == ["list_buckets"]
    assert isinstance(connected(made).list_buckets()[0], BucketInfo)
