"""Updates of packages with many entries: their memory, and the error if a registry refuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from local_registry.config import Limits, RegistryConfig
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

from quilt_core.domain.names import PackageName
from quilt_core.manifest import (
    EntryHash,
    ManifestEntry,
    ManifestHeader,
    read_manifest,
    write_manifest,
)
from quilt_core.manifest.layout import manifest_key, pointer_key

COUNT = 20_000
UPDATE = """
import json, sys, tracemalloc
import quilt_core
if sys.argv[1] == "platform":
    from platform_backend.packages import entries
    entries.FIRST_MAX = entries.LARGEST_MAX = 100  # as a package of a million is read
ops = quilt_core.connect(sys.argv[1])
ops.update_package_revision("many/few", metadata={"imported": True})
tracemalloc.start()
try:
    done = ops.update_package_revision("many/many", metadata={"x": 1}, remove=["d00003"])
    told = {"top_hash": done.top_hash, "removed": len(done.removed), "total": done.total_entries}
except quilt_core.QuiltOpsError as error:
    told = {"error": type(error).__name__, "message": error.message, **error.context}
print(json.dumps({**told, "peak": tracemalloc.get_traced_memory()[1]}, default=str))
"""


def entries(count: int) -> list[ManifestEntry]:
    return [
        ManifestEntry(
            logical_key=f"d{number // 1000:05}/file-{number:08}.csv",
            physical_key=f"s3://somewhere/else/{number}?versionId=v{number}",
            size=number,
            hash=EntryHash("sha2-256-chunked", f"{number:064x}"),
            meta={"user_meta": {"n": number}} if number % 1000 == 7 else {},
        )
        for number in range(count)
    ]


def publish(registry: LocalRegistry, bucket: str, name: str, count: int) -> str:
    manifest = io.BytesIO()
    top_hash = write_manifest(ManifestHeader(message="Many"), [], entries(count), manifest)
    s3 = registry.s3_client()
    s3.put_object(Bucket=bucket, Key=manifest_key(top_hash), Body=manifest.getvalue())
    for pointer in ("1600000000", "latest"):
        key = pointer_key(PackageName.parse(name), pointer)
        s3.put_object(Bucket=bucket, Key=key, Body=top_hash.encode())
    return top_hash


def update(registry: LocalRegistry, backend: str) -> tuple[dict[str, object], str, str]:
    """The output of an update in a process of its own, the bucket, and the revision before."""
    bucket = add_bucket(registry)
    user = add_user(registry, writes=[bucket]).name
    publish(registry, bucket, "many/few", 3)
    before = publish(registry, bucket, "many/many", COUNT)
    done = subprocess.run(
        [sys.executable, "-c", UPDATE, backend],
        env={**os.environ, **registry.client_env(user, bucket=bucket)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1]), bucket, before


@pytest.fixture(scope="module")
def registry() -> Iterator[LocalRegistry]:
    with LocalRegistry(RegistryConfig(seed="none")) as running:
        yield running


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_memory_does_not_grow_with_the_entries(registry: LocalRegistry, backend: str) -> None:
    told, bucket, _ = update(registry, backend)
    assert (told["removed"], told["total"]) == (1000, COUNT - 1000)
    found = registry.s3_client().get_object(Bucket=bucket, Key=manifest_key(str(told["top_hash"])))[
        "Body"
    ]
    kept = [one for one in entries(COUNT) if not one.logical_key.startswith("d00003/")]
    assert list(read_manifest(found).entries()) == kept
    assert isinstance(told["peak"], int)
    assert told["peak"] < 12_000_000  # all entries at once use three times as much


def test_a_registry_that_refuses_such_a_large_request_is_reported() -> None:
    limits = Limits(body_bytes=2_000_000)
    with LocalRegistry(RegistryConfig(seed="none", limits=limits)) as small:
        told, bucket, before = update(small, "platform")
        key = pointer_key(PackageName.parse("many/many"), "latest")
        latest = small.s3_client().get_object(Bucket=bucket, Key=key)["Body"].read()
    assert (told["error"], told["outcome"], told["status"]) == ("BackendError", "not_written", 413)
    assert "takes no request of this size" in str(told["message"])
    assert latest.decode() == before
