"""Behaviours: numbered statements that tests prove, and how overriding one is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar

import attrs
import pytest

from quilt_core.ops import QuiltOps
from quilt_core.testing.conformance.environment import Environment, TestUser

F = TypeVar("F", bound=Callable[..., Any])
_ATTRIBUTE = "__quilt_behaviour__"
_OVERRIDE = "__quilt_override__"


@attrs.frozen
class Behaviour:
    """What a test proves: its number in docs/behaviour.md, and the operations that it calls."""

    number: str
    operations: tuple[str, ...]
    users: tuple[TestUser, ...] = ()
    refuses: bool = False
    """Whether it is that an operation is refused: the test's parameter `operation`."""


def behaviour(
    number: str, *operations: str, users: tuple[TestUser, ...] = (), refuses: bool = False
) -> Callable[[F], F]:
    """Mark a test as the proof of a numbered behaviour of some operations.

    Parameters
    ----------
    number:
        A letter for the group, a dash and a number: `W-12`. The test's docstring is the sentence
        of that number in docs/behaviour.md.
    operations:
        The hooks of the operations that it proves something of. It is skipped when the backend
        declares one of them unsupported.
    users:
        The identities that it needs. It is skipped when the environment lacks one.
    refuses:
        Whether it shows that the operation in the test's parameter `operation` is refused.
    """

    def mark(function: F) -> F:
        setattr(function, _ATTRIBUTE, Behaviour(number, operations, users, refuses))
        return function

    return mark


def overrides_behaviour(number: str, reason: str) -> Callable[[F], F]:
    """Declare that a subclass's test replaces the suite's, and why.

    It is for tests that pytest collects itself. `quiltops conformance` runs the suite as it is.

    Parameters
    ----------
    number:
        The behaviour's number, such as "U-3".
    reason:
        Why the backend needs another test.
    """

    def mark(function: F) -> F:
        setattr(function, _OVERRIDE, (number, reason))
        return function

    return mark


def behaviour_of(function: Any) -> Behaviour | None:
    """The behaviour that a test proves; None when it is not one of the suite's."""
    return getattr(function, _ATTRIBUTE, None)


def proofs_of(test_class: type[BehaviourTests]) -> Iterator[tuple[Behaviour, Callable[..., None]]]:
    """The behaviours that a class of the suite proves, each with its test; inherited ones first."""
    for one in reversed(test_class.__mro__):
        for member in vars(one).values():
            found = behaviour_of(member)
            if found is not None:
                yield found, member


class BehaviourTests:
    """Base of the suite's classes; subclass one under a name that begins with `Test`.

    The module supplies a fixture `environment`. A test of an operation that the backend declares
    unsupported is reported as not supported; the class `Refusals` checks that it refuses.
    """

    behaviours: ClassVar[dict[str, Behaviour]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, member in vars(cls).items():
            inherited = next(
                (vars(base)[name] for base in cls.__mro__[1:] if name in vars(base)), None
            )
            known = behaviour_of(inherited)
            if known is None:
                continue
            declared = getattr(member, _OVERRIDE, None)
            if declared is None or declared[0] != known.number:
                raise TypeError(
                    f"{cls.__name__}.{name} hides the test of behaviour {known.number}; declare "
                    f"it: @overrides_behaviour({known.number!r}, 'why')."
                )

    @pytest.fixture
    def ops(self, environment: Environment) -> Iterator[QuiltOps]:
        """A connection as WRITER."""
        with environment.connect() as ops:
            yield ops

    @pytest.fixture(autouse=True)
    def _not_supported(self, request: pytest.FixtureRequest, environment: Environment) -> None:
        found = behaviour_of(request.function)
        if found is None:
            return
        missing = [user.value for user in found.users if user not in environment.identities]
        if missing:
            pytest.skip(f"not applicable: no identity {', '.join(missing)}")
        with environment.connect() as ops:
            for operation in found.operations:
                if not ops.supports(operation):
                    reason = next(
                        one.reason for one in ops.capabilities() if one.operation == operation
                    )
                    pytest.skip(f"not supported (declared): {operation}: {reason}")
