"""The hook around every operation: what it is told, what it may do, and how calls end."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest

import quilt_core
from quilt_core import (
    BackendPlugin,
    BucketInfo,
    NotFoundError,
    NotSupportedError,
    PermissionDeniedError,
    Registry,
    auth_context,
    hookimpl,
)
from quilt_core.errors import AuthenticationError, PluginError, QuiltOpsError
from quilt_core.hookspecs.around import Ending, OperationCall, Outcome
from quilt_core.ops import QuiltOps
from quilt_core.plugins import ExtensionContext
from quilt_core.testing.memory import MemoryCatalog
from quilt_core.testing.memory import connect as memory_connect


class Backend:
    """Two lazy listings, one of which raises, and two other operations."""

    def __init__(self) -> None:
        self.calls = 0

    @hookimpl
    def list_all_packages(self, registry: Registry, pattern: str | None) -> Iterable[str]:
        self.calls += 1
        yield "a/b"
        if pattern == "fails":
            raise NotFoundError("gone")
        if pattern == "bug":
            raise ZeroDivisionError
        yield "a/c"

    @hookimpl
    def get_registry_url(self) -> str:
        self.calls += 1
        return f"https://registry.example.com/{self.calls}"

    @hookimpl
    def list_buckets(self) -> Iterable[BucketInfo]:
        self.calls += 1
        raise NotFoundError("no buckets")


class Around:
    """An extension that consists of a single function."""

    def __init__(self, function: Callable[[OperationCall], Any]) -> None:
        self._function = function

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        return self._function(call)


class Ends:
    """Records how each call ended."""

    def __init__(self, name: str = "") -> None:
        self.seen: list[tuple[str, Ending]] = []
        self._name = name

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        call.on_end(lambda ending: self.seen.append((call.operation, ending)))
        return call.proceed()

    @property
    def outcomes(self) -> list[tuple[str, str, int]]:
        return [(name, one.outcome.value, one.items) for name, one in self.seen]


def connect(*extensions: object, backend: Backend | None = None, **settings: Any) -> QuiltOps:
    plugin = BackendPlugin(name="test", hook_version=1, implementers=[backend or Backend()])
    return quilt_core.connect(plugin, registry="s3://bucket", extensions=extensions, **settings)


def test_it_is_told_what_is_called() -> None:
    calls: list[OperationCall] = []

    def note(call: OperationCall) -> Any:
        calls.append(call)
        return call.proceed()

    ops = connect(Around(note))
    ops.get_registry_url()
    assert ops.list_all_packages(pattern="*") == ["a/b", "a/c"]
    with pytest.raises(NotSupportedError):
        ops.execute_graphql_query("{ me }", {"api_key": "qk_verysecretkey"})
    assert [(one.operation, one.backend, one.lazy) for one in calls] == [
        ("get_registry_url", "test", False),
        ("list_all_packages", "test", True),
        ("execute_graphql_query", "test", False),
    ]
    assert dict(calls[1].arguments) == {"registry": Registry.parse("s3://bucket"), "pattern": "*"}
    with pytest.raises(TypeError):
        calls[1].arguments["pattern"] = "b"  # type: ignore[index]
    assert "verysecret" not in repr(calls[2])


def test_the_identity_is_a_stable_key_and_never_the_credential() -> None:
    calls: list[OperationCall] = []
    note = Around(lambda call: calls.append(call) or call.proceed())  # type: ignore[func-returns-value]
    connect(note).get_registry_url()
    ops = connect(note, token="secret-one")
    ops.get_registry_url()
    connect(note, token="secret-one").get_registry_url()
    with auth_context.request_identity("secret-two"):
        ops.get_registry_url()
        calls[-1].identity  # noqa: B018 - asked for or not, it is that of the call
        ops.get_registry_url()
    connect(note, token_provider=lambda: "secret-one").get_registry_url()
    with pytest.raises(AuthenticationError):
        connect(note, token="secret-one", multitenant=True).get_registry_url()
    nobody, one, again, two, later, provided = [call.identity for call in calls]
    assert nobody is None
    assert one == again == provided
    assert two == later
    assert len({nobody, one, two}) == 3
    assert "secret" not in f"{one}{two}"


def test_the_last_extension_is_the_outermost() -> None:
    order: list[str] = []

    def named(name: str) -> Around:
        def function(call: OperationCall) -> Any:
            order.append(name)
            answer = call.proceed()
            order.append(f"/{name}")
            return answer

        return Around(function)

    connect(named("inner"), named("outer")).get_registry_url()
    assert order == ["outer", "inner", "/inner", "/outer"]


def test_it_may_answer_instead_of_the_backend() -> None:
    backend = Backend()
    answers: dict[str, Any] = {"get_registry_url": "https://kept", "list_all_packages": ["x/y"]}
    ops = connect(Around(lambda call: answers[call.operation]), backend=backend)
    assert ops.get_registry_url() == "https://kept"
    assert list(ops.iter_all_packages()) == ["x/y"]
    assert backend.calls == 0


def test_it_may_refuse() -> None:
    def refuse(call: OperationCall) -> Any:
        raise PermissionDeniedError("no")

    backend = Backend()
    with pytest.raises(PermissionDeniedError) as caught:
        connect(Around(refuse), backend=backend).iter_all_packages()
    assert caught.value.operation == "list_all_packages"
    assert backend.calls == 0


def test_it_may_retry_and_each_attempt_has_an_end() -> None:
    def retry(call: OperationCall) -> Any:
        try:
            return call.proceed()
        except NotFoundError:
            return call.proceed()

    backend, ends, outside = Backend(), Ends(), Ends()
    with pytest.raises(NotFoundError):
        connect(ends, Around(retry), outside, backend=backend).list_buckets()
    assert backend.calls == 2
    assert ends.outcomes == [("list_buckets", "raised", 0)] * 2
    assert outside.outcomes == [("list_buckets", "raised", 0)]


def test_it_sees_errors_and_they_propagate() -> None:
    ends = Ends()
    ops = connect(ends)
    ops.get_registry_url()
    with pytest.raises(NotFoundError) as caught:
        ops.list_buckets()
    assert (caught.value.operation, caught.value.backend) == ("list_buckets", "test")
    with pytest.raises(NotSupportedError):
        ops.get_graphql_endpoint()
    assert ends.outcomes == [
        ("get_registry_url", "done", 0),
        ("list_buckets", "raised", 0),
        ("get_graphql_endpoint", "raised", 0),
    ]
    assert ends.seen[1][1].error is caught.value


@pytest.mark.parametrize("extensions", [1, 2])
def test_the_end_of_a_lazy_listing(extensions: int) -> None:
    """It is read to its end, raises, is closed, dropped or never started; each is reported once."""
    all_ends = [Ends() for _ in range(extensions)]
    ops = connect(*all_ends)
    assert list(ops.iter_all_packages()) == ["a/b", "a/c"]
    names = ops.iter_all_packages(pattern="fails")
    assert next(names) == "a/b"
    with pytest.raises(NotFoundError) as caught:
        next(names)
    assert (caught.value.operation, caught.value.backend) == ("list_all_packages", "test")
    with pytest.raises(ZeroDivisionError) as bug:
        list(ops.iter_all_packages(pattern="bug"))
    assert any("'test:0'" in note for note in bug.value.__notes__)
    closed = ops.iter_all_packages()
    next(closed)
    closed.close()  # type: ignore[attr-defined]
    gc.disable()
    try:
        dropped = ops.iter_all_packages()
        next(dropped)
        del dropped
        ops.iter_all_packages()
        for ends in all_ends:
            assert [one[1:] for one in ends.outcomes] == [
                ("done", 2),
                ("raised", 1),
                ("raised", 1),
                ("abandoned", 1),
                ("abandoned", 1),
                ("abandoned", 0),
            ]
            assert ends.seen[1][1].error is caught.value
    finally:
        gc.enable()


def test_a_wrapper_of_one_operation_runs_inside() -> None:
    class Both:
        def __init__(self) -> None:
            self.order: list[str] = []

        @hookimpl
        def around_operation(self, call: OperationCall) -> Any:
            self.order.append("around")
            return call.proceed()

        @hookimpl(wrapper=True)
        def get_registry_url(self) -> Iterator[None]:
            self.order.append("wrapper")
            return (yield)  # type: ignore[return-value]

    both = Both()
    connect(both).get_registry_url()
    assert both.order == ["around", "wrapper"]


WRONG: dict[str, Callable[[QuiltOps], Any]] = {
    "get_registry_url": lambda ops: ops.get_registry_url(),
    "list_all_packages": lambda ops: ops.list_all_packages(),
    "list_buckets": lambda ops: ops.list_buckets(),
}


@pytest.mark.parametrize("operation", WRONG)
@pytest.mark.parametrize("answer", [None, 3, [4]])
def test_an_extension_with_an_invalid_answer_is_named(operation: str, answer: Any) -> None:
    with pytest.raises(PluginError, match=f"extension 'argument 0' answered {operation} with") as e:
        WRONG[operation](connect(Around(lambda call: answer), Ends()))
    assert "backend 'test'" not in e.value.message


def test_an_extension_that_raises_is_named() -> None:
    ops = connect(Ends(), Around(lambda call: 1 / 0))
    with pytest.raises(ZeroDivisionError) as caught:
        ops.get_registry_url()
    [note] = caught.value.__notes__
    assert "'extension:argument 1'" in note


def test_a_factory_that_raises_is_named() -> None:
    def factory(context: ExtensionContext) -> object:
        raise ValueError(f"no option of {context.name}")

    with pytest.raises(ValueError, match="no option of argument 0") as caught:
        connect(factory)
    [note] = caught.value.__notes__
    assert "extension 'argument 0'" in note


def test_an_extension_whose_listing_raises_is_named() -> None:
    def odd(call: OperationCall) -> Iterator[str]:
        yield from call.proceed()
        raise KeyError(call.operation)

    ends = Ends()
    with pytest.raises(KeyError) as caught:
        connect(Around(odd), ends).list_all_packages()
    [note] = caught.value.__notes__
    assert "'extension:argument 0'" in note
    assert ends.outcomes == [("list_all_packages", "raised", 2)]


def test_a_bug_of_the_backend_is_not_blamed_on_an_extension() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        connect(Ends()).list_all_packages(pattern="bug")
    [note] = caught.value.__notes__
    assert "'test:0'" in note


def test_a_wrong_answer_of_the_backend_is_not_blamed_on_an_extension() -> None:
    class Wrong:
        @hookimpl
        def get_registry_url(self) -> int:
            return 3

    plugin = BackendPlugin(name="test", hook_version=1, implementers=[Wrong()])
    with pytest.raises(PluginError, match="backend 'test' answered get_registry_url with a int"):
        quilt_core.connect(plugin, extensions=[Ends()]).get_registry_url()


def test_a_listener_that_fails_is_logged_and_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ends = Ends()

    def fail(call: OperationCall) -> Any:
        call.on_end(lambda ending: 1 // 0)
        return call.proceed()

    with caplog.at_level(logging.ERROR, "quilt_core.plugins"):
        assert connect(Around(fail), ends).get_registry_url()
    assert ends.seen[0][1].outcome is Outcome.DONE
    assert "extension:argument 0" in caplog.text
    assert "get_registry_url" in caplog.text


def test_it_may_be_neither_a_wrapper_nor_a_hook_of_a_backend() -> None:
    class Wrapper:
        @hookimpl(wrapper=True)
        def around_operation(self, call: OperationCall) -> Iterator[None]:
            return (yield)  # type: ignore[return-value]

    with pytest.raises(PluginError, match=r"plain function.*call\.proceed"):
        connect(Wrapper())
    plugin = BackendPlugin(name="test", hook_version=1, implementers=[Ends()])
    with pytest.raises(PluginError, match="which only extensions do"):
        quilt_core.connect(plugin)


def test_a_backend_can_say_as_whom_it_acts() -> None:
    calls: list[OperationCall] = []

    def keys(user: str | None, **settings: Any) -> list[str | None]:
        calls.clear()
        backend = BackendPlugin(name="test", hook_version=1, implementers=[Backend()], user=user)

        def note(call: OperationCall) -> Any:
            calls.append(call)
            return call.proceed()

        with quilt_core.connect(backend, extensions=[Around(note)], **settings) as ops:
            ops.get_registry_url()
            with auth_context.request_identity("somebody"):
                ops.get_registry_url()
        return [call.identity for call in calls]

    nobody, requested = keys(None)
    assert nobody is None
    found = [keys("ann"), keys("ben"), keys("ann", token="t"), keys(None, token="t")]
    alone = [one[0] for one in found]
    assert None not in alone
    assert len(set(alone)) == 4
    assert keys("ann") == found[0]
    assert "ann" not in str(found[0])
    assert len({requested, *(one[1] for one in found[:2])}) == 3
    assert found[3][1] == requested


def test_users_of_the_memory_backend_are_identities() -> None:
    seen: list[str | None] = []

    def note(call: OperationCall) -> Any:
        seen.append(call.identity)
        return call.proceed()

    def key(catalog: MemoryCatalog, user: str | None) -> str | None:
        ops = memory_connect(catalog, user=user, extensions=[Around(note)])
        with ops, suppress(QuiltOpsError):
            ops.list_buckets()
        return seen[-1]

    catalog, other = MemoryCatalog(), MemoryCatalog()
    keys = [key(catalog, "admin"), key(catalog, "stranger"), key(other, "admin")]
    assert None not in keys
    assert len(set(keys)) == 3
    assert key(catalog, "admin") == keys[0]
    assert key(catalog, None) is None
