"""The faults that backend authors make, by operation group."""

from __future__ import annotations

from ..harness import Mutant
from . import (
    admin,
    blind,
    catalog,
    content,
    deleting,
    eighth_blind,
    fifth_blind,
    fourth_blind,
    further,
    kept,
    lifecycle,
    ninth_blind,
    objects,
    odd,
    packages,
    query,
    searching,
    second_blind,
    seventh_blind,
    sixth_blind,
    tables_and_keys,
    third_blind,
    transfer,
    writing,
)

GROUPS = (
    lifecycle,
    admin,
    catalog,
    content,
    deleting,
    kept,
    objects,
    odd,
    packages,
    query,
    searching,
    tables_and_keys,
    transfer,
    writing,
    further,
    blind,
    second_blind,
    third_blind,
    fourth_blind,
    fifth_blind,
    sixth_blind,
    seventh_blind,
    eighth_blind,
    ninth_blind,
)
ALL: list[Mutant] = [mutant for group in GROUPS for mutant in group.MUTANTS]
