"""Every operation is covered everywhere: specification, facade, suite, reference, capabilities."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from quilt_core import QuiltOps
from quilt_core.hookspecs import operations
from quilt_core.ops.admin import AdminOps
from quilt_core.plugins.validation import specifications
from quilt_core.testing import conformance
from quilt_core.testing.conformance.behaviour import behaviour_of
from quilt_core.testing.memory import MemoryCatalog, connect

ROOT = Path(__file__).parents[3]
SECTIONS = ["Arguments", "Returns", "Raises", "Since", "Example"]
# The facade's parameters are those of QuiltOps; a hook receives what `ops` makes of them.
PARSED: dict[str, dict[str, str | None]] = {
    "create_package_revision": {"s3_uris": "entries", "auto_organize": None},
    "update_package_revision": {"s3_uris": "entries", "auto_organize": None},
    "get_catalog_link": {"target": "package_name"},
    "delete_package": {"bucket": None, "name": None},  # its former names
    "read_content": {"encoding": None},
}
REORDERED = {
    "download_package",
    "verify_package",
    "open_content",
    "read_content",
}


def _method(operation: str) -> Any:
    if operation.startswith("admin_"):
        return getattr(AdminOps, operation.removeprefix("admin_"), None)
    return getattr(QuiltOps, operation, None)


def _proven() -> dict[str, list[str]]:
    """The suite's tests for each operation."""
    proven: dict[str, list[str]] = {name: [] for name in operations()}
    for test_class in conformance.TEST_CLASSES:
        for name in dir(test_class):
            found = behaviour_of(getattr(test_class, name))
            for operation in found.operations if found else ():
                proven[operation].append(f"{test_class.__name__}.{name}")
    return proven


@pytest.mark.parametrize("operation", operations())
def test_facade_has_the_hooks_parameters_in_their_order(operation: str) -> None:
    method = _method(operation)
    assert method is not None, f"the facade has no method for {operation}"
    renamed = PARSED.get(operation, {})
    given = [renamed.get(one, one) for one in list(inspect.signature(method).parameters)[1:]]
    ours = [one for one in given if one is not None]
    theirs = list(inspect.signature(specifications()[operation]).parameters)
    if operation in REORDERED:
        ours, theirs = sorted(ours), sorted(theirs)
    assert [one for one in ours if one not in ("copy", "remove")] == [
        one for one in theirs if one not in ("copy", "remove")
    ]
    assert sorted(ours) == sorted(theirs)


@pytest.mark.parametrize("operation", operations())
def test_specification_has_the_fixed_sections(operation: str) -> None:
    specification = specifications()[operation]
    text = inspect.getdoc(specification) or ""
    found = re.findall(r"^([A-Z][a-z ]+):", text, re.MULTILINE)
    assert [one for one in found if one in SECTIONS] == SECTIONS
    for parameter in inspect.signature(specification).parameters:
        assert re.search(rf"\b{parameter}\b", text), f"{parameter} is not described"
    if "Iterable" in str(inspect.signature(specification).return_annotation):
        assert any("ompleteness" in one for one in found), "a listing says when it is complete"


@pytest.mark.parametrize("operation", operations())
def test_suite_proves_it(operation: str) -> None:
    assert _proven()[operation]


def test_reference_and_parity_cover_every_operation() -> None:
    headings = re.findall(r"^### (\w+)$", _page("reference/hooks.md"), re.MULTILINE)
    assert headings == [*operations(), "around_operation"]
    rows = re.findall(r"^\| `(\w+)` \|", _page("parity.md"), re.MULTILINE)
    assert sorted(rows) == sorted(operations())


def test_capabilities_have_a_row_for_each() -> None:
    with connect(MemoryCatalog()) as ops:
        assert [one.operation for one in ops.capabilities()] == list(operations())


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")
