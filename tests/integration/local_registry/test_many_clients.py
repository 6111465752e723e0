"""64 clients read and write at once, with no wrong answer and no 5xx."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from local_registry import LocalRegistry
from local_registry.testing import add_bucket, add_user

CLIENTS = 64
CONSTRUCT = """
mutation construct($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) {
    __typename
    ... on PackagePushSuccess { revision { hash userMeta } }
  }
}
"""
READ = """
query read($bucket: String!, $name: String!, $hash: String!) {
  me { name }
  package(bucket: $bucket, name: $name) {
    revisions { total }
    revision(hashOrTag: $hash) { hash userMeta contentsFlatMap }
  }
}
"""


class Client:
    """One client with a user, a bucket and packages of its own."""

    def __init__(self, registry: LocalRegistry) -> None:
        self.registry = registry
        self.bucket = add_bucket(registry)
        self.user = add_user(registry, writes=[self.bucket]).name
        self.s3 = registry.s3_client(self.user)
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {registry.token(self.user)}"
        self.written: dict[str, int] = {}

    def ask(self, query: str, **variables: object) -> Any:
        body = {"query": query, "variables": variables}
        answer = self.http.post(self.registry.endpoints.graphql_endpoint, json=body, timeout=120)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    def round(self, number: int) -> None:
        key, body = f"data/{number % 7}", f"{self.user} {number}".encode()
        version = self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)["VersionId"]
        uri = f"s3://{self.bucket}/{key}?versionId={version}"
        params = {"bucket": self.bucket, "name": f"team/p{number % 3}", "message": str(number)}
        params["userMeta"] = {"user": self.user, "number": number}
        src = {"entries": [{"logicalKey": "file", "physicalKey": uri}]}
        made = self.ask(CONSTRUCT, params=params, src=src)["packageConstruct"]["revision"]
        assert made["userMeta"] == params["userMeta"]
        self.written[params["name"]] = self.written.get(params["name"], 0) + 1
        read = self.ask(READ, bucket=self.bucket, name=params["name"], hash=made["hash"])
        assert read["me"] == {"name": self.user}
        revision = read["package"]["revision"]
        assert (revision["hash"], revision["userMeta"]) == (made["hash"], params["userMeta"])
        assert read["package"]["revisions"]["total"] == self.written[params["name"]]
        entry = revision["contentsFlatMap"]["file"]
        assert (entry["physicalKey"], entry["size"]) == (uri, len(body))
        got = self.s3.get_object(Bucket=self.bucket, Key=key, VersionId=version)
        assert got["Body"].read() == body


def _campaign(registry: LocalRegistry, *, seconds: float, rounds: int | None) -> int:
    clients = [Client(registry) for _ in range(CLIENTS)]
    registry.log.clear()
    end = time.monotonic() + seconds

    def work(client: Client) -> int:
        done = 0
        while (rounds is None and time.monotonic() < end) or (rounds or 0) > done:
            client.round(done)
            done += 1
        return done

    with ThreadPoolExecutor(CLIENTS) as pool:
        done = sum(pool.map(work, clients))
    statuses = Counter(each.status for each in registry.log.requests())
    assert set(statuses) == {200}, statuses
    users = {client.user for client in clients}
    assert {each.identity for each in registry.log.requests()} <= users
    return done


def test_for_a_short_while(local_registry: LocalRegistry) -> None:
    assert _campaign(local_registry, seconds=0, rounds=2) == 2 * CLIENTS


@pytest.mark.soak
def test_for_a_minute(local_registry: LocalRegistry) -> None:
    assert _campaign(local_registry, seconds=60, rounds=None) > CLIENTS
