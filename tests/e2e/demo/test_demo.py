"""`quiltops demo`: the main job on both backends, as `make demo` runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

QUILTOPS = Path(sys.executable).with_name("quiltops")
MAIN_JOB = [
    "create", "update", "list versions", "search", "info", "browse", "browse all", "diff",
    "content URL", "delete",
]  # fmt: skip


def _run(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [QUILTOPS, "demo", *arguments],
        env={**os.environ, **extra},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_operation_is_identical_on_both_backends() -> None:
    ended = _run("--json")
    rows = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(row["operation"], row["verdict"]) for row in rows] == [
        (name, "identical") for name in MAIN_JOB
    ]
    for row in rows:
        assert set(row["backends"]) == {"platform", "quilt3"}
        assert all(one["requests"] > 0 for one in row["backends"].values())
    assert ended.returncode == 0


def test_the_users_own_catalog_is_left_alone() -> None:
    """Neither a token nor an address of the user's is used: they would lead nowhere."""
    ended = _run(
        "--backend",
        "platform",
        QUILT_GRAPHQL_ENDPOINT="http://127.0.0.1:9/graphql",
        QUILT_REGISTRY_URL="http://127.0.0.1:9",
        MCP_JWT_TOKEN="not.a.token",
        AWS_ACCESS_KEY_ID="nobody",
    )
    assert ended.returncode == 0, ended.stderr
    assert "done" in ended.stdout
    assert "What to type next:" in ended.stderr.splitlines(), "line breaks were escaped"


def test_a_missing_backend() -> None:
    ended = _run("--backend", "elsewhere")
    assert ended.returncode != 0
    assert "elsewhere" in ended.stderr
    assert "Traceback" not in ended.stderr
