"""What starting costs: help, versions and completion import nothing that only commands need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"boto3", "botocore", "graphql", "jwt", "moto", "msgspec", "platform_backend", "pydantic",
         "quilt3", "quilt3_backend", "requests", "rich", "urllib3",
         "local_registry.server", "local_registry.cli", "quilt_core.testing"}  # fmt: skip


def imported(*arguments: str, **environment: str) -> set[str]:
    script = (
        "import os, sys\n"
        f"os.environ.update({environment!r})\n"
        "from quilt_core.cli.main import run\n"
        f"code = run({list(arguments)!r})\n"
        "assert code == 0, code\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout
    return set(ended.stderr.split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("packages", "--help")])
def test_help_and_version(arguments: tuple[str, ...]) -> None:
    assert not imported(*arguments) & HEAVY


def test_completion() -> None:
    words = {"COMP_WORDS": "quiltops packages cre", "COMP_CWORD": "2"}
    assert not imported(_QUILTOPS_COMPLETE="bash_complete", **words) & HEAVY


def test_a_listing_as_json_needs_no_tables() -> None:
    assert "rich" not in imported("plugins", "--json")
