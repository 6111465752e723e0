"""`quiltops push`, `install`, `cat` and `verify`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files; the records of transfers are kept beside it."""
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(tmp_path / "records"))
    made = tmp_path / "data"
    (made / "d").mkdir(parents=True)
    (made / "a.csv").write_bytes(b"1,2\n")
    (made / "d" / "b.txt").write_bytes(b"b\x1b[31m\n")
    (made / "d" / "raw.bin").write_bytes(b"\xff\x00")
    return made


def test_push_and_install(good: Cli, folder: Path, tmp_path: Path) -> None:
    pushed = good("push", str(folder), "t/p", "-m", "First", "--metadata", '{"n": 1}', "--json").row
    assert (pushed["written"], pushed["uploads"], len(pushed["new"])) == (True, 3, 3)
    info = good("packages", "info", "t/p", "--json").row
    assert (info["message"], info["metadata"]) == ("First", {"n": 1})
    again = good("push", str(folder), "t/p", "--exclude", "*.bin", "--json").row
    assert (again["uploads"], again["removed"]) == (0, ["d/raw.bin"])
    target = tmp_path / "target"
    installed = good("install", "t/p", "-o", str(target), "--path", "d", "--json").row
    assert installed["downloaded"] == ["d/b.txt"]
    assert (target / "d" / "b.txt").read_bytes() == b"b\x1b[31m\n"
    earlier = good(
        "install", "t/p", "-o", str(target), "--top-hash", pushed["top_hash"], "--json"
    ).row
    assert set(earlier["downloaded"]) == {"a.csv", "d/raw.bin"}
    deleted = good("install", "t/p", "-o", str(target), "--delete", "--json").row
    assert deleted["deleted"] == ["d/raw.bin"]
    assert "top hash" in good("install", "t/p", "-o", str(target)).out


def test_an_install_shows_which_edited_files_it_replaces(
    good: Cli, folder: Path, tmp_path: Path
) -> None:
    good("push", str(folder), "t/p")
    target = tmp_path / "target"
    good("install", "t/p", "-o", str(target))
    (target / "a.csv").write_bytes(b"mine")
    shown = good("install", "t/p", "-o", str(target), "--dry-run").out
    assert re.search(r"^replaced\s+a\.csv$", shown, re.MULTILINE)
    assert good("install", "t/p", "-o", str(target), "--json").row["replaced"] == ["a.csv"]
    assert "are replaced, including edited ones" in " ".join(good("install", "--help").out.split())


def test_a_merge_that_changes_nothing_says_that_it_wrote_nothing(good: Cli, folder: Path) -> None:
    first = good("push", str(folder), "t/p", "-m", "First")
    assert "Nothing changed" not in first.err
    same = good("push", str(folder), "t/p", "--merge", "-m", "Second")
    words = " ".join(same.err.split())
    assert "Nothing changed, so no revision was written, and the message was not used." in words
    silent = " ".join(good("push", str(folder), "t/p", "--merge").err.split())
    assert "Nothing changed, so no revision was written." in silent
    planned = good("push", str(folder), "t/p", "--merge", "--dry-run", "-m", "Third")
    assert "Nothing changed" not in planned.err
    assert good("packages", "info", "t/p", "--json").row["message"] == "First"


def test_merge_and_clearing_of_metadata(good: Cli, folder: Path, tmp_path: Path) -> None:
    good("push", str(folder), "t/p", "--metadata", '{"n": 1}')
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "new").write_bytes(b"n")
    merged = good("push", str(tmp_path / "more"), "t/p", "--merge", "--json").row
    assert (merged["new"], merged["removed"]) == (["new"], [])
    good("push", str(folder), "t/p", "--metadata", "{}")
    info = good("packages", "info", "t/p", "--json").row
    assert (info["metadata"], info["total_entries"]) == ({}, 3)


def test_dry_runs_write_nothing(good: Cli, cli: Cli, folder: Path, tmp_path: Path) -> None:
    ended = good("push", str(folder), "t/p", "--dry-run", "--json")
    assert (ended.row["dry_run"], ended.row["uploads"]) == (True, 3)
    assert "put_object" not in ended.operations
    assert cli("packages", "info", "t/p").code == 5
    good("push", str(folder), "t/p")
    planned = good("install", "t/p", "-o", str(tmp_path / "t"), "--dry-run", "--json").row
    assert len(planned["downloaded"]) == 3
    assert not (tmp_path / "t").exists()


def test_a_package_is_named_by_a_uri(good: Cli, cli: Cli, folder: Path, tmp_path: Path) -> None:
    registry = good("push", str(folder), "t/p", "--json").row["registry"]
    uri = f"quilt+{registry}#package=t/p"
    assert good("push", str(folder), uri, "--json").row["uploads"] == 0
    assert good("cat", f"{uri}&path=a.csv").out == "1,2\n"
    assert cli("cat", uri).code == 2
    target = str(tmp_path / "target")
    assert len(good("install", uri, "-o", target, "--json").row["downloaded"]) == 3
    assert good("verify", f"{uri}&path=d", target, "--json").row["matching"] == 2


