"""A registry in a folder, with files to put into packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import quilt_core
from quilt_core import QuiltOps
from quilt_core.domain import FileUri

from ...clocks import SkippingClock, skipping_clock

__all__ = ["skipping_clock"]


@pytest.fixture(autouse=True)
def _nobody_waits(skipping_clock: SkippingClock) -> None:
    """Waiting takes no time: a clock that the tests control moves on instead."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registry"


@pytest.fixture
def ops(folder: Path) -> Iterator[QuiltOps]:
    with quilt_core.connect("quilt3", registry=folder.as_uri()) as connection:
        yield connection


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], str]:
    """Writes a file with a name and a text, and returns its URI."""

    def make(name: str, text: str) -> str:
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return FileUri(path).url

    return make
