"""The files of a folder: rules, links, and what cannot be included."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quilt_core import ValidationError
from quilt_core.transfer.folders import list_folder
from quilt_core.transfer.patterns import Selection
from quilt_core.transfer.temporary import is_temporary, remove_abandoned, temporary_path


def make(root: Path, *keys: str, **texts: str) -> Path:
    for key in keys:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts.get(key, key), encoding="utf-8")
    return root


def keys(root: Path, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    return [file.key for file in list_folder(root, Selection(include, exclude)).files]


def test_files_come_in_path_component_order(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "a/b", "a-b", "B", "a/c/d")
    assert keys(tmp_path) == ["B", "a/b", "a/c/d", "a-b", "a.txt"]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("*.log", ["d/a.txt", "d/e/b.txt", "t.txt"]),
        ("/d/", ["t.log", "t.txt"]),
        ("d/*\n!d/a.txt", ["d/a.txt", "t.log", "t.txt"]),
        ("**/e", ["d/a.log", "d/a.txt", "t.log", "t.txt"]),
        ("# all of it\n\n*\n!*.txt", ["t.txt"]),  # everything, folders included
        ("a.*", ["d/e/b.txt", "t.log", "t.txt"]),
    ],
)
def test_quiltignore_works_like_gitignore(tmp_path: Path, rules: str, expected: list[str]) -> None:
    make(tmp_path, "t.txt", "t.log", "d/a.txt", "d/a.log", "d/e/b.txt")
    (tmp_path / ".quiltignore").write_text(f"{rules}\n", encoding="utf-8")
    assert [key for key in keys(tmp_path) if key != ".quiltignore"] == expected


def test_the_deepest_rules_take_precedence(tmp_path: Path) -> None:
    make(tmp_path, "a.tmp", "d/a.tmp", "d/b.tmp")
    (tmp_path / ".quiltignore").write_text("*.tmp\n.quiltignore\n", encoding="utf-8")
    (tmp_path / "d" / ".quiltignore").write_text("!a.tmp\n", encoding="utf-8")
    assert keys(tmp_path) == ["d/a.tmp"]


def test_include_and_exclude(tmp_path: Path) -> None:
    make(tmp_path, "a.csv", "d/b.csv", "d/c.txt", "e/f.csv")
    assert keys(tmp_path, include=("*.csv",), exclude=("/e/",)) == ["a.csv", "d/b.csv"]
    assert keys(tmp_path, include=("d/",)) == ["d/b.csv", "d/c.txt"]
    with pytest.raises(ValidationError, match="exclude has a pattern"):
        keys(tmp_path, exclude=("!",))


def test_links(tmp_path: Path) -> None:
    root = make(tmp_path / "root", "a", "d/b")
    make(tmp_path, "outside")
    (root / "file-link").symlink_to(root / "a")
    (root / "folder-link").symlink_to(root / "d")
    (root / "leaves").symlink_to(tmp_path / "outside")
    (root / "leaves-too").symlink_to(tmp_path)
    (root / "d" / "loop").symlink_to(root / "d")
    (root / "d" / "top").symlink_to(root)
    (root / "dangling").symlink_to(root / "nothing")
    listed = list_folder(root, Selection())
    found = [file.key for file in listed.files]
    assert found == ["a", "d/b", "file-link", "folder-link/b"]
    assert set(listed.problems) == {
        "leaves", "leaves-too", "d/loop", "d/top", "dangling",
        "folder-link/loop", "folder-link/top",
    }  # fmt: skip


def test_excluded_files_are_not_problems(tmp_path: Path) -> None:
    root = make(tmp_path / "root", "a")
    (root / "leaves").symlink_to(tmp_path)
    os.mkfifo(root / "pipe")
    assert set(list_folder(root, Selection()).problems) == {"leaves", "pipe"}
    (root / ".quiltignore").write_text("leaves\n", encoding="utf-8")
    assert list_folder(root, Selection(exclude=["pipe"])).problems == {}


def test_names_that_are_not_unicode(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv")).touch()
    except OSError:
        pytest.skip("this file system has Unicode names only")
    listed = list_folder(tmp_path, Selection())
    assert list(listed.problems) == ["\\udcff.csv"]


@pytest.mark.parametrize("name", ["nothing", "a"])
def test_a_path_that_is_not_a_folder(tmp_path: Path, name: str) -> None:
    make(tmp_path, "a")
    with pytest.raises(ValidationError):
        keys(tmp_path / name)


def test_unreadable_rules_stop_everything(tmp_path: Path) -> None:
    (tmp_path / ".quiltignore").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValidationError, match="cannot be read"):
        keys(tmp_path)


def test_temporary_files_are_never_included(tmp_path: Path) -> None:
    mine = temporary_path(tmp_path)
    mine.touch()
    dead = tmp_path / mine.name.replace(f"-{os.getpid()}-", "-4194305-")  # above any process id
    dead.touch()
    make(tmp_path, "a", ".quiltops-notes.part")
    assert keys(tmp_path) == [".quiltops-notes.part", "a"]
    assert is_temporary(mine.name)
    assert remove_abandoned([tmp_path, tmp_path / "nothing"]) == 1
    assert {path.name for path in tmp_path.iterdir()} == {mine.name, "a", ".quiltops-notes.part"}


def test_temporary_files_of_another_machine_are_kept_for_a_day(tmp_path: Path) -> None:
    strange = tmp_path / ".quiltops-00000000-1-0123456789abcdef.part"
    strange.touch()
    assert remove_abandoned([tmp_path]) == 0
    os.utime(strange, (1, 1))
    assert remove_abandoned([tmp_path]) == 1
