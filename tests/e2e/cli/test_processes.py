"""`quiltops` as people and scripts run it: packages, pipes, signals, terminals."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from local_registry.config import RegistryConfig
from local_registry.faults import FaultRule
from local_registry.server import LocalRegistry

Quiltops = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., list[Any]]


@pytest.fixture
def uris(shared_local_registry: LocalRegistry, bucket: str) -> list[str]:
    s3 = shared_local_registry.s3_client()
    for key in ("data/a.csv", "data/deep/b.csv"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return [f"s3://{bucket}/data/a.csv", f"s3://{bucket}/data/deep/b.csv"]


def test_the_life_of_a_package(rows: Rows, quiltops: Quiltops, uris: list[str]) -> None:
    [made] = rows("packages", "create", "t/p", "-", stdin="\n".join(uris[:1]))
    [more] = rows("packages", "update", "t/p", uris[1], "--flat", "-m", "more")
    assert made["top_hash"] != more["top_hash"]
    [diff] = rows("packages", "diff", "t/p", "--from", made["top_hash"])
    assert diff["added"] == ["b.csv"]
    paths = [row["path"] for row in rows("packages", "browse", "t/p", "--recursive")]
    assert paths == ["b.csv", "data/a.csv"]
    table = quiltops("packages", "browse", "t/p", "--recursive").stdout
    assert "b.csv" in table
    assert "\x1b" not in table  # no terminal, no colours
    refused = quiltops("packages", "delete", "t/p", stdin="y\n")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert rows("packages", "list") == ["t/p"]
    rows("packages", "delete", "t/p", "--yes")
    assert rows("packages", "list") == []


def test_the_doctor(quiltops: Quiltops, environment: dict[str, str]) -> None:
    ended = quiltops("doctor")
    assert ended.returncode == 0, ended.stdout
    assert "Nothing to fix." in ended.stdout
    secrets = [text for name, text in environment.items() if "KEY" in name or "TOKEN" in name]
    ended = quiltops("doctor", "--json", QUILT_REGISTRY_URL="http://127.0.0.1:9")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["fixes"]
    assert not [secret for secret in secrets if secret and secret in ended.stdout + ended.stderr]


def test_an_error_has_a_code_and_no_traceback(quiltops: Quiltops) -> None:
    ended = quiltops("packages", "info", "no/such")
    assert (ended.returncode, ended.stdout) == (5, "")
    assert "Traceback" not in ended.stderr
    ended = quiltops("packages", "info", "no/such", "--json", "--verbose")
    assert ended.returncode == 5
    assert json.loads(ended.stderr.splitlines()[-1])["error"] == "NotFoundError"


def test_the_reader_of_a_pipe_may_stop_early(
    program: Path, environment: dict[str, str], rows: Rows, uris: list[str]
) -> None:
    rows("packages", "create", "t/p", *uris)
    shell = f"set -o pipefail; '{program}' packages versions t/p --json | true"
    ended = subprocess.run(
        ["bash", "-c", shell], env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script(quiltops: Quiltops, shell: str) -> None:
    ended = quiltops(_QUILTOPS_COMPLETE=f"{shell}_source")
    assert ended.returncode == 0
    assert f"_QUILTOPS_COMPLETE={shell}_complete" in ended.stdout
    assert ended.stdout.strip() == quiltops("completion", shell).stdout.strip()


def test_completion_in_bash(program: Path, environment: dict[str, str]) -> None:
    """Source the script as the documentation says, and ask the bash function what it offers."""
    script = """
    source <(quiltops completion bash)
    compopt() { :; }
    COMP_LINE="quiltops packages ver"; COMP_POINT=${#COMP_LINE}
    _quiltops_completion quiltops; echo "${COMPREPLY[@]}"
    COMP_LINE="quiltops packages list --pro"; COMP_POINT=${#COMP_LINE}
    _quiltops_completion quiltops; echo "${COMPREPLY[@]}"
    """
    path = f"{program.parent}{os.pathsep}{environment['PATH']}"
    ended = subprocess.run(
        ["bash", "--norc", "-c", script],
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout.splitlines() == ["versions", "--profile"], ended.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_until_interrupted(
    program: Path, environment: dict[str, str], number: signal.Signals
) -> None:
    with subprocess.Popen(
        [program, "registry", "serve", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout is not None
        assert served.stderr is not None
        told = json.loads(served.stdout.readline())
        with urllib.request.urlopen(f"{told['catalog_url']}/config.json", timeout=30) as answer:
            assert json.load(answer)["registryUrl"] == told["registry_url"]
        listed = subprocess.run(
            [program, "buckets", "list", "--json"],
            env={**environment, **told["env"]},
            capture_output=True,
            text=True,
            check=True,
        )
        assert {json.loads(line)["name"] for line in listed.stdout.splitlines()} <= {
            *told["buckets"]
        }
        served.send_signal(number)
        assert served.wait(30) == 0
        assert served.stdout.read() == ""
        assert "Traceback" not in served.stderr.read()


def on_a_terminal(command: list[str], environment: dict[str, str], *, typed: str = "",
                  data: Path | None = None) -> tuple[int, str]:  # fmt: skip
    """Run a command on a terminal, with its standard output there or in `data`; code and screen."""
    leader, follower = pty.openpty()
    try:
        with data.open("wb") if data else nullcontext(follower) as output:
            process = subprocess.Popen(
                command, env={**environment, "TERM": "xterm"}, stdin=follower, stderr=follower,
                stdout=output,
            )  # fmt: skip
        os.close(follower)
        if typed:
            os.write(leader, typed.encode())
        seen = b""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if select.select([leader], [], [], 1)[0]:
                try:
                    seen += os.read(leader, 65536)
                except OSError:  # the terminal closes with its last process
                    break
        return process.wait(30), seen.decode()
    finally:
        os.close(leader)


def test_slow_work_shows_a_bar_on_the_terminal_and_data_in_the_file(
    program: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    slow = (FaultRule(kind="latency", milliseconds=1500, side="registry"),)
    with LocalRegistry(RegistryConfig(seed="demo", faults=slow)) as registry:
        slowly = {**environment, **registry.client_env("writer", bucket="demo-data")}
        command = [str(program), "packages", "list", "--json"]
        data = tmp_path / "out"
        code, screen = on_a_terminal(command, slowly, data=data)
        assert code == 0, screen
        assert "reading" in screen
        names = [json.loads(line) for line in data.read_text().splitlines()]
        assert names
        assert all(isinstance(name, str) for name in names)
        code, screen = on_a_terminal([*command, "--quiet"], slowly, data=data)
        assert (code, screen) == (0, "")


def test_a_question_on_the_terminal(
    program: Path, environment: dict[str, str], rows: Rows, uris: list[str]
) -> None:
    rows("packages", "create", "t/p", *uris)
    command = [str(program), "packages", "delete", "t/p"]
    code, screen = on_a_terminal(command, environment, typed="n\n")
    assert code == 130
    assert "Delete t/p, all revisions?" in screen
    assert rows("packages", "list") == ["t/p"]
    code, screen = on_a_terminal(command, environment, typed="y\n")
    assert code == 0, screen
    assert rows("packages", "list") == []


@pytest.mark.parametrize("plain", [{}, {"NO_COLOR": "1"}])
def test_colours_on_a_terminal(
    program: Path, environment: dict[str, str], rows: Rows, uris: list[str], plain: dict[str, str]
) -> None:
    [made] = rows("packages", "create", "t/p", uris[0])
    rows("packages", "update", "t/p", uris[1])
    command = [str(program), "packages", "diff", "t/p", "--from", made["top_hash"]]
    code, screen = on_a_terminal(command, {**environment, **plain})
    assert code == 0
    assert "+ data/deep/b.csv" in screen
    assert ("\x1b[32m" in screen) is (not plain)
