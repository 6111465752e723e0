"""Paths in `file://` URIs on POSIX and on Windows, each of which can be tested on the other."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

import pytest

from quilt_core.domain.file_paths import path_of_url, url_of_path

CASES = [
    ("file:///C:/data/a%20b.csv", PureWindowsPath(r"C:\data\a b.csv")),
    ("file:///C:/", PureWindowsPath("C:\\")),
    ("file:///d:/x%23y", PureWindowsPath(r"d:\x#y")),
    ("file:///data/a%20b.csv", PurePosixPath("/data/a b.csv")),
    ("file:///C%3A/data", PurePosixPath("/C:/data")),
    ("file:///data/%C3%A9", PurePosixPath("/data/é")),
    ("file:///", PurePosixPath("/")),
]


@pytest.mark.parametrize(("url", "path"), CASES, ids=[url for url, _ in CASES])
def test_a_path_survives_the_round_trip(url: str, path: PurePath) -> None:
    assert path_of_url(urlsplit(url).path, type(path)) == path
    assert url_of_path(path) == url


def test_a_drive_is_recognised_however_it_is_written() -> None:
    assert path_of_url("/C%3A/data", PureWindowsPath) == PureWindowsPath("C:/data")
    assert path_of_url("/C:/data", PurePosixPath) == PurePosixPath("/C:/data")
    assert path_of_url("/C:data", PureWindowsPath).as_posix() != "C:/data"
