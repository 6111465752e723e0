"""What an application records can be replayed at any time, with the bytes that were stored."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user, shared_local_registry

__all__ = ["shared_local_registry"]

DOCS = Path(__file__).parents[3] / "docs" / "cassettes.md"
HEAD = """
import gzip

import pytest

pytestmark = [pytest.mark.vcr, pytest.mark.block_network]

"""
THREE_CREATES = """
def test_three_creates(ops):
    uri = "s3://BUCKET/k"
    made = [
        ops.create_package_revision("team/three", {"k": uri}, message=f"m{n}").top_hash
        for n in range(3)
    ]
    assert [one.top_hash for one in ops.list_package_versions("team/three")] == made[::-1]
"""
STORED_BYTES = """
def test_stored_bytes(ops):
    s3 = ops.get_boto3_client("s3")
    for _ in range(2):
        found = s3.get_object(Bucket="BUCKET", Key="z.csv.gz")
        data = found["Body"].read()
        assert found["ContentEncoding"] == "gzip"
        assert found["ContentLength"] == len(data) == 42
        assert gzip.decompress(data) == b"token,species\\nabc,Adelie\\n"
"""


def zipped() -> bytes:
    return gzip.compress(b"token,species\nabc,Adelie\n", mtime=0)


def record(registry: LocalRegistry, folder: Path, test: str) -> str:
    """Record a test and replay it; returns what was written."""
    bucket = add_bucket(registry)
    s3 = registry.context.s3
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    s3.put_object(Bucket=bucket, Key="z.csv.gz", Body=zipped(), ContentEncoding="gzip")
    writer = add_user(registry, writes=[bucket]).name
    conftest = re.findall(r"^```python\n(.*?)^```$", DOCS.read_text("utf-8"), re.M | re.S)[0]
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:xdist -q\n")
    (folder / "conftest.py").write_text(conftest.replace("demo-data", bucket))
    (folder / "test_it.py").write_text(HEAD + test.replace("BUCKET", bucket))
    given = {
        "RECORD_REGISTRY_URL": registry.endpoints.registry_url,
        "RECORD_TOKEN": registry.token(writer),
        "AWS_ENDPOINT_URL_S3": registry.endpoints.s3_endpoint,
    }
    for variables, options in ((given, ["--record-mode=rewrite"]), (given, [])):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options],
            cwd=folder,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    (cassette,) = (folder / "cassettes").rglob("*.yaml")
    return cassette.read_text("utf-8")


def test_writes_are_replayed_whatever_the_clock_says(
    shared_local_registry: LocalRegistry, tmp_path: Path
) -> None:
    assert "recorded_at: '2025-01-01T" in record(shared_local_registry, tmp_path, THREE_CREATES)


def test_bytes_that_are_stored_compressed_stay_as_they_are(
    shared_local_registry: LocalRegistry, tmp_path: Path
) -> None:
    record(shared_local_registry, tmp_path, STORED_BYTES.replace("42", str(len(zipped()))))
