"""Text from files and standard input: UTF-8, with or without a mark of byte order."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core.cli.text_input import standard_input
from quilt_core.errors import ValidationError

Cli = Callable[..., Any]
MARK = "\ufeff"
TABLE = """schema:
  - name: species
    type: STRING
source:
  type: quilt-packages
  package_name: ^palmer/penguins$
  logical_key: ^penguins\\.csv$
parser:
  format: csv
"""
FILES = (
    ("tabulator", "create", "bucket", "one"),
    ("tabulator", "update", "bucket", "two"),
    ("admin", "sso", "set"),
    ("admin", "roles", "create", "R", "--signup-page", "Page", "--signup-code-file"),
)


@pytest.mark.parametrize("by", ["file", "standard input"])
def test_a_mark_of_byte_order_is_no_part_of_what_is_stored(
    good: Cli, tmp_path: Path, by: str
) -> None:
    """Editors and shells on Windows begin their text with one, and end lines in their way."""
    file = tmp_path / "table.yaml"
    file.write_bytes((MARK + TABLE.replace("\n", "\r\n")).encode())
    source, stdin = (str(file), "") if by == "file" else ("-", MARK + TABLE)
    created = good("tabulator", "create", "bucket", "one", source, "--json", stdin=stdin)
    assert created.row["config"] == TABLE
    updated = good("tabulator", "update", "bucket", "one", source, "--json", stdin=stdin)
    assert updated.row["config"] == TABLE


@pytest.mark.parametrize("command", FILES)
def test_a_file_that_is_not_text_is_named(
    cli: Cli, good: Cli, tmp_path: Path, command: tuple[str, ...]
) -> None:
    good("tabulator", "create", "bucket", "two", "-", stdin=TABLE)
    file = tmp_path / "latin"
    file.write_bytes("käse".encode("latin-1"))
    ended = cli(*command, str(file))
    assert ended.code == 2, ended
    assert f"The file {str(file)!r} is not UTF-8" in ended.err


def test_standard_input_is_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    def given(data: bytes) -> str:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="latin-1"))
        return standard_input()

    assert given(f"{MARK}SELECT\r\n'ä'".encode()) == "SELECT\n'ä'"
    with pytest.raises(ValidationError, match="Standard input is not UTF-8"):
        given(b"\xff")
