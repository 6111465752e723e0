"""The command group `auth`, with and without the registry client's commands."""

from __future__ import annotations

import json

import pytest

from quilt_core.cli.main import run
from quilt_core.testing import memory


@pytest.fixture
def logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = memory.MemoryCatalog()
    catalog.add_role("Readers", reads=())
    catalog.add_user("reader", role="Readers")
    monkeypatch.setattr(memory, "MemoryCatalog", lambda: catalog)
    monkeypatch.setenv("QUILT_BACKEND", "memory")


@pytest.mark.usefixtures("logged_in")
@pytest.mark.parametrize("block", ["", "auth.status"])
def test_status_exists_for_every_backend(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, block: str
) -> None:
    """The core's own command, or, where it is installed, the one that knows of stored logins."""
    monkeypatch.setenv("QUILT_CORE_BLOCK", block)
    run(["auth", "status", "--json"])
    row = json.loads(capsys.readouterr().out)
    assert "is_authenticated" in row
    assert ("logins" in row) == (block == "")


def test_a_command_can_be_run_again_in_the_same_process(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run(["auth", "list", "--json"]) == 0


def test_the_listing_says_what_each_command_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["auth", "--help"]) == 0
    printed = capsys.readouterr().out
    assert "Log in and out" in printed
    assert "client of Quilt registries" not in printed
    assert all(name in printed for name in ("list", "login", "logout", "status", "switch", "token"))
