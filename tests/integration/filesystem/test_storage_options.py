"""What other libraries need in order to read objects with the connection's identity."""

from __future__ import annotations

import json
import pprint
import subprocess
import sys
from typing import Any

import pytest
from local_registry.server import LocalRegistry
from local_registry.testing import add_bucket, add_user

import quilt_core
from quilt_core import AuthenticationError, QuiltOps, auth_context

from .conftest import FILES, TABLE

READING = """
import json, sys
import polars
uri, options = json.load(sys.stdin)
print(json.dumps(polars.scan_csv(uri, storage_options=options).collect()["grams"].to_list()))
"""


def test_polars_reads_objects(ops: QuiltOps, bucket: str) -> None:
    """In a process of its own: after reading from a cloud, polars keeps a thread that reads the
    environment repeatedly, and the process crashes when a test changes the environment."""
    options = ops.get_storage_options("object_store", bucket=bucket)
    given = json.dumps([f"s3://{bucket}/team/data/a.csv", dict(options)])
    done = subprocess.run(
        [sys.executable, "-c", READING], input=given, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == TABLE["grams"].tolist()


def test_obstore_reads_objects(ops: QuiltOps, bucket: str) -> None:
    store = pytest.importorskip("obstore.store")
    options = ops.get_storage_options("object_store", bucket=bucket)
    plain = options.pop("aws_allow_http") == "true"
    made = store.from_url(f"s3://{bucket}", config=options, client_options={"allow_http": plain})
    assert bytes(made.get("team/data/a.csv").bytes()) == FILES["a.csv"]


def test_storage_options_do_not_show_secrets(ops: QuiltOps, bucket: str) -> None:
    keys = ops.get_boto3_session().get_credentials().get_frozen_credentials()
    for options in (ops.get_storage_options(), ops.get_storage_options("object_store", bucket)):
        shown = f"{options} {options!r} {pprint.pformat(options)}"
        for secret in (keys.secret_key, keys.token):
            assert secret in options.values()
            assert secret not in shown
        assert {"client_kwargs", "aws_region"} & set(options)
        assert "us-east-1" in shown
        assert dict(options) == options


@pytest.mark.parametrize("backend", ["platform", "quilt3"])
def test_a_server_gets_the_options_of_the_request(registry: LocalRegistry, backend: str) -> None:
    buckets = [add_bucket(registry), add_bucket(registry)]
    users = [add_user(registry, reads=[one]).name for one in buckets]
    with quilt_core.connect(
        backend,
        registry_url=registry.endpoints.registry_url,
        region="us-east-1",
        multitenant=True,
    ) as ops:
        found = []
        for user, own in zip(users, buckets, strict=True):
            with auth_context.request_identity(token=registry.token(user)):
                session: Any = ops.get_boto3_session()
                options = ops.get_storage_options(bucket=own)
                found.append((session.get_credentials().access_key, options["key"]))
                with pytest.raises(quilt_core.QuiltOpsError):
                    ops.get_storage_options(bucket=next(one for one in buckets if one != own))
        assert found[0] != found[1]
        assert all(key == other for key, other in found)
        for call in (ops.get_boto3_session, ops.get_storage_options):
            with pytest.raises(AuthenticationError):
                call()
