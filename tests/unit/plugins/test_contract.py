"""Implementations that break the contract fail at connect, with the nearest valid name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import quilt_core
from quilt_core import BackendPlugin, NotFoundError, hookimpl
from quilt_core.errors import PluginError


def connect(*implementers: object, **fields: Any) -> quilt_core.QuiltOps:
    extensions = fields.pop("extensions", ())
    version = fields.pop("hook_version", 1)
    backend = BackendPlugin(name="test", hook_version=version, implementers=implementers, **fields)
    return quilt_core.connect(backend, registry="s3://bucket", extensions=extensions)


class Catalog:
    @hookimpl
    def get_registry_url(self) -> str:
        return "https://registry.example.com"


def _with(name: str, function: Any, **options: Any) -> object:
    return type(
        "Odd", (), {name: hookimpl(**options)(function) if options else hookimpl(function)}
    )()


async def _coroutine(self: object) -> str:
    return "x"


BREACHES = [
    (_with("get_registri_url", lambda self: "x"), r"not a hook.*Did you mean 'get_registry_url'"),
    (_with("get_package_info", lambda self, packagename: "x"), r"Did you mean 'package_name'"),
    (_with("get_package_info", lambda self, package_name=None: "x"), r"a default for"),
    (_with("get_package_info", lambda self, *, package_name: "x"), r"cannot pass"),
    (_with("get_package_info", lambda self, **kwargs: "x"), r"cannot pass"),
    (_with("get_registry_url", _coroutine), r"coroutine"),
    (Catalog, r"the class Catalog, not an instance"),
    (object(), r"implements no hook"),
    (_with("get_registry_url", lambda self: "x", hookwrapper=True), r"old-style wrapper"),
]


@pytest.mark.parametrize(("implementer", "message"), BREACHES)
def test_a_breach_is_refused(implementer: object, message: str) -> None:
    with pytest.raises(PluginError, match=message):
        connect(implementer)


def test_two_implementers_of_one_operation() -> None:
    with pytest.raises(PluginError, match="twice"):
        connect(Catalog(), Catalog())


@pytest.mark.parametrize("operation", ["get_registry_url", "no_such_operation"])
def test_an_invalid_declaration_is_refused(operation: str) -> None:
    with pytest.raises(PluginError, match=operation):
        connect(Catalog(), unsupported={operation: "because"})


def test_hook_version_of_an_object_is_checked() -> None:
    with pytest.raises(PluginError, match="hook version 7"):
        connect(Catalog(), hook_version=7)


def test_a_failed_connect_closes_the_backend() -> None:
    closed: list[bool] = []
    with pytest.raises(PluginError):
        connect(object(), close=lambda: closed.append(True))
    assert closed == [True]


@pytest.mark.parametrize("answer", [None, 3, ["https://x"]])
def test_an_answer_of_the_wrong_type_is_blamed_on_the_backend(answer: Any) -> None:
    with pytest.raises(PluginError, match="get_registry_url"):
        connect(_with("get_registry_url", lambda self: answer)).get_registry_url()


def test_an_item_of_the_wrong_type_is_found_while_it_is_read() -> None:
    ops = connect(_with("list_all_packages", lambda self, registry: iter(["a/b", {"name": "c/d"}])))
    names = ops.iter_all_packages()
    assert next(names) == "a/b"
    with pytest.raises(PluginError, match="dict"):
        next(names)


def test_text_is_not_a_listing() -> None:
    with pytest.raises(PluginError):
        connect(_with("list_all_packages", lambda self, registry: "a/b")).list_all_packages()


def test_errors_name_the_operation_even_when_they_come_late() -> None:
    def fail(self: object, registry: object) -> Iterator[str]:
        yield "a/b"
        raise NotFoundError("gone")

    with pytest.raises(NotFoundError) as caught:
        connect(_with("list_all_packages", fail)).list_all_packages()
    assert (caught.value.operation, caught.value.backend) == ("list_all_packages", "test")


def test_a_bug_is_raised_unchanged_and_names_its_owner() -> None:
    def bug(self: object) -> str:
        raise TypeError("oops")

    with pytest.raises(TypeError, match="oops") as caught:
        connect(_with("get_registry_url", bug)).get_registry_url()
    assert any("'test:0'" in note for note in caught.value.__notes__)


def test_an_extension_is_not_registered_twice() -> None:
    class Extension:
        @hookimpl(wrapper=True)
        def get_registry_url(self) -> Iterator[None]:
            return (yield)  # type: ignore[return-value]

    extension = Extension()
    with pytest.raises(PluginError, match="'argument 1' is already registered"):
        connect(Catalog(), extensions=[extension, extension])


def test_static_methods_are_hooks_wherever_they_are_marked() -> None:
    class Operations:
        @hookimpl
        @staticmethod
        def get_registry_url() -> str:
            return "s3://outside"

        @staticmethod
        @hookimpl
        def list_all_packages(registry: object) -> list[str]:
            return ["in/side"]

    ops = connect(Operations())
    assert ops.get_registry_url() == "s3://outside"
    assert ops.list_all_packages() == ["in/side"]


def test_an_extension_that_raises_is_named() -> None:
    def wrap(self: object) -> Iterator[None]:
        yield
        raise RuntimeError("oops")

    ops = connect(Catalog(), extensions=[_with("get_registry_url", wrap, wrapper=True)])
    with pytest.raises(RuntimeError) as caught:
        ops.get_registry_url()
    assert any("extension:argument 0" in note for note in caught.value.__notes__)


@pytest.mark.parametrize("number_of_yields", [0, 2])
@pytest.mark.parametrize("around", [True, False])
def test_an_extension_that_yields_never_or_twice_is_named(
    number_of_yields: int, around: bool
) -> None:
    """pluggy raises the error, so that no line of the extension is in its traceback."""

    def wrap(self: object) -> Iterator[None]:
        for _ in range(number_of_yields):
            yield

    def good(self: object) -> Iterator[None]:
        return (yield)

    others = [_with("get_registry_url", good, wrapper=True)]
    wrong = _with("get_registry_url", wrap, wrapper=True)
    ops = connect(Catalog(), extensions=[wrong, *others] if around else [*others, wrong])
    with pytest.raises(RuntimeError, match="yield") as caught:
        ops.get_registry_url()
    [note] = caught.value.__notes__
    assert f"extension:argument {0 if around else 1}" in note


def test_a_wrapper_that_forgets_to_return_is_found() -> None:
    def wrap(self: object) -> Iterator[None]:
        yield

    ops = connect(Catalog(), extensions=[_with("get_registry_url", wrap, wrapper=True)])
    with pytest.raises(PluginError, match=r"extension 'argument 0' answered .* with nothing"):
        ops.get_registry_url()


def test_a_wrapper_that_does_not_yield_is_refused() -> None:
    with pytest.raises(PluginError, match="does not yield"):
        connect(Catalog(), extensions=[_with("get_registry_url", lambda self: "x", wrapper=True)])


def test_supports_and_capabilities() -> None:
    ops = connect(Catalog(), unsupported={"list_buckets": "there are none"})
    assert ops.supports("get_registry_url")
    assert not ops.supports("admin_list_users")
    with pytest.raises(ValueError, match="not an operation"):
        ops.supports("list_bucket")
    reasons = {one.operation: one.reason for one in ops.capabilities() if not one.supported}
    assert reasons["list_buckets"] == "there are none"
    with pytest.raises(quilt_core.NotSupportedError, match="there are none"):
        ops.list_buckets()


def test_two_connections_share_nothing() -> None:
    def wrap(self: object) -> Any:
        return (yield).upper()

    wrapped = connect(Catalog(), extensions=[_with("get_registry_url", wrap, wrapper=True)])
    plain = connect(Catalog())
    assert wrapped.get_registry_url().startswith("HTTPS")
    assert plain.get_registry_url().startswith("https")


def test_a_trace_shows_who_answered_and_hides_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUILT_CORE_TRACE", "1")
    ops = connect(_with("execute_graphql_query", lambda self, query, variables: {"data": {}}))
    ops.execute_graphql_query("{ me }", {"key": "qk_verysecretkey"})
    line = capsys.readouterr().err
    assert "execute_graphql_query" in line
    assert "test:0" in line
    assert "verysecret" not in line
