"""Spoil the in-memory backend, and run the conformance test of one behaviour on it.

Running a test directly, in this process, takes a few milliseconds where pytest takes a second, so
there can be many mutants. A `Mutant` names the behaviour whose test must catch it.
"""

from __future__ import annotations

import inspect
import itertools
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol
from unittest import mock

import attrs
import pytest

from quilt_core import QuiltOps, QuiltOpsError, hookimpl
from quilt_core.composition import (  # noqa: F401 - loads all that is spoilt
    download,
    push,
    query_source,
    verify,
)
from quilt_core.query import jobs, run  # noqa: F401 - loads all that is spoilt
from quilt_core.testing import conformance
from quilt_core.testing.conformance.behaviour import proofs_of
from quilt_core.testing.conformance.environment import Environment, TestUser
from quilt_core.testing.memory import backend as _backend  # noqa: F401 - loads all that is spoilt
from quilt_core.testing.memory import connect
from quilt_core.testing.memory.environment import MemoryEnvironment

MEMORY = "quilt_core.testing.memory"
_SPOILT_PACKAGES = (
    MEMORY, "quilt_core.revisions", "quilt_core.search", "quilt_core.manifest", "quilt3_backend",
    "quilt_core.composition", "quilt_core.transfer", "quilt_core.query", "quilt_core.progress",
    "quilt_core.ops.dispatch",
)  # fmt: skip
_AUTOUSE = ("_not_supported", "_own_records")
"""The fixtures of the suite that every test uses if its class has them."""
_CRASHES = (ArithmeticError, AttributeError, LookupError, NameError, TypeError, RecursionError)


class Fault(Protocol):
    """A way to spoil the backend."""

    @contextmanager
    def applied(self) -> Iterator[list[object]]:
        """Spoil it for a while; gives the extensions that connections need."""


@attrs.frozen
class Mutant:
    """A fault, and the behaviour that must catch it."""

    what: str
    behaviour: str
    fault: Fault
    make: Callable[[list[object]], Environment] | None = None
    """Makes an environment whose connections have these extensions; by default one in memory."""

    def __str__(self) -> str:
        return f"{self.behaviour}: {self.what}"


@attrs.frozen
class Edit:
    """A change of the source text of one of the modules of the in-memory backend."""

    module: str
    changes: tuple[tuple[str, str], ...]

    @contextmanager
    def applied(self) -> Iterator[list[object]]:
        original = sys.modules[self.module]
        source = Path(str(original.__file__)).read_text(encoding="utf-8")
        for old, new in self.changes:
            assert old in source, f"{self.module} has no {old!r}: bring the mutant up to date"
            source = source.replace(old, new)
        spoilt = ModuleType(self.module)
        spoilt.__dict__["__file__"] = original.__file__
        exec(compile(source, f"mutant of {self.module}", "exec"), spoilt.__dict__)
        with ExitStack() as stack:
            for name, value in _own(original):
                for module in _spoilt_modules():
                    if vars(module).get(name) is value:
                        stack.enter_context(mock.patch.object(module, name, vars(spoilt)[name]))
            yield []


