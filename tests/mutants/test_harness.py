"""The harness itself: the unspoilt backend passes in it, and a crash is not a proof."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quilt_core.errors import NotFoundError
from quilt_core.testing.conformance import Environment

from . import faults
from .harness import answer, edit, failure_of, is_proof

BEHAVIOURS = {(mutant.behaviour, mutant.make) for mutant in faults.ALL}


@pytest.mark.parametrize(("behaviour", "make"), sorted(BEHAVIOURS, key=str))
def test_the_unspoilt_backend_passes(
    behaviour: str, make: Callable[[list[object]], Environment] | None
) -> None:
    assert failure_of(behaviour, None, make) is None


def test_there_are_enough_mutants_and_no_duplicates() -> None:
    assert len(faults.ALL) >= 150
    assert len({mutant.what for mutant in faults.ALL}) == len(faults.ALL)


def test_a_crash_of_the_mutant_is_not_a_proof() -> None:
    def crash(given: object) -> object:
        raise TypeError(given)

    failure = failure_of("R-1", answer("get_package_info", crash))
    assert failure is not None
    assert not is_proof(failure)


def test_an_error_of_ours_instead_of_an_answer_is_a_proof() -> None:
    assert is_proof(NotFoundError("gone"))


def test_an_edit_that_does_not_apply_is_reported() -> None:
    with pytest.raises(AssertionError, match="bring the mutant up to date"):
        failure_of("R-1", edit("session", "no such text", ""))
