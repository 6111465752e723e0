"""`quiltops-mcp` as its users start it: over stdio, and over HTTP for many users at once."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from conftest import client_env
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from local_registry import LocalRegistry

PROGRAM = Path(sys.executable).with_name("quiltops-mcp")


async def call(client: Client[Any], tool: str, /, **arguments: Any) -> Any:
    answer = (await client.call_tool(tool, arguments)).structured_content
    assert answer is not None
    return answer.get("result", answer)


async def buckets(client: Client[Any]) -> list[str]:
    return [one["name"] for one in (await call(client, "bucket_list"))["buckets"]]


async def count_tags(client: Client[Any], bucket: str) -> Any:
    """The rows of a query in Athena; None if the caller has no such table."""
    sql = f'SELECT count(*) AS n FROM "{bucket}_package_tag"'
    where = {"database_name": "icebergdatabase-local"}
    answer = await call(client, "athena_query_execute", query=sql, **where)
    if "TABLE_NOT_FOUND" in answer.get("error", ""):
        return None
    return answer.get("formatted_data", answer)


@pytest.mark.parametrize("deployment", ["local", "legacy"])
def test_over_stdio(local_registry: LocalRegistry, people: dict[str, str], deployment: str) -> None:
    env = {**os.environ, **client_env(local_registry, "ann")}
    transport = StdioTransport(str(PROGRAM), ["--deployment", deployment, "--skip-banner"], env=env)

    async def session() -> None:
        async with Client(transport) as client:
            assert await buckets(client) == [people["ann"]]
            uri = f"s3://{people['ann']}/own.txt"
            assert (await call(client, "bucket_object_text", s3_uri=uri))["text"] == "ann"

    asyncio.run(session())


def test_it_does_not_start_without_a_backend(tmp_path: Path) -> None:
    env = {**os.environ, "QUILT_BACKEND": "no-such"}
    done = subprocess.run(
        [str(PROGRAM)], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "quiltops-mcp: The backend 'no-such'" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.fixture
def server(local_registry: LocalRegistry, tmp_path: Path) -> Iterator[str]:
    """A server for many users, whose process has an identity of its own; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, **local_registry.client_env("writer"), "FASTMCP_PORT": str(port)}
    log = (tmp_path / "server.log").open("w")
    process = subprocess.Popen(
        [str(PROGRAM), "--deployment", "remote"], env=env, stdout=log, stderr=log
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(2400):
            try:
                requests.get(f"{address}/healthz", timeout=5)
                break
            except requests.ConnectionError:
                assert process.poll() is None, (tmp_path / "server.log").read_text()
                time.sleep(0.1)
        yield f"{address}/mcp"
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()
        print((tmp_path / "server.log").read_text())  # pytest shows it when a test fails


def test_two_users_at_once_over_http(
    local_registry: LocalRegistry, people: dict[str, str], server: str
) -> None:
    """Each user sees only their own data, and no user gets the identity of the process."""
    local_registry.log.clear()
    failures: list[str] = []

    async def work(name: str, other: str) -> None:
        headers = {"Authorization": f"Bearer {local_registry.token(name)}"}
        async with Client(StreamableHttpTransport(server, headers=headers)) as client:
            if await buckets(client) != [people[name]]:
                failures.append(f"{name} saw other buckets")
            mine = f"s3://{people[name]}/own.txt"
            if (await call(client, "bucket_object_text", s3_uri=mine))["text"] != name:
                failures.append(f"{name} read another text")
            theirs = f"s3://{people[other]}/own.txt"
            if "error" not in await call(client, "bucket_object_text", s3_uri=theirs):
                failures.append(f"{name} read what is {other}'s")
            if await count_tags(client, people[name]) != [{"n": 0}]:
                failures.append(f"{name} could not query")
            if await count_tags(client, people[other]) is not None:
                failures.append(f"{name} queried what is {other}'s")
            if (await call(client, "admin_user_get", name="admin"))["success"]:
                failures.append(f"{name} acted as an administrator")

    async def everybody() -> None:
        for _ in range(3):  # new connections each time, because the server closes idle ones
            pairs = [("ann", "bob"), ("bob", "ann")] * 2
            await asyncio.gather(*(work(*pair) for pair in pairs))

    asyncio.run(everybody())
    assert failures == []
    assert {who for _, _, who in local_registry.log.counts()} <= {"ann", "bob", None}
    asked = [one for one in local_registry.log.requests() if one.target == "/aws/athena"]
    assert {one.identity for one in asked} == {"ann", "bob"}


def test_anonymous_requests_are_refused_over_http(
    local_registry: LocalRegistry, server: str
) -> None:
    local_registry.log.clear()
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}):
        assert requests.post(server, json={}, headers=headers, timeout=30).status_code == 401

    async def with_a_wrong_token() -> Any:
        headers = {"Authorization": "Bearer not.a.token"}
        async with Client(StreamableHttpTransport(server, headers=headers)) as client:
            return await call(client, "bucket_list")

    assert "error" in asyncio.run(with_a_wrong_token())
    assert {who for _, _, who in local_registry.log.counts()} <= {None}
