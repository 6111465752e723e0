"""Progress bars drawn by tqdm and by rich, outside of notebooks."""

from __future__ import annotations

import builtins
import io
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rich.console import Console
from tqdm.auto import tqdm

import quilt_core
from quilt_core import Progress, ProgressBars, bars
from quilt_core.progress import ProgressReporter
from quilt_core.testing import memory

REGISTRY = "s3://my-bucket"


class Terminal(io.StringIO):
    """A standard error that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


class Library:
    """One of the two libraries, with what a test needs of it."""

    def __init__(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.name = name
        self.terminal = Terminal()
        self._monkeypatch = monkeypatch

    def progress_bars(self) -> ProgressBars:
        # Called by the test rather than a fixture: pytest replaces the stream in between.
        self._monkeypatch.setattr(sys, "stderr", self.terminal)
        return quilt_core.progress_bars()

    @property
    def text(self) -> str:
        return self.terminal.getvalue()


@pytest.fixture(params=["tqdm", "rich"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    if request.param == "rich":
        without_tqdm(monkeypatch)
    return Library(request.param, monkeypatch)


def without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == "tqdm":
            raise ModuleNotFoundError("No module named 'tqdm'", name="tqdm")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)


@pytest.fixture
def ops() -> Iterator[quilt_core.QuiltOps]:
    catalog = memory.MemoryCatalog()
    catalog.add_bucket("my-bucket")
    with memory.connect(catalog, user="admin") as ops:
        yield ops


def step(done: int, total: int | None = 10, phase: str = "uploading") -> Progress:
    return Progress(operation="push_package", phase=phase, done=done, total=total, unit="objects")


def is_idle(progress: ProgressBars) -> bool:
    display = progress._display
    return not progress._open and getattr(display, "live", None) is None


def test_the_library_that_is_installed_draws(library: Library) -> None:
    with library.progress_bars() as progress:
        progress(step(1))
        kind = bars.TqdmDisplay if library.name == "tqdm" else bars.RichDisplay
        assert isinstance(progress._display, kind)
    assert "uploading" in library.text
    assert "10" in library.text


def test_a_push_and_a_download(library: Library, ops: quilt_core.QuiltOps, tmp_path: Any) -> None:
    progress = library.progress_bars()
    files = {f"{number}.txt": b"x" * 1000 for number in range(4)}
    ops.push_package("t/p", files, REGISTRY, use_cache=False, progress=progress)
    assert is_idle(progress), "a bar closes when its phase is complete"
    ops.download_package("t/p", tmp_path / "copy", REGISTRY, progress=progress)
    assert is_idle(progress)
    assert "uploading" in library.text
    assert "downloading" in library.text
    assert "4.00k" in library.text or "4.0 kB" in library.text


def test_an_error_closes_the_bar(library: Library) -> None:
    with pytest.raises(RuntimeError, match="halfway"), library.progress_bars() as progress:
        progress(step(1))
        progress(step(1, None, "hashing"))
        raise RuntimeError("halfway")
    assert is_idle(progress)
    with progress:
        progress(step(1))
        assert not is_idle(progress)
    assert is_idle(progress)


def test_a_second_call_starts_again(library: Library) -> None:
    with library.progress_bars() as progress:
        progress(step(7))
        first = progress._open["push_package", "uploading"].bar
        progress(step(2))
        assert progress._open["push_package", "uploading"].bar is not first
        assert progress._open["push_package", "uploading"].done == 2
    assert is_idle(progress)


def test_threads_report_at_the_same_time(library: Library) -> None:
    with library.progress_bars() as progress:
        reporters = [
            ProgressReporter(progress, "push_package", phase, 400, "bytes")
            for phase in ("hashing", "uploading")
        ]
        threads = [
            threading.Thread(target=lambda one=one: [one.advance() for _ in range(100)])
            for one in reporters * 4
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert is_idle(progress), "both came to their end"
    assert "hashing" in library.text
    assert "uploading" in library.text


def test_the_name_of_a_phase_cannot_control_the_terminal(library: Library) -> None:
    with library.progress_bars() as progress:
        progress(step(1, phase="\x1b]0;title\x07[red]"))
    assert "\x1b]0;" not in library.text
    assert "[red]" in library.text


def test_nothing_is_drawn_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with quilt_core.progress_bars() as progress:
        progress(step(1))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("watched", [True, False])
def test_a_notebook_gets_bars_although_standard_error_is_not_a_terminal(
    monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setattr("rich.console._is_jupyter", lambda: watched)
    assert Console().is_jupyter is watched
    assert (quilt_core.progress_bars()._display is not None) is watched


def test_tqdm_gets_the_numbers() -> None:
    made: list[Any] = []

    def remember(**kwargs: Any) -> Any:
        made.append(tqdm(**kwargs, file=Terminal()))
        return made[0]

    progress: Callable[[Progress], None] = ProgressBars(bars.TqdmDisplay(remember))
    progress(step(3, None))
    assert (made[0].n, made[0].total) == (3, None)
    progress(step(8, 10))
    assert (made[0].n, made[0].total, made[0].disable) == (8, 10, False)
    progress(step(10, 10))
    assert made[0].n == 10
    assert made[0].disable, "closed"
