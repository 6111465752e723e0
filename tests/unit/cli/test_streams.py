"""Standard streams that are full, closed or broken: an error of their own, and never a bug."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from quilt_core import ValidationError
from quilt_core.cli import main
from quilt_core.cli.main import BUG_EXIT_CODE, OUTPUT_EXIT_CODE

pytestmark = [
    pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full"),
    pytest.mark.slow,  # each starts a process
]

PRINTING: dict[str, str] = {
    "JSON": "admin schema",
    "a table": "plugins",
    "text": "completion bash",
    "help": "--help",
    "a version": "--version",
    "CSV": "config show --output csv",
    "an object's bytes": "objects get {source} -",
}


def quiltops(command: str, streams: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with these redirections of the shell."""
    source = folder / "source"
    source.write_bytes(b"x" * (3 << 20))
    registry = (folder / "registry").as_uri()
    command = command.format(source=source.as_uri(), file=source, registry=registry)
    environment = {
        **os.environ,
        "QUILT_BACKEND": "quilt3",
        "QUILT_DEFAULT_REGISTRY": registry,
        "QUILT_CORE_CONFIG": str(folder / "config.toml"),
    }
    called = shlex.join([sys.executable, "-m", "quilt_core", *shlex.split(command)])
    return subprocess.run(
        ["/bin/sh", "-c", f"{called} {streams}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", PRINTING.values(), ids=PRINTING)
@pytest.mark.parametrize(
    ("streams", "reason"),
    [("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor")],
    ids=["full", "closed"],
)
def test_an_output_that_cannot_be_written(
    tmp_path: Path, command: str, streams: str, reason: str
) -> None:
    ended = quiltops(command, streams, tmp_path)
    assert ended.returncode == OUTPUT_EXIT_CODE, ended
    assert ended.stderr == (
        f"Output: Standard output cannot be written: {reason}.\nWhat was printed is not complete.\n"
    )


def test_the_error_as_json(tmp_path: Path) -> None:
    ended = quiltops("config show --json", "> /dev/full", tmp_path)
    assert ended.returncode == OUTPUT_EXIT_CODE
    told = json.loads(ended.stderr)
    assert told["error"] == "OutputError"
    assert "No space left on device" in told["message"]
    assert set(told) == {"error", "message", "operation", "backend", "hint", "context"}


@pytest.mark.parametrize("streams", ["> /dev/full", ">&-"])
@pytest.mark.parametrize("form", ["", " --json"])
def test_a_write_is_still_told(tmp_path: Path, streams: str, form: str) -> None:
    ended = quiltops("objects put {file} {registry}/there" + form, streams, tmp_path)
    assert ended.returncode == OUTPUT_EXIT_CODE
    assert (tmp_path / "registry" / "there").exists()
    assert str(3 << 20) in ended.stderr  # its report
    assert "The command was carried out" in ended.stderr


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    ended = quiltops("admin schema", "| true", tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("streams", ["2>&-", "2> /dev/full"])
@pytest.mark.parametrize(("command", "code"), [("config nonsense", 2), ("admin schema", 0)])
def test_messages_that_cannot_be_written(
    tmp_path: Path, streams: str, command: str, code: int
) -> None:
    ended = quiltops(command, streams, tmp_path)
    assert ended.returncode == code
    assert bool(ended.stdout) == (code == 0)  # a message does not go to standard output instead


def test_a_closed_standard_input_is_not_an_empty_one(tmp_path: Path) -> None:
    ended = quiltops("objects put - {registry}/there", "<&-", tmp_path)
    assert ended.returncode not in (0, BUG_EXIT_CODE)
    assert "cannot be read" in ended.stderr
    assert not (tmp_path / "registry" / "there").exists()


def test_an_error_before_a_command_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise ValidationError("It is broken.")

    monkeypatch.setattr(main, "build", broken)
    assert main.run(["packages", "list"]) == ValidationError.exit_code
    assert capsys.readouterr().err == "Validation: It is broken.\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_pipe_that_does_not_block_gets_all_of_a_long_output(
    tmp_path: Path, unbuffered: str
) -> None:
    """Another process that shares the pipe, such as Node.js, may have set it so."""
    path = tmp_path / "long"
    path.write_bytes(os.urandom(3 << 20))
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    command = [sys.executable, "-m", "quilt_core", "objects", "get", path.as_uri(), "-"]
    environment = {**os.environ, "QUILT_BACKEND": "quilt3", "PYTHONUNBUFFERED": unbuffered}
    with (
        os.fdopen(reading, "rb") as pipe,
        subprocess.Popen(command, env=environment, stdout=writing) as running,
    ):
        os.close(writing)
        assert pipe.read() == path.read_bytes()
    assert running.returncode == 0
