"""Short campaigns, the slower ones only in `make soak`, and a writer that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user, shared_local_registry

import quilt_core

__all__ = ["shared_local_registry"]

HERE = Path(__file__).parent
BACKENDS = ("platform", "quilt3")
WRITER = """
import quilt_core, sys
with quilt_core.connect(sys.argv[1], use_quilt3_login=False) as ops:
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        ops.update_package_revision("team/data", {"n": sys.argv[2]}, metadata={"number": number})
        print("written", flush=True)
"""


def run(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / script), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)


@pytest.mark.soak
@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_is_lost_while_a_fifth_of_requests_fails(backend: str) -> None:
    done = run(
        "campaign.py", "--backend", backend, "--operations", "200", "--workers", "8", "--hurry"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 problems" in done.stdout


def test_the_audit_notices_damage() -> None:
    done = run("campaign.py", "--backend", "quilt3", "--operations", "60", "--workers", "4",
               "--hurry", "--spoil")  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    for problem in ("there 2 times", "nobody wrote", "holds something else", "latest of"):
        assert problem in done.stdout


@pytest.mark.parametrize("moment", [0.02, 0.3])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_killed_writer_leaves_whole_revisions(
    shared_local_registry: LocalRegistry, backend: str, moment: float
) -> None:
    bucket = add_bucket(shared_local_registry)
    user = add_user(shared_local_registry, writes=[bucket]).name
    s3 = shared_local_registry.context.s3
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    env = {**os.environ, **shared_local_registry.client_env(user, bucket=bucket)}
    with quilt_core.connect(
        "platform",
        registry=f"s3://{bucket}",
        registry_url=shared_local_registry.endpoints.registry_url,
        token=shared_local_registry.token(user),
    ) as ops:
        first = ops.create_package_revision("team/data", {"a": f"s3://{bucket}/a"})
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, backend, f"s3://{bucket}/a"],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        with writer:
            try:
                assert writer.stdout is not None
                assert writer.stdout.readline() == "ready\n"
                _wait_for_requests(shared_local_registry, user)
                time.sleep(moment)  # the writer may be killed at any moment
            finally:
                writer.send_signal(signal.SIGKILL)
        # What the registry was doing for the killed writer is completed.
        versions = _settled(ops)
        assert first.top_hash in {version.top_hash for version in versions}
        assert sum(version.is_latest for version in versions) == 1
        for version in versions:
            wanted = ["a"] if version.top_hash == first.top_hash else ["a", "n"]
            found = ops.browse_content("team/data", top_hash=version.top_hash, recursive=True)
            assert [one.path for one in found] == wanted


def _wait_for_requests(registry: LocalRegistry, user: str) -> None:
    deadline = time.monotonic() + 30
    before = _requests(registry, user)
    while _requests(registry, user) == before:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _requests(registry: LocalRegistry, user: str) -> int:
    return sum(count for (*_, who), count in registry.log.counts().items() if who == user)


def _settled(ops: Any) -> list[Any]:
    versions: list[Any] = []
    while True:
        found = ops.list_package_versions("team/data")
        if found == versions:
            return versions
        versions = found
        time.sleep(0.2)
