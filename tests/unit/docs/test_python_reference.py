"""Every operation's docstring says what it takes, returns and raises, and contains an example."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import griffe
import pytest

from quilt_core import QuiltOps, connect
from quilt_core.ops.admin import AdminOps

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "python"
FACADE = [
    (f"{cls.__name__}.{name}", function)
    for cls in (QuiltOps, AdminOps)
    for name, function in inspect.getmembers(cls, inspect.isfunction)
    if not name.startswith("_")
]
# These make no request and refuse nothing.
RAISE_NOTHING = {"QuiltOps.capabilities", "QuiltOps.close"}
_NAMES = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*):$", re.MULTILINE)


def sections(function: Callable[..., Any]) -> dict[str, Any]:
    """The numpydoc sections of a docstring, by kind."""
    text = _NAMES.sub(r"\1", inspect.getdoc(function) or "")
    parsed = griffe.parse_numpy(griffe.Docstring(text), warnings=False)
    return {section.kind.value: section.value for section in parsed}


@pytest.mark.parametrize(("name", "function"), [("connect", connect), *FACADE])
def test_an_operation_is_described(name: str, function: Callable[..., Any]) -> None:
    found = sections(function)
    described = [one.name for one in found.get("parameters", ())]
    taken = [one for one in inspect.signature(function).parameters if one != "self"]
    assert sorted(described) == sorted(taken)
    assert all(one.description.strip() for one in found.get("parameters", ()))
    assert "returns" in found or inspect.signature(function).return_annotation in ("None", None)
    assert ("raises" in found) == (name not in RAISE_NOTHING)
    assert "examples" in found
    assert _heading(function) in _pages()


def _heading(function: Callable[..., Any]) -> str:
    return f"### {function.__name__}\n"


def _pages() -> str:
    return "".join(path.read_text("utf-8") for path in REFERENCE.glob("*.md"))


def test_parameters_named_top_hash_link_to_what_is_accepted() -> None:
    takers = [
        function for _, function in FACADE if "top_hash" in inspect.signature(function).parameters
    ]
    assert len(takers) > 10
    assert _pages().count("[`top_hash`](parameters.md#top_hash)") == len(takers)


def test_a_missing_parameter_is_found() -> None:
    def operation(package_name: str, top_hash: str) -> None:
        """Do something.

        Parameters
        ----------
        package_name:
            A package.
        """

    assert [one.name for one in sections(operation)["parameters"]] == ["package_name"]
