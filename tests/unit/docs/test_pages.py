"""What the pages for new users promise is true: calls, messages, versions."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import quilt3
from local_registry.config import SCHEMA_VERSIONS

from quilt_core import QuiltOps
from quilt_core.ops.admin import AdminOps

ROOT = Path(__file__).parents[3]
SOURCES = (
    "quilt_core",
    "packages/registry_client/quilt_registry",
    "plugins/platform_backend",
    "plugins/quilt3_backend",
)
MESSAGES = re.findall(
    r"^### `(.+)`$", (ROOT / "docs" / "troubleshooting.md").read_text("utf-8"), re.MULTILINE
)
_GAP = re.compile(r"[… ]*…[… ]*")


@cache
def sources() -> list[str]:
    return [path.read_text("utf-8") for folder in SOURCES for path in (ROOT / folder).rglob("*.py")]


@cache
def templates(source: str) -> set[str]:
    """Every string in a source, with `…` for what is filled in."""
    return {
        _GAP.sub("…", _template(node))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.JoinedStr, ast.Constant))
    }


def _template(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_template(one) for one in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "…"


def is_said(message: str) -> bool:
    """Whether a source contains this text; where the text ends with `…`, more may follow."""
    wanted = _GAP.sub("…", message)
    words = set(re.findall(r"[^\W\d_]+", wanted))
    found = (templates(source) for source in sources() if all(word in source for word in words))
    if not wanted.endswith("…"):
        return any(wanted in strings for strings in found)
    return any(one.startswith(wanted[:-1]) for strings in found for one in strings)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_in_the_troubleshooting_page_exists_in_the_sources(message: str) -> None:
    assert is_said(message)


def test_twenty_errors_are_explained() -> None:
    assert len(MESSAGES) == len(set(MESSAGES)) == 20
    assert not is_said("There is no bicycle … in ….")


CALLS = [
    call
    for line in (ROOT / "docs" / "coming-from-quilt3.md").read_text("utf-8").splitlines()
    if line.startswith("|")
    for call in re.findall(r"`((?:quilt3|ops)\.[^`]+\))`", line)
]


@pytest.mark.parametrize("text", CALLS)
def test_a_call_of_the_page_for_users_of_quilt3_is_right(text: str) -> None:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    given = [object()] * len(call.args)
    named: dict[str, Any] = {str(one.arg): object() for one in call.keywords}
    function, owner = _resolved(ast.unparse(call.func))
    inspect.signature(function).bind(*([object()] if owner is not None else []), *given, **named)


def _resolved(name: str) -> tuple[Any, Any]:
    """A function by its dotted name, and our class if the function is a method of it."""
    first, *rest = name.split(".")
    found, owner = (quilt3, None) if first == "quilt3" else (QuiltOps, QuiltOps)
    if rest[0] == "admin" and owner is not None:
        found, rest = AdminOps, rest[1:]
    for part in rest:
        found = getattr(found, part)
    return found, owner


def test_both_libraries_are_compared() -> None:
    for side in ("quilt3.", "ops."):
        assert sum(call.startswith(side) for call in CALLS) > 25


SUPPORTED = (ROOT / "docs" / "supported.md").read_text("utf-8")


def project(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))
    return found["project"]  # type: ignore[no-any-return]


def test_the_versions_of_python_are_those_of_the_classifiers() -> None:
    prefix = "Programming Language :: Python :: 3."
    declared = [one[len(prefix) - 2 :] for one in project(".")["classifiers"] if prefix in one]
    assert re.findall(r"\b3\.\d\d\b", SUPPORTED) == declared
    assert project(".")["requires-python"] == f">={declared[0]}"


def test_the_schema_states_are_those_that_are_served() -> None:
    assert tuple(re.findall(r"^\| (\d{4}-\d\d) \|", SUPPORTED, re.MULTILINE)) == SCHEMA_VERSIONS


def test_the_versions_of_quilt3_are_those_that_the_backend_takes() -> None:
    lowest, above = re.findall(r"quilt3 ([\d.]+) or later, and below (\d+)", SUPPORTED)[0]
    assert f"quilt3>={lowest},<{above}" in project("plugins/quilt3_backend")["dependencies"]
