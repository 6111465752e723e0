"""Former names in the conformance suite still work, with a warning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from quilt_core.cli import conformance as cli
from quilt_core.testing import conformance
from quilt_core.testing.conformance import run
from quilt_core.testing.conformance.report import Report

FORMER = {
    "NOBODY": conformance.TestUser.ANONYMOUS,
    "ROOMS": conformance.TEST_CLASSES,
    "Room": conformance.BehaviourTests,
    "Who": conformance.TestUser,
    "World": conformance.Environment,
}


@pytest.mark.parametrize(("name", "value"), FORMER.items())
def test_former_name(name: str, value: Any) -> None:
    with pytest.warns(DeprecationWarning, match=rf"conformance\.{name} is now called") as caught:
        assert getattr(conformance, name) is value
    assert Path(caught[0].filename) == Path(__file__)


def test_former_member_of_the_users() -> None:
    with pytest.warns(DeprecationWarning):
        users = conformance.Who
    assert users.NOBODY is conformance.TestUser.ANONYMOUS


def test_other_names_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="Cellar"):
        _ = conformance.Cellar


@pytest.mark.parametrize("option", ["--environment", "--world"])
def test_former_option(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def find(backend: str, target: str | None) -> str:
        asked.append(target)
        return "environments"

    monkeypatch.setattr(run, "find_environments", find)
    monkeypatch.setattr(run, "run_suite", lambda *_, **__: Report())
    monkeypatch.setattr(cli, "value", {"backend": "mine"}.get)
    result = CliRunner().invoke(cli.conformance, [option, "mine.conformance:environments"])
    assert result.exit_code == cli.INCOMPLETE_EXIT_CODE, result.output
    assert asked == ["mine.conformance:environments"]


def test_the_former_option_is_hidden() -> None:
    assert "--world" not in CliRunner().invoke(cli.conformance, ["--help"]).output
