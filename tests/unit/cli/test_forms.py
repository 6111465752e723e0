"""The output formats of a listing: table, CSV, TSV, JSON; on a terminal, in a pipe, in a pager."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quilt_core import PackageInfo, QuiltOps
from quilt_core.cli import terminal

from ...command_line import Ended  # type: ignore[import-not-found]
from .test_untrusted_text import HOSTILE, INFO, check  # type: ignore[import-not-found]

Cli = Callable[..., Ended]
SHOWN = HOSTILE.replace("\ud800", "\\ud800")  # which no encoding can represent
LISTINGS = [
    ("admin", "api-keys", "list"),
    ("admin", "buckets", "list"),
    ("admin", "policies", "list"),
    ("admin", "roles", "list"),
    ("admin", "users", "list"),
    ("api-keys", "list"),
    ("buckets", "list"),
    ("config", "profiles"),
    ("config", "show"),
    ("content", "browse", "t/p"),
    ("objects", "list", "s3://bucket", "-r"),
    ("objects", "search", "csv"),
    ("packages", "browse", "t/p", "-r"),
    ("packages", "list"),
    ("packages", "search"),
    ("packages", "versions", "t/p"),
    ("tabulator", "list", "bucket"),
    ("workflows", "list"),
]


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Makes standard output a terminal with this many columns and lines."""

    def resize(columns: int, lines: int = 1000) -> None:
        monkeypatch.setattr(terminal, "is_terminal", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("LINES", str(lines))
        monkeypatch.setenv("NO_COLOR", "1")

    return resize


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> PackageInfo:
    """The only package that a search finds; its texts are hostile."""
    monkeypatch.setattr(QuiltOps, "iter_search_packages", lambda self, *_, **__: [INFO])
    found: PackageInfo = INFO
    return found


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("command", LISTINGS, ids=" ".join)
def test_every_listing_fits_every_terminal(
    good: Cli,
    catalog: Any,
    package: str,
    on_terminal: Callable[[int], None],
    command: tuple[str, ...],
    width: int,
) -> None:
    long = "a-long-name-" * 9
    uri = catalog.put_object("bucket", f"in/{long}.csv", b"1")
    good("packages", "update", package, uri, "-m", "a message " * 30)
    on_terminal(width)
    ended = good(*command)
    assert max(map(len, ended.out.splitlines()), default=0) <= width
    if command[:2] == ("objects", "list"):
        assert long in "".join(line.split("  ")[0] for line in ended.out.splitlines())
    if command == ("packages", "versions", "t/p"):
        assert catalog is not None
        hashes = [row["top_hash"] for row in good(*command, "--json").rows]
        assert all(one[:12] in ended.out for one in hashes)


def test_columns_that_do_not_fit_are_named(
    good: Cli, package: str, on_terminal: Callable[[int], None]
) -> None:
    on_terminal(40)
    ended = good("packages", "search")
    assert "t/p" in ended.out
    assert "No room for " in ended.err
    assert max(map(len, ended.err.splitlines())) <= 40 or "quilt_core:" in ended.err
    assert "message" in ended.err
    assert "No room" not in good("packages", "search", "--quiet").err


def test_a_pipe_gets_whole_lines(good: Cli, catalog: Any, package: str) -> None:
    good("packages", "update", package, "--metadata", '{"n": 2}', "-m", "long " * 99)
    lines = good("packages", "versions", package).out.splitlines()
    assert len(lines) == 3
    assert ("long " * 99).strip() in lines[1]


def test_csv_follows_rfc_4180(good: Cli, found: PackageInfo) -> None:
    text = good("packages", "search", "--output", "csv").out
    # What a test captures is text, not bytes; the line ends are as written.
    [header, row] = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == list(PackageInfo.told_fields())
    shown = dict(zip(header, row, strict=True))
    assert shown["name"] == "team/data"
    assert shown["message"] == SHOWN
    assert json.loads(shown["metadata"]) == found.metadata
    assert shown["total_entries"] == "1"
    assert text.startswith("name,registry,")
    assert text.endswith("\r\n")


def test_tsv_has_one_line_per_row(good: Cli, found: PackageInfo) -> None:
    header, row, rest = good("packages", "search", "-o", "tsv").out.split("\n")
    assert rest == ""
    shown = dict(zip(header.split("\t"), row.split("\t"), strict=True))
    assert "\\r\\n" in shown["message"]
    assert shown["message"].replace("\\r", "\r").replace("\\n", "\n").replace("\\\\", "\\") == SHOWN


@pytest.mark.parametrize("form", ["csv", "tsv", "table"])
def test_control_characters_are_escaped_on_a_terminal(
    good: Cli, found: PackageInfo, on_terminal: Callable[[int], None], form: str
) -> None:
    on_terminal(80)
    text = good("packages", "search", "--output", form).out
    check(text.replace("\r\n", "\n"))


def test_nulls_booleans_and_text(good: Cli, package: str) -> None:
    text = good("packages", "versions", package, "--output", "csv").out
    assert text.splitlines()[0] == "top_hash,modified,message,is_latest"
    assert text.splitlines()[1].endswith(",true")
    assert good("packages", "list", "--output", "csv").out == "name\r\nt/p\r\n"
    assert good("packages", "list", "no/*", "--output", "csv").out == "name\r\n"
    assert good("packages", "list", "--output", "json").rows == [package]


def test_two_formats_are_refused(cli: Cli) -> None:
    assert cli("packages", "list", "--json", "--output", "csv").code == 2
    assert cli("packages", "info", "t/p", "--output", "csv").code == 2  # not a listing


@pytest.fixture
def pager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file into which the pager writes what it receives."""
    script = tmp_path / "my pager"
    script.write_text(f"#!{sys.executable}\nimport sys\nopen({str(tmp_path / 'paged')!r}, 'w')"
                      ".write(sys.stdin.read())\n")  # fmt: skip
    script.chmod(0o700)
    monkeypatch.setenv("PAGER", f"'{script}' --option")
    return tmp_path / "paged"


@pytest.fixture
def long_listing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names = [f"team/p{number:03}" for number in range(30)]
    monkeypatch.setattr(QuiltOps, "iter_all_packages", lambda self, *_, **__: iter(names))
    return names


def test_output_longer_than_the_screen_goes_through_the_pager(
    good: Cli,
    long_listing: list[str],
    pager: Path,
    on_terminal: Callable[[int, int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_terminal(80, 20)
    assert good("packages", "list").out == ""
    assert pager.read_text().split() == long_listing
    pager.unlink()
    assert good("packages", "list", "--no-pager").out.split() == long_listing
    assert len(good("packages", "list", "--json").rows) == len(long_listing)
    on_terminal(80, 31)
    assert good("packages", "list").out.split() == long_listing
    for named in ("", "cat", "no-such-pager", "'"):
        on_terminal(80, 20)
        monkeypatch.setenv("PAGER", named)
        assert good("packages", "list").out.split() == long_listing
    monkeypatch.setattr(terminal, "is_terminal", lambda: False)
    assert good("packages", "list").out.split() == long_listing
    assert not pager.exists()


def test_a_pager_that_is_quit_early(
    good: Cli,
    long_listing: list[str],
    on_terminal: Callable[[int, int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long_listing.extend(["team/more"] * 100_000)
    on_terminal(80, 20)
    monkeypatch.setenv("PAGER", "head -n 1")
    assert good("packages", "list").err == ""


def test_the_size_of_the_terminal_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_terminal", lambda: True)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("LINES", raising=False)
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((61, 17)))
    assert terminal.terminal_size() == (61, 17)


def test_a_pipe_gets_whole_hashes(good: Cli, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    [version] = good("packages", "versions", package, "--json").rows
    assert version["top_hash"] in good("packages", "versions", package).out
    monkeypatch.setattr("quilt_core.cli.terminal.is_terminal", lambda: True)
    shown = good("packages", "versions", package, "--no-pager").out
    assert version["top_hash"][:12] in shown
    assert version["top_hash"][:13] not in shown


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_an_object_is_named_by_its_uri(
    good: Cli, cli: Cli, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """S3 takes a key with a slash at its end, but whoever writes it means a folder."""
    file = tmp_path / "a.csv"
    file.write_bytes(b"1")
    for source, key in ((str(file), "a.csv"), ("-", "NAME")):
        ended = cli("objects", "put", source, "s3://bucket/x/", *options)
        assert ended.code == 2
        assert f"'s3://bucket/x/{key}'" in ended.err
    assert good("objects", "list", "s3://bucket", "--recursive", "--json").rows == []
