"""The conformance suite catches each mutant with the behaviour that the mutant names."""

from __future__ import annotations

import pytest

from . import faults
from .harness import Mutant, failure_of, is_proof


@pytest.mark.filterwarnings("default")  # a fault may also leave a file open
@pytest.mark.parametrize("mutant", faults.ALL, ids=str)
def test_the_mutant_is_caught(mutant: Mutant) -> None:
    failure = failure_of(mutant.behaviour, mutant.fault, mutant.make)
    assert failure is not None, f"{mutant}: nothing saw it"
    assert is_proof(failure), f"{mutant}: it crashed: {failure!r}"
