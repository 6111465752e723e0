"""What a user does with quilt3, run as a process of its own by test_quilt3.py."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import botocore.session
import quilt3
from quilt3.session import login_with_token

REGISTRY = "s3://demo-data"
# quilt3 makes a session for each client, and each session would read the same descriptions of AWS.
botocore.session.create_loader = cache(botocore.session.create_loader)


def main(how: str, secret: str) -> None:
    quilt3.config(os.environ["CATALOG"])
    if how == "refresh-token":
        login_with_token(secret)
    else:
        quilt3.login_with_api_key(secret)
    assert quilt3.logged_in() == os.environ["CATALOG"]

    data = Path(tempfile.mkdtemp())
    (data / "sub dir").mkdir()
    (data / "sub dir" / "a+b%é.txt").write_text("hello", encoding="utf-8")
    (data / "big.bin").write_bytes(bytes(range(256)) * 40_000)
    package = quilt3.Package()
    package.set_dir(".", str(data))
    package.set_meta({"colour": "ultramarine", "n": 1})
    first = package.push("lab/birds", registry=REGISTRY, message="first flight")
    pushed = int(time.time())
    assert first["big.bin"].physical_key.version_id

    assert "lab/birds" in list(quilt3.list_packages(REGISTRY))
    assert "palmer/penguins" in list(quilt3.list_packages(REGISTRY))
    again = quilt3.Package.browse("lab/birds", registry=REGISTRY)
    assert again.top_hash == first.top_hash
    assert again["sub dir/a+b%é.txt"].get_bytes() == b"hello"
    target = Path(tempfile.mkdtemp())
    quilt3.Package.install("lab/birds", registry=REGISTRY, dest=str(target))
    assert (target / "big.bin").read_bytes() == (data / "big.bin").read_bytes()
    assert again.verify(str(target))

    while int(time.time()) == pushed:  # pointers are named after seconds
        time.sleep(0.01)
    again.set("new.txt", str(data / "sub dir" / "a+b%é.txt"))
    second = again.push("lab/birds", registry=REGISTRY, message="second flight")
    versions = dict(quilt3.list_package_versions("lab/birds", REGISTRY))
    assert versions["latest"] == second.top_hash
    assert {first.top_hash, second.top_hash} == set(versions.values())

    penguins = quilt3.Package.browse("palmer/penguins", registry=REGISTRY)
    assert penguins["data/penguins.csv"].get_bytes().startswith(b"species,island")
    assert penguins.meta["individuals"] == 344

    search(second.top_hash)

    quilt3.delete_package("lab/birds", registry=REGISTRY, top_hash=second.top_hash)
    assert dict(quilt3.list_package_versions("lab/birds", REGISTRY))["latest"] == first.top_hash
    quilt3.delete_package("lab/birds", registry=REGISTRY)
    assert "lab/birds" not in list(quilt3.list_packages(REGISTRY))

    try:
        quilt3.Package.browse("secret/plan", registry="s3://demo-private")
    except Exception as error:  # noqa: BLE001 - which one depends on how quilt3 probes
        assert "AccessDenied" in str(error) or "403" in str(error), error
    else:
        raise AssertionError("a private bucket was read")
    print("OK")


def search(top_hash: str) -> None:
    hits = quilt3.search("lab/birds", limit=100)
    assert any(hit["_source"].get("ptr_name") == "lab/birds" for hit in hits), hits
    query = {"query": {"term": {"ptr_name": "lab/birds"}}}
    pointers = quilt3.search(query, limit=100)
    tags = {hit["_source"]["ptr_tag"] for hit in pointers}
    assert "latest" in tags and len(tags) == 3, tags
    parents = {hit["_source"]["join_field"]["parent"] for hit in pointers}
    assert f"mnfst:{top_hash}" in parents
    assert quilt3.Bucket(REGISTRY).search("ultramarine", limit=10)
    assert quilt3.search("plan AND NOT penguins", limit=10) == []


if __name__ == "__main__":
    main(sys.argv[1], os.environ["SECRET"])
