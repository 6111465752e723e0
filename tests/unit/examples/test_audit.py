"""The example of an audit log: it is transparent, complete and redacted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import quilt_core
from quilt_core import NotFoundError, PluginError
from quilt_core.cli.main import run
from quilt_core.testing.memory import MemoryCatalog, make_backend

Install = Callable[[str], None]


@pytest.fixture
def log(install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    install("audit")
    file = tmp_path / "audit.jsonl"
    monkeypatch.setenv("QUILT_EXTENSION_AUDIT_FILE", str(file))
    return lambda: [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_each_line_says_what_was_done_and_how_it_ended(
    log: Callable[[], Any], catalog: MemoryCatalog
) -> None:
    uri = catalog.put_object("my-bucket", "a", b"1")
    ops = quilt_core.connect(
        make_backend(catalog), registry="s3://my-bucket", token="qk_a_secret_key"
    )
    ops.create_package_revision("a/b", [uri], {"api_key": "qk_another_secret"})
    with pytest.raises(NotFoundError) as caught:
        ops.get_package_info("no/package")
    assert caught.value.operation == "get_package_info"
    assert list(ops.iter_all_packages()) == ["a/b"]
    names = ops.iter_all_packages()
    del names
    lines = log()
    assert [(one["operation"], one["outcome"]) for one in lines] == [
        ("create_package_revision", "done"),
        ("get_package_info", "NotFoundError"),
        ("list_all_packages", "done"),
        ("list_all_packages", "abandoned"),
    ]
    assert lines[0]["arguments"]["package_name"] == "a/b"
    assert lines[0]["identity"]
    assert "secret" not in json.dumps(lines)


def test_the_command_shows_the_log(
    log: Callable[[], Any], catalog: MemoryCatalog, capsys: pytest.CaptureFixture[str]
) -> None:
    quilt_core.connect(make_backend(catalog)).list_buckets()
    assert run(["audit", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == log()[0]


def test_a_required_audit_log_without_a_file_refuses_to_connect(
    install: Install, catalog: MemoryCatalog
) -> None:
    install("audit")
    with pytest.raises(PluginError, match=r"audit.*It has no file.*QUILT_EXTENSION_AUDIT_FILE"):
        quilt_core.connect(make_backend(catalog))


@pytest.mark.parametrize("number", ["0", "-2"])
def test_the_command_shows_at_least_one_line(log: Callable[[], Any], number: str) -> None:
    """`lines[-0:]` are all lines, and `lines[2:]` the others than the first two."""
    assert run(["audit", "--last", number]) == 2
