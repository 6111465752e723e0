"""`serve` in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests

KEYS = {
    "catalog_url",
    "registry_url",
    "graphql_endpoint",
    "s3_endpoint",
    "user",
    "token",
    "api_key",
    "passwords",
    "buckets",
    "env",
}
ME = {"query": "{ me { name } }"}


@contextmanager
def _serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-m", "local_registry", "serve", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        yield process, json.loads(line)
    finally:
        process.kill()
        process.communicate()


def _stop(process: subprocess.Popen[str], number: int) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_one_line_and_stops_cleanly(number: int) -> None:
    with _serving() as (process, ready):
        assert ready.keys() == KEYS
        assert ready["env"]["QUILT_API_KEY"] == ready["api_key"]
        assert ready["passwords"].keys() == {"admin", "writer", "reader"}
        assert ready["buckets"] == ["demo-data", "demo-shared", "demo-private"]
        header = {"Authorization": f"Bearer {ready['token']}"}
        answer = requests.post(ready["graphql_endpoint"], json=ME, headers=header, timeout=10)
        assert answer.json()["data"]["me"]["name"] == ready["user"] == "writer"
        assert (
            requests.get(f"{ready['registry_url']}/control/faults", timeout=10).status_code == 404
        )
        assert _stop(process, number) == (0, "", "")


def test_a_shell_can_read_the_environment_while_it_serves(tmp_path: Path) -> None:
    file = tmp_path / "registry.env"
    with _serving("--env-file", str(file)) as (process, ready):
        assert file.stat().st_mode & 0o077 == 0
        shell = ["sh", "-c", f". {file} && env"]
        shown = subprocess.run(shell, capture_output=True, text=True, env={}, check=True).stdout
        assert ready["env"].items() <= dict(line.split("=", 1) for line in shown.split()).items()
        assert _stop(process, signal.SIGTERM) == (0, "", "")
    assert not list(tmp_path.iterdir())


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("MINE=1\n")
    command = [sys.executable, "-m", "local_registry", "serve", "--env-file", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, file.read_text()) == (2, "MINE=1\n")
    assert "is there already" in done.stderr


def test_a_client_needs_only_the_environment() -> None:
    with _serving() as (_, ready):
        env = ready["env"]
        header = {"Authorization": env["QUILT_API_KEY"]}
        url = f"{env['QUILT_REGISTRY_URL']}/graphql"
        answer = requests.post(url, json=ME, headers=header, timeout=10)
        assert answer.json()["data"]["me"]["name"] == "writer"
        client = boto3.client(
            "s3",
            endpoint_url=env["AWS_ENDPOINT_URL_S3"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=env["AWS_SESSION_TOKEN"],
            region_name=env["AWS_DEFAULT_REGION"],
        )
        bucket = env["QUILT_DEFAULT_REGISTRY"].removeprefix("s3://")
        client.put_object(Bucket=bucket, Key="k", Body=b"")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGKILL, -9)])
def test_users_and_keys_survive_a_restart(tmp_path: Path, number: int, code: int) -> None:
    options = ("--data-dir", str(tmp_path / "state"))
    with _serving(*options) as (process, first):
        assert _stop(process, number)[0] == code
    with _serving(*options, "--user", "admin") as (_, second):
        for token in (first["token"], first["api_key"]):
            answer = requests.post(
                second["graphql_endpoint"], json=ME, headers={"Authorization": token}, timeout=10
            )
            assert answer.json()["data"]["me"]["name"] == "writer"
        assert second["user"] == "admin"


def test_a_seed_file_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "files" / "sub").mkdir(parents=True)
    (tmp_path / "files" / "sub" / "x.txt").write_text("x", encoding="utf-8")
    seed = {
        "version": 1,
        "buckets": [{"name": "mine"}],
        "policies": [{"title": "P", "permissions": {"mine": "READ"}}],
        "roles": [{"name": "R", "policies": ["P"]}],
        "users": [{"name": "ada", "role": "R"}],
        "objects": [{"bucket": "mine", "prefix": "in/", "folder": "files"}],
    }
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(seed), encoding="utf-8")
    with _serving("--seed", str(path)) as (_, ready):
        assert (ready["user"], ready["buckets"]) == ("ada", ["mine"])
        assert "QUILT_DEFAULT_REGISTRY" not in ready["env"]
        credentials = requests.get(
            f"{ready['registry_url']}/api/auth/get_credentials",
            headers={"Authorization": ready["token"]},
            timeout=10,
        ).json()
        client = boto3.client(
            "s3",
            endpoint_url=ready["s3_endpoint"],
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            region_name="us-east-1",
        )
        assert client.get_object(Bucket="mine", Key="in/sub/x.txt")["Body"].read() == b"x"


def test_listening_on_an_open_host_prints_a_clear_warning() -> None:
    with _serving("--host", "0.0.0.0", "--seed", "none") as (process, ready):
        assert ready["token"] is None
        login = requests.get(f"{ready['registry_url']}/login", timeout=10)
        assert login.status_code == 403
        code, _, err = _stop(process, signal.SIGTERM)
    assert code == 0
    assert "NOT only on this machine" in err


@pytest.mark.parametrize(
    "options",
    [
        ("--seed", "/does/not/exist.yaml"),
        ("--fault", "nonsense"),
        ("--schema", "1999-01"),
        ("--s3-endpoint", "http://127.0.0.1:9"),
        ("--user", "nobody"),
    ],
)
def test_mistakes_are_reported_without_a_traceback(options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "local_registry", "serve", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr and "Traceback" not in done.stderr
