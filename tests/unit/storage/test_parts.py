"""Parts of large objects: how many are sent at once, and what is signed of them."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from quilt_registry.s3.multipart import sign_checksums_of_parts
from quilt_registry.transfer import Boto3Engine, Part, upload
from quilt_registry.transfer.boto import PARTS_AT_ONCE

from quilt_core import deadline
from quilt_core.domain import S3Uri
from quilt_core.errors import TransportError

CHUNK = 4
PARTS = 30


class Store:
    """Accepts parts and counts those in progress; each waits until `together` of them are."""

    def __init__(self, together: int) -> None:
        self.meta = SimpleNamespace(
            endpoint_url="http://s3", events=SimpleNamespace(register=lambda *_, **__: None)
        )
        self.completed: list[list[int]] = []
        self.most = 0
        self._gate = threading.Barrier(together)
        self._lock = threading.Lock()
        self._now = 0

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        return {"UploadId": "u"}

    def upload_part(self, Body: Any, **_: Any) -> dict[str, str]:
        assert len(Body.read()) == CHUNK
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._gate.wait(timeout=20)
        with self._lock:
            self._now -= 1
        return {"ETag": "e"}

    def complete_multipart_upload(self, MultipartUpload: Any, **_: Any) -> dict[str, str]:
        self.completed.append([part["PartNumber"] for part in MultipartUpload["Parts"]])
        return {}

    def abort_multipart_upload(self, **_: Any) -> None:
        return


def push(engine: Boto3Engine, path: Path, key: str) -> Any:
    return upload(engine, path, S3Uri("bucket", key), None, None, None, chunk_size=lambda _: CHUNK)


@pytest.mark.parametrize("objects", [1, 2, 7])
def test_one_object_uses_all_slots_and_several_share_them(tmp_path: Path, objects: int) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(CHUNK * PARTS))
    store = Store(together=PARTS_AT_ONCE)
    engine = Boto3Engine(store)
    with ThreadPoolExecutor(objects) as pool:
        list(pool.map(lambda number: push(engine, path, f"k{number}"), range(objects)))
    assert store.completed == [list(range(1, PARTS + 1))] * objects
    assert store.most == PARTS_AT_ONCE


def test_an_upload_that_fails_releases_its_slots(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(CHUNK * PARTS))
    store = Store(together=PARTS_AT_ONCE)
    engine = Boto3Engine(store)
    wait, store._gate.wait = store._gate.wait, lambda timeout: refuse()  # type: ignore[assignment]

    def refuse() -> int:
        raise TransportError("the connection broke")

    with pytest.raises(TransportError):
        push(engine, path, "k")
    store._gate.wait = wait  # type: ignore[method-assign]
    push(engine, path, "k")
    assert store.completed == [list(range(1, PARTS + 1))]


def slow_parts() -> Iterator[Part]:
    """Parts that are still being read when the first one fails."""
    digest = hashlib.sha256(bytes(CHUNK)).digest()
    for number in range(1, PARTS + 1):
        time.sleep(0.01)
        yield Part(number=number, data=bytes(CHUNK), digest=digest)


def test_parts_that_were_read_and_not_sent_release_their_slots() -> None:
    store = Store(together=1)

    def refuse(timeout: float) -> int:
        time.sleep(0.025)
        raise TransportError("the connection broke")

    store._gate.wait = refuse  # type: ignore[assignment, method-assign]
    engine = Boto3Engine(store)
    for _ in range(PARTS_AT_ONCE + 1):
        with deadline.within(20, "deadline"), pytest.raises(TransportError, match="broke"):
            engine.put_parts(S3Uri("bucket", "k"), slow_parts(), {})
    assert engine._slots._value == PARTS_AT_ONCE


@pytest.mark.parametrize("end", ["deadline", "cancellation"])
def test_an_upload_waits_for_a_slot_no_longer_than_its_time(tmp_path: Path, end: str) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(CHUNK * PARTS))
    engine, flag = Boto3Engine(Store(together=1)), deadline.Cancellation()
    for _ in range(PARTS_AT_ONCE):
        engine._slots.acquire()
    seconds = 0.2 if end == "deadline" else 20
    if end == "cancellation":
        threading.Timer(0.2, flag.cancel).start()
    with (
        deadline.within(seconds, "deadline"),
        deadline.cancellable(flag),
        pytest.raises(TransportError, match=r"0\.2 seconds|was cancelled") as caught,
    ):
        push(engine, path, "k")
    assert caught.value.context["outcome"] == "not_written"


def sent(config: Config | None) -> dict[str, str]:
    """The headers with which a part is sent over a connection without TLS."""
    import boto3

    client = boto3.client(
        "s3", region_name="us-east-1", endpoint_url="http://s3.invalid", config=config,
        aws_access_key_id="key", aws_secret_access_key="secret",
    )  # fmt: skip
    seen: dict[str, str] = {}

    def answer(request: Any, **_: Any) -> AWSResponse:
        seen.update({name.lower(): str(value) for name, value in request.headers.items()})
        return AWSResponse(request.url, 200, {"ETag": "e"}, SimpleNamespace(stream=lambda: ()))

    client.meta.events.register("before-send.s3", answer)
    sign_checksums_of_parts(client)
    sign_checksums_of_parts(client)  # as each engine of a client does
    digest = base64.b64encode(hashlib.sha256(b"part").digest()).decode()
    client.upload_part(
        Bucket="bucket", Key="k", UploadId="u", PartNumber=1, Body=b"part", ChecksumSHA256=digest
    )
    return {name: value.removeprefix("b'").removesuffix("'") for name, value in seen.items()}


def test_the_checksum_of_a_part_is_signed_and_its_bytes_are_not_hashed_again() -> None:
    headers = sent(None)
    assert headers["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD"
    assert "x-amz-checksum-sha256;" in headers["authorization"]


def test_payload_signing_is_used_when_requested() -> None:
    headers = sent(Config(s3={"payload_signing_enabled": True}))
    assert headers["x-amz-content-sha256"] == hashlib.sha256(b"part").hexdigest()
