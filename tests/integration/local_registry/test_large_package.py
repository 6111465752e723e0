"""A package of 20,000 entries can be constructed, browsed and deleted."""

from __future__ import annotations

import hashlib
from typing import Any

import requests
from local_registry import LocalRegistry

ENTRIES = 20_000
CONSTRUCT = """
mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) {
    __typename
    ... on PackagePushSuccess { revision { hash totalEntries totalBytes } }
  }
}
"""
READ = """
query ($hash: String!) {
  package(bucket: "demo-data", name: "big/one") {
    revision(hashOrTag: $hash) {
      root: dir(path: "") { children { ... on PackageDir { path size } } }
      dir(path: "d7") { children { ... on PackageFile { path } } }
      file(path: "d7/f00007.txt") { physicalKey size }
      whole: contentsFlatMap(max: 20000)
      none: contentsFlatMap(max: 19999)
    }
  }
}
"""
DELETE = """
mutation ($hash: String!) {
  packageRevisionDelete(bucket: "demo-data", name: "big/one", hash: $hash) { __typename }
}
"""


def test_twenty_thousand_entries(local_registry: LocalRegistry) -> None:
    def ask(query: str, **variables: Any) -> Any:
        answer = requests.post(
            local_registry.endpoints.graphql_endpoint,
            json={"query": query, "variables": variables},
            headers={"Authorization": local_registry.token("writer")},
            timeout=120,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    client = local_registry.s3_client("writer")
    version = client.put_object(Bucket="demo-data", Key="x", Body=b"x")["VersionId"]
    url = f"s3://demo-data/x?versionId={version}"
    digest = {"type": "SHA256", "value": hashlib.sha256(b"x").hexdigest()}
    entries = [
        {"logicalKey": f"d{n % 100}/f{n:05}.txt", "physicalKey": url, "size": 1, "hash": digest}
        for n in range(ENTRIES)
    ]
    params = {"bucket": "demo-data", "name": "big/one", "message": "m"}
    made = ask(CONSTRUCT, params=params, src={"entries": entries})["packageConstruct"]["revision"]
    assert (made["totalEntries"], made["totalBytes"]) == (ENTRIES, ENTRIES)
    read = ask(READ, hash=made["hash"])["package"]["revision"]
    assert len(read["root"]["children"]) == 100
    assert {child["size"] for child in read["root"]["children"]} == {200}
    assert len(read["dir"]["children"]) == 200
    assert read["file"] == {"physicalKey": url, "size": 1}
    assert len(read["whole"]) == ENTRIES
    assert read["none"] is None
    gone = ask(DELETE, hash=made["hash"])["packageRevisionDelete"]["__typename"]
    assert gone == "PackageRevisionDeleteSuccess"
    assert ask(READ, hash=made["hash"])["package"] is None
