"""What starting costs: help, versions and completion import nothing that only commands need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from local_registry import LocalRegistry, RegistryConfig

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


def test_a_command_of_the_platform_backend(tmp_path: Path) -> None:
    """What benchmarks/startup.py measures: the command asks a registry, and imports no more than
    needed."""
    with LocalRegistry(RegistryConfig(seed="demo")) as registry:
        given = {"HOME": str(tmp_path), "QUILT_BACKEND": "platform",
                 **registry.client_env("reader", bucket="demo-data")}  # fmt: skip
        modules = imported("packages", "list", **given)
    assert "requests" in modules
    needless = {"boto3", "botocore", "duckdb", "graphql", "jwt", "moto", "numpy", "pandas",
                "polars", "pyarrow", "pydantic", "quilt3", "quilt3_backend", "quilt_core.query.run",
                "quilt_core.administration", "quilt_core.ops.admin", "quilt_core.testing", "rich",
                "sqlglot", "local_registry.server",
                "difflib", "msgspec", "quilt_core.domain.admin",
                "quilt_core.domain.query", "quilt_core.domain.tabulator", "subprocess", "tomllib",
                "quilt_registry.login.stored_secrets", "platform_backend.packages.lookup",
                "quilt_core.manifest", "quilt_core.revisions",
                "quilt_core.search", "quilt_registry.operations.query", "quilt_registry.s3",
                "quilt_registry.transfer", "platform_backend.packages.writing"}  # fmt: skip
    assert not modules & needless


def test_a_listing_as_json_does_not_import_tables() -> None:
    assert "rich" not in imported("plugins", "--json")
