"""What a type checker sees of the public names, and the typos that it finds."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from mypy import api

import quilt_core
from quilt_core import ApiKeyStatus, CopyMode, SearchOrder, Secret
from quilt_core.domain.api_keys import ApiKeyStatusName
from quilt_core.domain.entries import CopyModeName
from quilt_core.domain.search import SearchOrderName
from quilt_core.ops.connection import connect
from quilt_core.settings import AWS_IDENTITIES, setting_fields
from quilt_core.settings.model import AnySettings, AwsIdentity, MoreSettings

RIGHT = """
from quilt_core import SearchOrder, connect, load_settings
ops = connect("memory", timeout=5, aws_identity="role", options={"database": "x.db"})
ops.search_packages("x", order="newest")
ops.search_packages("x", order=SearchOrder.NEWEST)
ops.create_package_revision("a/b", [], copy="new")
ops.create_package_revision("a/b", [], copy=True)
ops.list_api_keys(status="ACTIVE")
ops.admin.list_api_keys(status="EXPIRED")
load_settings(registry="s3://bucket", page_size=3)
"""
WRONG = """
from quilt_core import connect, load_settings
ops = connect("memory", timout=5)
connect("memory", timeout="five")
connect("memory", aws_identity="rôle")
ops.search_packages("x", order="newst")
ops.create_package_revision("a/b", [], copy="nwe")
ops.list_api_keys(status="ACTIV")
ops.admin.list_api_keys(status="active")
load_settings(pagesize=3)
"""
NO_NAME = "from quilt_core import conect"


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[int]]:
    """The lines with errors by module, from a single run over all modules."""
    folder = tmp_path_factory.mktemp("typed")
    names = "\n".join(f"from quilt_core import {name}" for name in sorted(quilt_core.__all__))
    sources = {"right": RIGHT, "wrong": WRONG, "no_name": NO_NAME, "all_names": names}
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source)
    root = Path(__file__).parents[3]
    cache = root / ".mypy_cache"  # the cache of `make lint`, so that little is left to do
    out, problems, code = api.run(
        ["--strict", "--no-error-summary", "--config-file", "", "--cache-dir", str(cache),
         "--python-version", "3.11", "--follow-imports", "silent",
         *(str(folder / f"{name}.py") for name in sources)]
    )  # fmt: skip
    assert code in (0, 1), problems
    found: dict[str, set[int]] = {name: set() for name in sources}
    for match in re.finditer(r"(\w+)\.py:(\d+): error: .*", out):
        assert match[1] in found, match[0]
        found[match[1]].add(int(match[2]))
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_right_code_has_no_errors(errors: dict[str, set[int]]) -> None:
    assert errors["right"] == set()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_typo_is_found(errors: dict[str, set[int]]) -> None:
    assert errors["wrong"] == {number for number, line in enumerate(WRONG.splitlines(), 1)
                               if number > 2 and line}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_type_checker_sees_the_public_names_and_no_others(errors: dict[str, set[int]]) -> None:
    assert errors["all_names"] == set()
    assert errors["no_name"] == {1}
    # The type checker follows `__all__` of modules that are imported with a star.
    whole = ("quilt_core.bars", "quilt_core.domain", "quilt_core.errors", "quilt_core.facade",
             "quilt_core.ops.admin")  # fmt: skip
    seen = {name for module in whole for name in import_module(module).__all__}
    assert {"__version__", *seen} == set(quilt_core.__all__)
    assert len(quilt_core.__all__) == len(set(quilt_core.__all__))
    assert set(quilt_core.__all__) <= set(dir(quilt_core))


def test_literals_have_the_values_of_their_enums() -> None:
    for literal, enum in (
        (SearchOrderName, SearchOrder), (CopyModeName, CopyMode), (ApiKeyStatusName, ApiKeyStatus),
    ):  # fmt: skip
        assert list(get_args(literal)) == [member.value for member in enum]
    assert get_args(AwsIdentity) == AWS_IDENTITIES


def test_the_typed_settings_are_the_settings() -> None:
    fields = {field.name for field in setting_fields()}
    assert set(get_type_hints(AnySettings)) == fields
    explicit = set(get_type_hints(connect, localns={"Secret": Secret})) - {"return", "others"}
    assert set(get_type_hints(MoreSettings)) == fields - explicit
