"""quilt3 is imported when needed, prints nothing, reports nothing, and is left as it was."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from quilt3_backend.quilt3_import import untracked

import quilt_core
from quilt_core import QuiltOps

Write = Callable[[str, str], str]


def run(script: str, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    return result.stdout


@pytest.mark.slow
def test_connecting_and_reading_a_folder_imports_neither_quilt3_nor_boto3(tmp_path: Path) -> None:
    script = """
import sys, quilt_core
with quilt_core.connect("quilt3", registry=sys.argv[1]) as ops:
    assert ops.list_all_packages() == []
    ops.capabilities()
    print(sorted({"quilt3", "boto3", "botocore", "requests"} & set(sys.modules)))
"""
    assert run(script, tmp_path.as_uri()) == "[]\n"


@pytest.mark.slow
def test_writing_prints_nothing_and_sends_nothing(tmp_path: Path) -> None:
    script = """
import os, socket, sys, quilt_core

def refuse(*args):
    raise AssertionError(f"a connection to {args}")

os.environ.pop("QUILT_DISABLE_USAGE_METRICS", None)
os.environ.pop("QUILT_MINIMIZE_STDOUT", None)
socket.socket.connect = refuse
with quilt_core.connect("quilt3", registry=sys.argv[1]) as ops:
    ops.create_package_revision("a/b", {"x": sys.argv[2]})
    ops.update_package_revision("a/b", metadata={"a": 1})
    ops.delete_package("a/b")
from quilt3.telemetry import ApiTelemetry
assert not ApiTelemetry.telemetry_disabled, "this must be a machine where quilt3 would report"
assert not ApiTelemetry.pending_reqs
"""
    source = tmp_path / "x.txt"
    source.write_text("x")
    assert run(script, (tmp_path / "registry").as_uri(), source.as_uri()) == ""


def test_usage_is_reported_only_if_the_user_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from quilt3 import Package

    assert untracked(Package.build) is Package.build.__wrapped__
    monkeypatch.setenv("QUILT_DISABLE_USAGE_METRICS", "false")
    assert untracked(Package.build) is Package.build


def test_quilt3s_global_state_is_neither_used_nor_changed(ops: QuiltOps, write: Write) -> None:
    from quilt3 import hooks, session

    def state() -> tuple[object, dict[str, object]]:
        """The module's variables, whatever a version of quilt3 calls its sessions."""
        variables = {
            name: dict(value) if isinstance(value, dict) else value
            for name, value in vars(session).items()
            if not name.startswith("__")
        }
        assert any(name.startswith("_api_key") for name in variables)
        return hooks.get_build_s3_client_hook(), variables

    before = state()
    ops.create_package_revision("a/b", {"x": write("x", "1")})

    assert state() == before


def test_closing_twice_is_allowed(folder: Path) -> None:
    connection = quilt_core.connect("quilt3", registry=folder.as_uri())
    connection.close()
    connection.close()