def _own(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What a module itself defines."""
    for name, value in list(vars(module).items()):
        if getattr(value, "__module__", None) == module.__name__:
            yield name, value


def _spoilt_modules() -> list[ModuleType]:
    return [
        module for name, module in list(sys.modules.items()) if name.startswith(_SPOILT_PACKAGES)
    ]


@attrs.frozen
class Wrapper:
    """A wrapper around one operation of the backend."""

    extension: object

    @contextmanager
    def applied(self) -> Iterator[list[object]]:
        yield [self.extension]


@attrs.frozen
class Replaced:
    """A replacement for a function that all backends share."""

    target: str
    instead: Callable[..., Any]

    @contextmanager
    def applied(self) -> Iterator[list[object]]:
        with mock.patch(self.target, self.instead):
            yield []


@attrs.frozen
class Together:
    """Several faults that make one: a backend may be wrong in two places of its code."""

    faults: tuple[Fault, ...]

    @contextmanager
    def applied(self) -> Iterator[list[object]]:
        with ExitStack() as stack:
            yield [one for fault in self.faults for one in stack.enter_context(fault.applied())]


def together(*faults: Fault) -> Together:
    """Several faults at once, each in a different module."""
    return Together(faults)


def edit(module: str, *texts: str) -> Edit:
    """Alternating old and new texts of a module: `session` of the backend, or `search.order`."""
    package = "quilt_core" if "." in module else MEMORY
    changes = tuple(zip(texts[::2], texts[1::2], strict=True))
    return Edit(f"{package}.{module}", changes)


def answer(operation: str, change: Callable[[Any], Any]) -> Wrapper:
    """An operation's answer is changed; a listing is passed to `change` as a list."""

    def wrapper(self: object) -> Any:
        given = yield
        return change(list(given) if isinstance(given, list) else given)

    return Wrapper(type("Mutant", (), {operation: hookimpl(wrapper=True)(wrapper)})())


def swallow(operation: str, instead: Any, error: type[QuiltOpsError]) -> Wrapper:
    """An error of an operation is replaced by an answer."""

    def wrapper(self: object) -> Any:
        try:
            return (yield)
        except error:
            return instead

    return Wrapper(type("Mutant", (), {operation: hookimpl(wrapper=True)(wrapper)})())


def refuse(operation: str, change: Callable[[QuiltOpsError], QuiltOpsError]) -> Wrapper:
    """Every error of an operation is replaced by a different one."""

    def wrapper(self: object) -> Any:
        try:
            return (yield)
        except QuiltOpsError as error:
            raise change(error) from None

    return Wrapper(type("Mutant", (), {operation: hookimpl(wrapper=True)(wrapper)})())


def answer_refusals(operation: str, instead: Any) -> Wrapper:
    """Every error of an operation is replaced by an answer."""
    return swallow(operation, instead, QuiltOpsError)


def each(**changes: Any) -> Callable[[list[Any]], list[Any]]:
    """Fields of each item are changed; a callable receives the item."""
    return lambda items: [evolve(**changes)(item) for item in items]


def evolve(**changes: Any) -> Callable[[Any], Any]:
    """Fields of the answer are changed; a callable receives the answer."""

    def change(item: Any) -> Any:
        given = {name: v(item) if callable(v) else v for name, v in changes.items()}
        return attrs.evolve(item, **given)

    return change


class MutantEnvironment(MemoryEnvironment):
    """A memory environment whose connections have extensions that spoil them."""

    def __init__(self, extensions: list[object]) -> None:
        super().__init__()
        self._extensions = extensions

    def connect(self, user: TestUser = TestUser.WRITER) -> QuiltOps:
        name = None if user is TestUser.ANONYMOUS else user.value
        return connect(self.catalog, user=name, registry=self.registry, extensions=self._extensions)


def failure_of(
    behaviour: str,
    fault: Fault | None,
    make: Callable[[list[object]], Environment] | None = None,
) -> BaseException | None:
    """The first failure of a behaviour's test on the spoilt backend; None when it passes.

    Raises `AssertionError` when there is no such behaviour or the test does not apply at all.
    """
    ran = 0
    for test_class, function in _tests_of(behaviour):
        for arguments in _combinations(function):
            with ExitStack() as stack:
                extensions = stack.enter_context(fault.applied()) if fault else []
                environment = (make or MutantEnvironment)(extensions)
                stack.callback(environment.close)
                try:
                    _run(test_class, function, environment, arguments)
                except pytest.skip.Exception:
                    continue
                except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - that is the verdict
                    return error
                ran += 1
    assert ran, f"no test of behaviour {behaviour} ran"
    return None


def is_proof(failure: BaseException) -> bool:
    """Whether a failure shows a wrong answer or error, rather than a crash of the mutant."""
    if isinstance(failure, QuiltOpsError):
        return not isinstance(failure.__cause__, _CRASHES)
    return isinstance(failure, (AssertionError, pytest.fail.Exception))


def _tests_of(behaviour: str) -> list[tuple[type, Callable[..., None]]]:
    found = [
        (test_class, function)
        for test_class in conformance.TEST_CLASSES
        for known, function in proofs_of(test_class)
        if known.number == behaviour
    ]
    assert found, f"there is no behaviour {behaviour}"
    return found


def _combinations(function: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """The arguments that `pytest.mark.parametrize` gives."""
    marks = [m for m in getattr(function, "pytestmark", []) if m.name == "parametrize"]
    choices = []
    for mark in marks:
        names, values = mark.args
        several = not isinstance(names, str)
        choices.append(
            [dict(zip(names, v, strict=True)) if several else {names: v} for v in values]
        )
    for chosen in itertools.product(*choices):
        yield {name: value for one in chosen for name, value in one.items()}


def _run(
    test_class: type, function: Callable[..., None], environment: Any, arguments: dict[str, Any]
) -> None:
    """Call a test with its fixtures."""
    tests = test_class()
    values = {
        "environment": environment, "request": SimpleNamespace(function=function), **arguments
    }  # fmt: skip
    with ExitStack() as stack:
        values["monkeypatch"] = stack.enter_context(pytest.MonkeyPatch.context())

        def call(some: Callable[..., Any]) -> Any:
            names = list(inspect.signature(some).parameters)[1:]
            return some(tests, **{name: value(name) for name in names})

        def value(name: str) -> Any:
            if name == "tmp_path" and name not in values:
                values[name] = Path(stack.enter_context(TemporaryDirectory()))
            if name not in values:
                made = call(inspect.unwrap(inspect.getattr_static(test_class, name)))
                if inspect.isgenerator(made):
                    values[name] = next(made)
                    stack.callback(next, made, None)
                else:
                    values[name] = made
            return values[name]

        for name in _AUTOUSE:
            if hasattr(test_class, name):
                value(name)
        call(function)
