"""quilt3 itself, unmodified, in processes with home directories of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import requests
from graphql import build_client_schema, get_introspection_query, parse, validate
from local_registry import LocalRegistry, RegistryConfig

HERE = Path(__file__).parent


def _run(script: str, home: Path, env: dict[str, str], *arguments: str) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "QUILT_"))}
    env = {
        **kept,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "QUILT_DISABLE_USAGE_METRICS": "true",
        "QUILT_DISABLE_CACHE": "true",
        "QUILT_MINIMIZE_STDOUT": "true",
        **env,
    }
    command = [sys.executable, str(HERE / script), *arguments]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("OK\n")


def test_with_a_refresh_token(local_registry: LocalRegistry, tmp_path: Path) -> None:
    env = {
        "CATALOG": local_registry.endpoints.catalog_url,
        "SECRET": local_registry.token("writer", kind="refresh"),
        "AWS_ENDPOINT_URL_S3": local_registry.endpoints.s3_endpoint,
    }
    _run("quilt3_packages.py", tmp_path, env, "refresh-token")
    identities = {each.identity for each in local_registry.log.requests()}
    assert identities <= {"writer", None}


def test_with_an_api_key(local_registry: LocalRegistry, tmp_path: Path) -> None:
    # quilt3 gets no credentials for a key (docs/protocol.md, B.4): they are in the environment
    env = {**local_registry.client_env("writer"), "CATALOG": local_registry.endpoints.catalog_url}
    env["SECRET"] = env.pop("QUILT_API_KEY")
    _run("quilt3_packages.py", tmp_path, env, "api-key")


def test_all_of_quilt3_admin(local_registry: LocalRegistry, tmp_path: Path) -> None:
    env = {
        "CATALOG": local_registry.endpoints.catalog_url,
        "SECRET": local_registry.api_key("admin"),
    }
    _run("quilt3_admin.py", tmp_path, env)


def _documents() -> list[str]:
    spec = find_spec("quilt3._graphql_client.client")
    assert spec is not None and spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    return re.findall(r'gql\(\s*"""(.*?)"""', source, re.DOTALL)


def test_every_document_of_quilt3_is_valid_on_the_served_schema() -> None:
    with LocalRegistry(RegistryConfig(seed="none", introspection=True)) as registry:
        url = registry.endpoints.graphql_endpoint
        answer = requests.post(url, json={"query": get_introspection_query()}, timeout=30)
        schema = build_client_schema(answer.json()["data"])
    documents = _documents()
    assert len(documents) > 40
    for document in documents:
        assert validate(schema, parse(document)) == []


def test_introspection_is_off_unless_enabled(shared_local_registry: LocalRegistry) -> None:
    url = shared_local_registry.endpoints.graphql_endpoint
    answer = requests.post(url, json={"query": get_introspection_query()}, timeout=30)
    assert answer.status_code == 400
    with pytest.raises(KeyError):
        answer.json()["data"]["__schema"]
