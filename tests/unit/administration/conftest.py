"""A catalog in memory, and an administration file applied to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import Any

import pytest

from quilt_core import QuiltOps, RoleSignup, administration
from quilt_core.administration import ChangeResult, Plan
from quilt_core.testing.memory import MemoryCatalog, connect

CODE = "open-sesame-1"
Planner = Callable[..., Plan]
Applier = Callable[..., list[ChangeResult]]


@pytest.fixture
def catalog() -> MemoryCatalog:
    """Two buckets; roles that read and write; `ada` writes and may read, `bob` reads."""
    found = MemoryCatalog()
    found.add_bucket("raw")
    found.add_bucket("clean")
    found.foreign_buckets.add("new-bucket")
    found.add_role("Readers", reads=("raw",))
    found.add_role("Writers", writes=("raw", "clean"))
    found.add_user("ada", role="Writers", extra_roles=("Readers",))
    found.add_user("bob", role="Readers")
    return found


@pytest.fixture
def ops(catalog: MemoryCatalog) -> Iterator[QuiltOps]:
    with connect(catalog) as connection:
        yield connection


@pytest.fixture
def signup(ops: QuiltOps) -> RoleSignup:
    """The signup settings of the role Readers."""
    found = RoleSignup(page="join", access_code=CODE)
    ops.admin.update_role("Readers", signup=found)
    return found


@pytest.fixture
def plan(ops: QuiltOps) -> Planner:
    """Makes the plan for a file, whose text is given without its `version` line."""

    def make(text: str, **options: Any) -> Plan:
        document = administration.parse_document("version: 1\n" + dedent(text), source="a.yaml")
        return administration.make_plan(administration.read_state(ops), document, **options)

    return make


@pytest.fixture
def apply(ops: QuiltOps, plan: Planner) -> Applier:
    """Applies a file, whose text is given without its `version` line; returns the results."""

    def run(text: str, **options: Any) -> list[ChangeResult]:
        return administration.execute_plan(ops, plan(text, **options))

    return run


def told(made: Plan) -> list[str]:
    """A short form of a plan's changes, such as ``"update role Readers: policies"``."""
    return [
        f"{change.action} {change.kind} {change.name}".rstrip()
        + (f": {', '.join(field.field for field in change.fields)}" if change.fields else "")
        for change in made.changes
    ]
