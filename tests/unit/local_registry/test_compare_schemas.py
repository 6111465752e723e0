"""`make schemas`: what is served is compared with schema files, and every difference is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from local_registry.config import SCHEMA_VERSIONS
from local_registry.graphql.compare_schemas import differences, main
from local_registry.graphql.schema_versions import schema_text


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder with a file for each state, as a real registry would have it."""
    for label in SCHEMA_VERSIONS:
        (tmp_path / f"registry-{label}.graphql").write_text(schema_text(label), encoding="utf-8")
    return tmp_path


def _compare(folder: Path) -> Result:
    return CliRunner().invoke(main, [str(folder)])


def test_files_alike_are_no_difference(published: Path) -> None:
    result = _compare(published)
    assert result.exit_code == 0
    assert f"{len(SCHEMA_VERSIONS)} states compared" in result.output


def test_a_field_that_only_we_serve_is_a_difference(published: Path) -> None:
    path = published / f"registry-{SCHEMA_VERSIONS[0]}.graphql"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("isAdmin:", "isKing:"), encoding="utf-8")
    result = _compare(published)
    assert result.exit_code == 1
    assert "Me.isAdmin was removed." in result.output


def test_what_only_the_file_has_is_no_difference() -> None:
    label = SCHEMA_VERSIONS[-1]
    assert differences(label, schema_text(label) + "extend type Me { isKing: Boolean }") == []


def test_an_older_state_lacks_what_came_later() -> None:
    found = differences("2026-01", schema_text("2025-10"))
    assert any("apiKeys" in one for one in found)


def test_states_that_cannot_be_compared_are_named(published: Path) -> None:
    (published / "registry-1999-12.graphql").write_text("type Query { a: Int }", encoding="utf-8")
    (published / f"registry-{SCHEMA_VERSIONS[0]}.graphql").unlink()
    result = _compare(published)
    assert result.exit_code == 0
    assert "1999-12: not served" in result.output
    assert f"{SCHEMA_VERSIONS[0]}: no file" in result.output


def test_a_folder_without_schemas_is_an_error(tmp_path: Path) -> None:
    result = _compare(tmp_path)
    assert result.exit_code == 1
    assert "belongs to a state" in result.output
