"""A real S3 server on loopback, and a separate bucket for each test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests: every request is answered by moto, which is slow."""
    for item in items:
        if "s3_endpoint" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    import logging

    from moto.server import ThreadedMotoServer
    from werkzeug.serving import WSGIRequestHandler

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    log_request = WSGIRequestHandler.log_request

    def note(handler: Any, *args: Any) -> None:
        _served.append((handler.command, handler.path))
        log_request(handler, *args)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WSGIRequestHandler, "log_request", note)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        server.stop()


_served: list[tuple[str, str]] = []


@pytest.fixture
def served(s3_endpoint: str) -> list[tuple[str, str]]:
    """The method and path of every request that the server answers from now on, to any client."""
    _served.clear()
    return _served


@pytest.fixture(autouse=True)
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which multipart uploads are recorded."""
    folder = tmp_path / "records"
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def s3(s3_endpoint: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(signature_version="s3v4", retries={"max_attempts": 1}),
    )


ENGINES = {"boto3": "folder/a b+c%d?e#f é.bin", "obstore": "folder/plain_key-1.bin"}
"""The engines, and a key for each; odd keys are boto3's in any case."""


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def key(engine_name: str) -> str:
    return ENGINES[engine_name]


@pytest.fixture
def engine(s3: Any, s3_endpoint: str, engine_name: str) -> Any:
    from botocore.credentials import Credentials
    from quilt_registry.transfer import Boto3Engine
    from quilt_registry.transfer.fast import ObstoreEngine

    if engine_name == "boto3":
        return Boto3Engine(s3)
    pytest.importorskip("obstore")
    return ObstoreEngine(s3, Credentials("test", "test"), s3_endpoint)


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name