def test_cat(good: Cli, cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good("push", str(folder), "t/p")
    assert good("cat", "t/p", "a.csv").out == "1,2\n"
    assert good("cat", "t/p", "d/b.txt").out == "b\x1b[31m\n"
    assert good("cat", "t/p", "a.csv", "--json").row == {
        "package": "t/p", "path": "a.csv", "size": 4, "text": "1,2\n",
    }  # fmt: skip
    uri = "quilt+s3://bucket#package=t/p"
    for named in ((f"{uri}&path=a.csv",), (uri, "a.csv")):
        assert good("cat", *named, "--json").row == {
            "package": "t/p", "path": "a.csv", "size": 4, "text": "1,2\n",
        }  # fmt: skip
    assert good("cat", "t/p", "d/raw.bin", "--json").row["base64"] == "/wA="
    assert cli("cat", "t/p", "d").code == 2
    assert cli("cat", "t/p", "none").code == 5
    monkeypatch.setattr("quilt_core.cli.transfer._is_terminal", lambda: True)
    assert good("cat", "t/p", "d/b.txt").out == "b\\x1b[31m\n"
    (folder / "a.csv").write_text("a\u2028\u202e\tb\n", encoding="utf-8")
    good("push", str(folder), "t/p")
    assert good("cat", "t/p", "a.csv").out == "a\\u2028\\u202e\tb\n"


def test_verify_exits_with_one_when_the_folder_differs(good: Cli, cli: Cli, folder: Path) -> None:
    good("push", str(folder), "t/p")
    assert good("verify", "t/p", str(folder), "--json").row["matching"] == 3
    (folder / "a.csv").write_bytes(b"3,4\n")
    (folder / "extra").write_bytes(b"")
    ended = cli("verify", "t/p", str(folder), "--json")
    assert ended.code == 1
    assert (ended.row["extra"], [one["path"] for one in ended.row["differing"]]) == (
        ["extra"], ["a.csv"],
    )  # fmt: skip
    assert "a.csv (hash)" in cli("verify", "t/p", str(folder)).out
    assert cli("verify", "t/p", str(folder / "a.csv")).code == 2


def test_errors_name_the_files(cli: Cli, folder: Path, tmp_path: Path) -> None:
    (folder / "out").symlink_to(tmp_path)
    ended = cli("push", str(folder), "t/p", "--json")
    assert ended.code == 2
    told = json.loads(ended.err.splitlines()[-1])
    assert list(told["context"]["failures"]) == ["out"]
    assert told["context"]["outcome"] == "not_written"
    assert cli("push", str(folder / "nothing"), "t/p").code == 2


def test_long_lists_are_shortened_only_for_people(good: Cli, folder: Path) -> None:
    for number in range(50):
        (folder / f"{number:02}").write_bytes(b"")
    assert "… and 33 more" in good("push", str(folder), "t/p", "--dry-run").out
    assert len(good("push", str(folder), "t/p", "--json").row["new"]) == 53


@pytest.mark.parametrize(
    "arguments", [("push", "", "t/p"), ("install", "t/p", "-o", ""), ("verify", "t/p", "")]
)
def test_empty_text_is_not_the_current_folder(
    good: Cli, cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    good("push", str(folder), "t/p")
    monkeypatch.chdir(folder)
    ended = cli(*arguments)
    assert (ended.code, ended.operations) == (2, [])
    assert "The path is empty; the current folder is '.'." in ended.err
    here = [text or "." for text in arguments]
    assert cli(*here).code == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_push_notes_names_that_no_install_can_write(
    good: Cli, cli: Cli, folder: Path, tmp_path: Path
) -> None:
    (folder / "d" / "a:b").write_bytes(b"1")
    (folder / "x\\..\\y").write_bytes(b"2")
    for form in (("--dry-run",), ()):
        ended = good("push", str(folder), "t/p", *form)
        assert "2 files can be pushed but not installed" in ended.err
        assert "'d/a:b'" in ended.err
        assert "'x\\\\..\\\\y'" in ended.err
    assert cli("install", "t/p", "-o", str(tmp_path / "t")).code == 2
    assert "installed" not in good("push", str(folder), "t/p", "--quiet", "--merge").err
    (folder / "fine").write_bytes(b"")
    assert "installed" not in good("push", str(folder), "t/p", "--include", "fine").err


def test_an_install_notes_that_no_file_is_selected(good: Cli, folder: Path, tmp_path: Path) -> None:
    good("push", str(folder), "t/p")
    target = str(tmp_path / "target")
    ended = good("install", "t/p", "-o", target, "--include", "nope")
    assert "No file of t/p is selected" in ended.err
    assert "selected" not in good("install", "t/p", "-o", target, "--include", "*.csv").err
    assert "selected" not in good("install", "t/p", "-o", target, "--include", "*.csv").err


def test_the_url_of_a_file_is_named_by_a_uri(good: Cli, cli: Cli, folder: Path) -> None:
    registry = good("push", str(folder), "t/p", "--json").row["registry"]
    uri = f"quilt+{registry}#package=t/p"
    url = good("content", "url", "t/p", "a.csv").out
    assert good("content", "url", f"{uri}&path=a.csv").out == url
    for arguments in ((uri,), ("t/p",)):
        refused = cli("content", "url", *arguments)
        assert refused.code == 2
        assert "No path is given" in refused.err
