"""The cassettes themselves: complete, clean, small, and each used by a test."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from quilt_core.hookspecs import operations
from quilt_core.testing.cassettes import assert_no_leaks

from .conftest import cassette_of

CASSETTES = Path(__file__).parents[2] / "cassettes"
PLATFORM = CASSETTES / "platform"
FAILURES = {"bad_input", "missing", "denied", "expired", "server_error"}
_MOST_BYTES = 2_000_000


def _cassettes() -> list[Path]:
    return sorted(CASSETTES.rglob("*.yaml"))


@pytest.mark.parametrize("operation", operations())
def test_every_operation_has_a_success_and_a_failure(operation: str) -> None:
    kinds = {path.stem for path in (PLATFORM / operation).glob("*.yaml")}
    assert "success" in kinds
    assert kinds & FAILURES
    for path in (PLATFORM / operation).glob("*.yaml"):
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]


def test_no_cassette_is_of_no_operation() -> None:
    assert {path.parent.name for path in _cassettes()} <= set(operations())


def test_no_cassette_is_without_a_test(request: pytest.FixtureRequest) -> None:
    """This can be checked only if all tests of this folder were collected."""
    here = [item for item in request.session.items if item.path.parent == Path(__file__).parent]
    if {item.path for item in here} != set(Path(__file__).parent.glob("test_*.py")):
        pytest.skip("only a part of the tests was collected")
    played = {cassette_of(item) for item in here if "place" in item.fixturenames}
    kept = {path.relative_to(CASSETTES).with_suffix("").as_posix() for path in _cassettes()}
    assert kept == played


def test_every_replay_is_without_a_network(request: pytest.FixtureRequest) -> None:
    here = [item for item in request.session.items if item.path.parent == Path(__file__).parent]
    for item in here:
        if "place" in item.fixturenames:
            assert item.get_closest_marker("vcr"), item
            assert item.get_closest_marker("block_network"), item


def test_no_secret_is_in_a_cassette() -> None:
    assert_no_leaks(CASSETTES)


def test_cassettes_are_small() -> None:
    assert sum(path.stat().st_size for path in _cassettes()) < _MOST_BYTES


def test_cassettes_do_not_tell_where_they_were_recorded() -> None:
    for path in _cassettes():
        for interaction in yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]:
            uri = interaction["request"]["uri"]
            assert uri.startswith(
                (
                    "https://catalog.example.com/",
                    "https://registry.example.com/",
                    "http://127.0.0.1:9000/",
                )
            )
