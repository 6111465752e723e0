"""Where the files of packages go: never outside of the folder, and only to valid names."""

from __future__ import annotations

from pathlib import Path

import pytest

from quilt_core.transfer import safe_paths
from quilt_core.transfer.safe_paths import (
    Lookalikes,
    Target,
    collisions,
    existing_folder,
    key_problem,
)

LEAVING = [
    "../x", "a/../x", "..", "/x", "a//b", ".", "a/./b", "", "\\x", "a/\\x", "..\\x", "a\\..\\..\\x",
    "C:x", "c:/x", "a/C:", "nul\0l",
]  # fmt: skip
FINE = [
    "a",
    "a/b.csv",
    "a b",
    "ü/☃",
    "..a",
    "a..",
    "a/...",
    "x?y",
    'q"',
    "100%",
    "a\\b",
    "CON",
    "a.",
]
NOT_ON_WINDOWS = [
    "x?y", 'q"', "a*", "a<b", "a|b", "b:c", "a\\b", "a.", "a ", "CON", "con.txt", "d/NUL.csv",
    "lpt1", "a\nb", "com¹.x",
]  # fmt: skip


@pytest.mark.parametrize("key", LEAVING)
@pytest.mark.parametrize("windows", [False, True])
def test_paths_that_leave_the_folder_are_refused_everywhere(key: str, windows: bool) -> None:
    assert key_problem(key, windows=windows)


@pytest.mark.parametrize("key", FINE)
def test_valid_posix_names_are_accepted_on_posix(key: str) -> None:
    assert key_problem(key, windows=False) is None


@pytest.mark.parametrize("key", NOT_ON_WINDOWS)
def test_invalid_windows_names_are_reported_on_windows(key: str) -> None:
    assert key_problem(key, windows=True)


@pytest.mark.parametrize("key", ["a", "a/b.csv", "ü/☃", "CONS", "lpt10", "a.b.c", "com/x"])
def test_valid_windows_names_are_accepted_on_windows(key: str) -> None:
    assert key_problem(key, windows=True) is None


def test_links_in_the_path_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "root" / "in").mkdir(parents=True)
    (tmp_path / "root" / "out").symlink_to(tmp_path)
    (tmp_path / "root" / "alias").symlink_to(tmp_path / "root" / "in")
    target = Target(tmp_path / "root")
    assert [target.leaves(key) for key in ("x", "in/x", "new/x", "alias/x")] == [False] * 4
    assert [target.leaves(key) for key in ("out/x", "out/root/x/y")] == [True, False]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["a", "b", "A/x"], [("a", "A/x")]),
        (["Readme", "README"], [("Readme", "README")]),
        (["d/a", "D/b"], []),
        (["d/a", "D/A"], [("d/a", "D/A")]),
        (["A/x/y", "a"], [("A/x/y", "a")]),
        (["e\u0301", "\u00e9"], [("e\u0301", "\u00e9")]),
        (["straße", "STRASSE"], [("straße", "STRASSE")]),
        (["a", "ab", "a.b"], []),
    ],
)
def test_collisions_where_case_does_not_matter(
    keys: list[str], expected: list[tuple[str, str]]
) -> None:
    assert collisions(keys) == expected
    lookalikes = Lookalikes()
    for key in keys:
        lookalikes.add(key)
    assert lookalikes.may_be() == bool(expected)


def test_lookalikes_are_found_among_very_many_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_paths, "_AT_ONCE", 10)
    lookalikes = Lookalikes()
    for number in range(1000):
        lookalikes.add(f"folder{number // 100}/{number}")
    assert not lookalikes.may_be()
    lookalikes.add("Folder3/333")
    assert lookalikes.may_be()


@pytest.mark.parametrize("key", ["a", "a/b.csv", "ü/☃/c"])
@pytest.mark.parametrize("root", [Path("in"), Path("/"), Path("/in/here")])
def test_a_place_is_the_path_as_text(root: Path, key: str) -> None:
    assert Target(root).place(key) == str(Target(root).path(key))


def test_the_nearest_existing_folder(tmp_path: Path) -> None:
    assert existing_folder(tmp_path / "a" / "b") == tmp_path
