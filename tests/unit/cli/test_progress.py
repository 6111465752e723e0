"""Progress bars: only on standard error, only on a terminal, and only after a second."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quilt_core.cli import progress
from quilt_core.ops import QuiltOps
from quilt_core.testing.memory import MemoryCatalog

Cli = Callable[..., Any]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes everything take longer than the delay before a bar appears."""
    monkeypatch.setattr(progress, "SECONDS", 0.0)
    for name in ("create_package_revision", "update_package_revision", "delete_package",
                 "diff_packages", "browse_content", "put_object"):  # fmt: skip
        monkeypatch.setattr(QuiltOps, name, _waiting(getattr(QuiltOps, name)))


def _waiting(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        _until_a_bar_is_drawn()
        return method(*args, **kwargs)

    return call


def _until_a_bar_is_drawn() -> None:
    import threading

    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(10)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("packages", "create", "t/new", "{uri}", "--copy", "all"), "creating"),
        (("packages", "update", "t/p", "{uri}"), "updating"),
        (("packages", "delete", "t/p", "--yes"), "deleting"),
        (("packages", "diff", "t/p", "--from", "{top_hash}"), "comparing"),
        (("packages", "browse", "t/p"), "reading"),
        (("content", "browse", "t/p", "--recursive"), "reading"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_long_work_has_a_bar(
    good: Cli, catalog: MemoryCatalog, package: str, slow: None, screen: io.StringIO,
    arguments: tuple[str, ...], what: str, form: tuple[str, ...],
) -> None:  # fmt: skip
    names = {
        "uri": catalog.put_object("bucket", "in/c.csv", b"1"),
        "top_hash": good("packages", "versions", package, "--json").rows[0]["top_hash"],
    }
    ended = good(*(one.format(**names) for one in arguments), *form, screen=screen)
    assert what in screen.getvalue()
    assert what not in ended.out
    if form:
        assert [json.loads(line) for line in ended.out.splitlines()]


@pytest.mark.parametrize("quick", [(), ("--quiet",)])
def test_short_work_and_quiet_work_have_no_bar(
    good: Cli, package: str, monkeypatch: pytest.MonkeyPatch, screen: io.StringIO,
    quick: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.setenv("QUILT_CORE_TRACE", "")
    if quick:
        monkeypatch.setattr(progress, "SECONDS", 0.0)
    good("packages", "delete", package, "--yes", *quick, screen=screen)
    assert screen.getvalue() == ""


def test_there_is_no_bar_when_standard_error_is_a_file(good: Cli, package: str, slow: None) -> None:
    ended = good("packages", "delete", package, "--yes")
    assert "deleting" not in ended.err


def test_listings_are_counted(
    good: Cli, package: str, screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slowly:
        def __iter__(self) -> Iterator[str]:
            for number in range(3):
                _until_a_bar_is_drawn()
                yield f"t/p{number}"

    monkeypatch.setattr(progress, "SECONDS", 0.0)
    monkeypatch.setattr(QuiltOps, "iter_all_packages", lambda *_, **__: iter(Slowly()))
    ended = good("packages", "list", screen=screen)
    assert ended.out.splitlines() == ["t/p0", "t/p1", "t/p2"]
    assert "reading" in screen.getvalue()


def test_bytes_are_told_as_people_read_them(
    good: Cli, package: str, slow: None, screen: io.StringIO, tmp_path: Path
) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(1_500_000))
    good("objects", "put", f"{tmp_path}/a.bin", "s3://bucket/in/a.bin", screen=screen)
    assert "1.5 MB of 1.5 MB" in screen.getvalue()


def test_an_error_removes_the_bar(cli: Cli, package: str, slow: None, screen: io.StringIO) -> None:
    ended = cli("packages", "create", "t/q", "s3://bucket/not/there", screen=screen)
    assert ended.code == 5
    assert ended.out == ""
    assert "creating" in screen.getvalue()
    # The cursor is visible again, and the message is the last thing printed.
    assert "\x1b[?25h" in screen.getvalue()
    assert "NotFound" in screen.getvalue().rpartition("\x1b[?25h")[2]
