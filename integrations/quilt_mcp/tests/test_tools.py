"""Every tool, resource and function that needs only a registry works on both backends."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from types import ModuleType
from typing import Any

import pytest
from scenario import FUNCTIONS, INTERNET, RESOURCES, STS, tools

Results = Callable[[str], list[dict[str, Any]]]

STEPS = [*tools(""), *RESOURCES, *FUNCTIONS]
ONLY_LEGACY = ("workflow_", "workflow:", "metadata:")
"""What quilt-mcp does not offer if it serves many users."""
CASES = [
    (configuration, name)
    for configuration, prefixes in (("quiltops-platform", ONLY_LEGACY), ("quiltops-quilt3", ()))
    for name in dict.fromkeys(step.name for step in STEPS)
    if not name.startswith(prefixes or ("nothing",))
]
NEEDS = {step.name: step.needs for step in STEPS if step.needs}


@pytest.mark.parametrize(("configuration", "name"), CASES)
def test_it_works(results: Results, configuration: str, name: str) -> None:
    calls = [one for one in results(configuration) if one["name"] == name]
    assert calls, "quilt-mcp does not offer it"
    said = [one["said"] for one in calls if not one["right"]]
    if name not in NEEDS:
        assert said == []
    elif NEEDS[name] != INTERNET:
        # Up to a refusal by the local registry, which knows the user's credentials.
        assert NEEDS[name] == STS
        assert all("The local Quilt registry has no STS" in one for one in said)
        assert len(said) == len(calls)


@pytest.mark.parametrize("configuration", ["quiltops-platform", "quiltops-quilt3"])
def test_nothing_that_is_registered_is_left_out(results: Results, configuration: str) -> None:
    offered = {one["name"] for one in results(configuration)}
    assert offered == {name for chosen, name in CASES if chosen == configuration}


def test_the_page_is_up_to_date(results: Results, generator: ModuleType) -> None:
    found = {one: results(one) for one in generator.CONFIGURATIONS}
    wanted = generator.page(found, version("quilt-mcp"))
    assert generator.PAGE.read_text(encoding="utf-8") == wanted, "run `make quilt-mcp-page`"


def test_the_page_refuses_a_failure_without_an_explanation(generator: ModuleType) -> None:
    failed = {"kind": "tool", "name": "bucket_list", "needs": None, "right": False, "said": "?"}
    empty = {one: [] for one in generator.CONFIGURATIONS}
    with pytest.raises(ValueError, match="bucket_list: "):
        generator.page({**empty, "quiltops-quilt3": [failed]}, "1")
    works = {**failed, "name": "packages_list", "kind": "function", "right": True}
    with pytest.raises(ValueError, match="works, against FAILURES"):
        generator.page({**empty, "quilt-mcp-quilt3": [works]}, "1")
