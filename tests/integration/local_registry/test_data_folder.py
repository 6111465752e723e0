"""`data_dir`: everything that was acknowledged is still there, however the process ended."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from local_registry import LocalRegistry, RegistryConfig
from local_registry.s3.objects.journal import DamagedError
from local_registry.seed.apply import ensure_bucket

BUCKET = "demo-data"


def _config(folder: Path) -> RegistryConfig:
    return RegistryConfig(seed="demo", data_dir=folder)


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """`serve` in a process, and a client of it that tries only once."""
    command = [sys.executable, "-m", "local_registry", "serve", "--data-dir", str(folder)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        env = json.loads(line)["env"]
        yield (
            process,
            boto3.client(
                "s3",
                endpoint_url=env["AWS_ENDPOINT_URL_S3"],
                region_name=env["AWS_DEFAULT_REGION"],
                aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
                aws_session_token=env["AWS_SESSION_TOKEN"],
                config=Config(retries={"total_max_attempts": 1}),
            ),
        )
    finally:
        process.kill()
        process.communicate()


def test_acknowledged_data_survives_a_kill(tmp_path: Path) -> None:
    kept: dict[str, tuple[str, bytes]] = {}
    deleted: set[str] = set()
    enough = threading.Event()

    def write(client: Any, writer: int) -> None:
        try:
            for number in range(10_000):
                key = f"w{writer}/{number}"
                body = f"{key} ".encode() * (1 if number % 3 else 4_000)
                version = client.put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"]
                kept[key] = (version, body)
                if number % 5 == 0:
                    gone = key
                    client.delete_object(Bucket=BUCKET, Key=gone)
                    deleted.add(gone)
                if len(kept) >= 60:
                    enough.set()
        except (BotoCoreError, ClientError):
            return  # the server is gone

    with _serving(tmp_path) as (process, client):
        threads = [threading.Thread(target=write, args=(client, n)) for n in range(4)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
    with _serving(tmp_path) as (_, client):
        for key, (version, body) in kept.items():
            got = client.get_object(Bucket=BUCKET, Key=key, VersionId=version)
            assert got["Body"].read() == body
        live = {
            each["Key"]
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="w")
            for each in page.get("Contents", [])
        }
        assert not live & deleted


def test_a_second_registry_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with LocalRegistry(_config(tmp_path)):
        with pytest.raises(BlockingIOError, match=rf"in use by .* \(process {os.getpid()}\)"):
            LocalRegistry(_config(tmp_path)).start()
        command = [sys.executable, "-m", "local_registry", "serve", "--data-dir", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1
        assert "is in use by another local registry" in done.stderr
        assert "Traceback" not in done.stderr
    with LocalRegistry(_config(tmp_path)):
        pass


def test_only_the_owner_can_read_files_in_an_open_folder(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir(mode=0o755)
    (folder / "registry.sqlite").touch(mode=0o644)
    with LocalRegistry(_config(folder)) as registry:
        client = registry.s3_client("writer")
        client.put_object(Bucket=BUCKET, Key="k", Body=b"x" * 100_000)
        found = {path: path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    assert {path.name for path in found} >= {
        "registry.sqlite",
        "registry.sqlite-journal",
        "journal",
    }
    for path, mode in found.items():
        assert mode == (0o700 if path.is_dir() else 0o600), path
    assert folder.stat().st_mode & 0o777 == 0o755  # not ours to change
    fresh = tmp_path / "fresh"
    with LocalRegistry(_config(fresh)):
        assert fresh.stat().st_mode & 0o777 == 0o700


def test_a_seed_is_loaded_once(tmp_path: Path) -> None:
    def seen(registry: LocalRegistry) -> Any:
        pages = registry.s3_client().get_paginator("list_object_versions").paginate(Bucket=BUCKET)
        return [
            (each["Key"], each["VersionId"])
            for page in pages
            for kind in ("Versions", "DeleteMarkers")
            for each in page.get(kind, [])
        ]

    with LocalRegistry(_config(tmp_path)) as registry:
        client = registry.s3_client("writer")
        first = client.list_objects_v2(Bucket=BUCKET, Prefix="penguins/")["Contents"][0]["Key"]
        client.delete_object(Bucket=BUCKET, Key=first)
        ensure_bucket(registry.context, "elsewhere", region="eu-west-1")
        before = seen(registry)
    with LocalRegistry(_config(tmp_path)) as registry:
        assert seen(registry) == before
        packages = {"query": '{ packages(bucket: "demo-data") { total } }'}
        answer = requests.post(
            registry.endpoints.graphql_endpoint,
            json=packages,
            headers={"Authorization": registry.token("writer")},
            timeout=10,
        )
        assert answer.json()["data"]["packages"]["total"] == 1
        assert registry.context.region_of("elsewhere") == "eu-west-1"


def test_damage_is_reported_and_nothing_starts(tmp_path: Path) -> None:
    with LocalRegistry(_config(tmp_path)):
        pass
    journal = tmp_path / "objects" / "journal"
    whole = journal.read_bytes()
    journal.write_bytes(whole[:100] + b"?" + whole[101:])
    with pytest.raises(DamagedError, match="is damaged at byte"):
        LocalRegistry(_config(tmp_path)).start()
    command = [sys.executable, "-m", "local_registry", "serve", "--data-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "Restore the folder from a copy" in done.stderr
    journal.write_bytes(whole)
    with LocalRegistry(_config(tmp_path)):
        pass


def test_a_damaged_database_is_reported(tmp_path: Path) -> None:
    with LocalRegistry(_config(tmp_path)):
        pass
    path = tmp_path / "registry.sqlite"
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    path.write_bytes(data)
    with pytest.raises(sqlite3.DatabaseError):
        LocalRegistry(_config(tmp_path)).start()
