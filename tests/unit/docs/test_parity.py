"""The page of parity marks what both backends answer with the same code."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from quilt_core.hookspecs import hookimpl, operations
from quilt_core.plugins import BackendPlugin
from quilt_core.testing.conformance.report import same_code

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = spec_from_file_location("generate_parity", DOCS / "generate_parity.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@attrs.frozen
class Shared:
    @hookimpl
    def list_buckets(self) -> list[str]:
        return []

    @hookimpl
    def get_registry_url(self) -> str:
        return "https://shared"


class Changed(Shared):
    @hookimpl
    def get_registry_url(self) -> str:
        return "https://own"


class Similar:
    @hookimpl
    def list_buckets(self) -> list[str]:
        return []


def _backend(*implementers: object) -> BackendPlugin:
    return BackendPlugin(name="any", hook_version=1, implementers=implementers)


def test_inherited_functions_are_the_same_and_overridden_ones_are_not() -> None:
    assert same_code(_backend(Shared()), _backend(Changed())) == {"list_buckets"}


def test_functions_that_only_look_alike_are_not_the_same() -> None:
    assert same_code(_backend(Shared()), _backend(Similar())) == frozenset()


def test_the_page_marks_every_operation_as_the_backends_are(generator: ModuleType) -> None:
    page = (DOCS / "parity.md").read_text("utf-8")
    marked = dict(re.findall(r"^\| `(\w+)` \|.*\| ([\w ]+) \|$", page, re.MULTILINE))
    assert marked == generator.code_column()
    assert set(marked) == set(operations())


def test_packages_are_separate_and_administration_is_shared(generator: ModuleType) -> None:
    column = generator.code_column()
    assert column["create_package_revision"] == column["browse_content"] == "separate"
    assert {column[name] for name in operations() if name.startswith("admin_")} == {"shared"}
