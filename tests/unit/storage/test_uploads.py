"""Uploads: read once, hashed as a manifest needs it, verified by S3, with nothing left behind."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from quilt_registry.s3 import head_object
from quilt_registry.s3.response_checks import check_responses
from quilt_registry.transfer import Boto3Engine, Part, TransferEngine, Written, upload
from quilt_registry.transfer.file_parts import FilePart, SharedFile

from quilt_core import deadline
from quilt_core.domain import Progress, S3Uri, StoredObject
from quilt_core.errors import (
    NotFoundError,
    PermissionDeniedError,
    QuiltOpsError,
    TransportError,
    ValidationError,
)
from quilt_core.manifest import SHA256, SHA256_CHUNKED, EntryHash, hash_bytes
from quilt_core.shared_lookups import shared_lookups
from quilt_core.transfer.chunk_digests import share_digests

MIB = 1 << 20
CHUNK = 8 * MIB
Served = list[tuple[str, str]]


@pytest.fixture
def put(engine: TransferEngine, bucket: str, key: str) -> Callable[..., Any]:
    def put(source: Any, checksum: EntryHash | None = None, **more: Any) -> Any:
        metadata, progress = more.get("metadata"), more.get("progress")
        return upload(engine, source, S3Uri(bucket, key), checksum, metadata, progress)

    return put


def noise(size: int) -> bytes:
    return os.urandom(MIB) * (size // MIB) + b"x" * (size % MIB)


@pytest.mark.parametrize(
    ("size", "requests"), [(0, 1), (1, 1), (CHUNK - 1, 1), (CHUNK, 3), (CHUNK + 1, 4)]
)
def test_the_hash_is_valid_for_the_manifest_and_the_store(
    put: Callable[..., Any],
    s3: Any,
    served: Served,
    engine_name: str,
    size: int,
    requests: int,
) -> None:
    data = noise(size)
    served.clear()

    stored = put(data)

    assert len(served) == requests
    assert (stored.size, stored.hash) == (size, hash_bytes(data))
    assert S3Uri.parse(stored.uri).version_id == stored.version is not None
    facts = head_object(s3, S3Uri.parse(stored.uri))
    if size < CHUNK and engine_name == "boto3":
        # This server forgets other checksums; the local registry does not.
        assert EntryHash(SHA256_CHUNKED, str(facts.chunked_hash)) == stored.hash
    answer = s3.get_object(Bucket=facts.uri.bucket, Key=facts.uri.key, VersionId=stored.version)
    assert answer["Body"].read() == data


class Once(io.RawIOBase):
    """A stream that cannot seek back, and returns as much as it likes."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._file = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._file.read(min(size, 1000) if size > 0 else size)


def test_sources_of_all_kinds(put: Callable[..., Any], tmp_path: Path) -> None:
    data = noise(CHUNK + 3)
    path = tmp_path / "file"
    path.write_bytes(data)
    half_read = io.BytesIO(b"before" + data)
    half_read.seek(6)

    assert put(path).hash == put(half_read).hash == put(Once(data)).hash == hash_bytes(data)
    assert put(Once(b"few")).hash == hash_bytes(b"few")


def test_a_wrong_expected_hash_writes_nothing(
    put: Callable[..., Any], s3: Any, bucket: str
) -> None:
    for data in (b"small", noise(CHUNK + 1)):
        for kind in (SHA256, SHA256_CHUNKED):
            with pytest.raises(ValidationError) as caught:
                put(data, EntryHash(kind, "0" * 64))
            assert caught.value.context["outcome"] == "not_written"
        good = hashlib.sha256(data).hexdigest()
        assert put(data, EntryHash(SHA256, good)).hash == hash_bytes(data)
        assert put(data, hash_bytes(data)).size == len(data)
    versions = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert len(versions) == 4
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_metadata_and_progress(put: Callable[..., Any], s3: Any, bucket: str, key: str) -> None:
    seen: list[Progress] = []

    put(noise(2 * CHUNK), metadata={"origin": "lab"}, progress=seen.append)

    assert [(one.done, one.total, one.unit) for one in seen] == [
        (CHUNK, 2 * CHUNK, "bytes"),
        (2 * CHUNK, 2 * CHUNK, "bytes"),
    ]
    assert s3.head_object(Bucket=bucket, Key=key)["Metadata"] == {"origin": "lab"}


class Growing(io.BytesIO):
    """A file that somebody is writing to while it is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        if not content:
            return content
        position = self.tell()
        self.seek(0, io.SEEK_END)
        self.write(b"more") if self.tell() < CHUNK + 100 else None
        self.seek(position)
        return content


@pytest.mark.parametrize("size", [10, CHUNK + 1])
def test_a_source_that_changes_is_not_uploaded(
    put: Callable[..., Any], s3: Any, bucket: str, size: int
) -> None:
    with pytest.raises(ValidationError, match="changed while") as caught:
        put(Growing(b"x" * size))

    assert caught.value.context["outcome"] == "not_written"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_unreadable_sources(put: Callable[..., Any], tmp_path: Path) -> None:
    fifo, closed = tmp_path / "fifo", tmp_path / "closed"
    os.mkfifo(fifo)
    closed.write_bytes(b"x")
    closed.chmod(0)
    sources: list[Any] = [tmp_path, tmp_path / "missing", fifo, io.StringIO("text")]
    sources += [] if os.access(closed, os.R_OK) else [closed]  # root can read everything
    for source in sources:
        with pytest.raises(ValidationError) as caught:
            put(source)
        assert caught.value.context["outcome"] == "not_written"


class Failing:
    """A file on a disk that fails after some blocks."""

    def __init__(self, file: Any, good: int) -> None:
        self._file, self._good = file, good
        self.reads = 0

    def seek(self, position: int) -> None:
        self._file.seek(position)

    def readinto(self, room: memoryview) -> int:
        self.reads += 1
        if self.reads > self._good:
            raise OSError(errno.EIO, "Input/output error")
        return int(self._file.readinto(room))


@pytest.mark.parametrize("hashed", [False, True])
def test_a_disk_that_fails_half_way(
    put: Callable[..., Any],
    s3: Any,
    bucket: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hashed: bool,
) -> None:
    """While the file is hashed and, where that is done, while it is sent."""
    path, files = tmp_path / "large", []
    path.write_bytes(bytes(CHUNK))

    def shared(file: Any, name: str) -> SharedFile:
        files.append(Failing(file, good=3))
        return SharedFile(cast("BinaryIO", files[-1]), name)

    monkeypatch.setattr("quilt_registry.transfer.uploads.SharedFile", shared)
    if hashed:
        monkeypatch.setattr(FilePart, "digest", lambda _: hashlib.sha256(bytes(CHUNK)).digest())
    check_responses(s3)

    with pytest.raises(ValidationError, match="large cannot be read: Input/output") as caught:
        put(path)

    assert caught.value.context["outcome"] == "not_written"
    assert files[0].reads == 4  # it is not read again
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


@pytest.mark.parametrize("size", [1, CHUNK])
def test_a_missing_bucket(engine: TransferEngine, key: str, size: int) -> None:
    with pytest.raises(NotFoundError) as caught:
        upload(engine, b"x" * size, S3Uri("no-such-bucket", key), None, None, None)
    assert caught.value.context["outcome"] == "not_written"


@pytest.fixture
def failing(s3: Any) -> Iterator[Callable[[str], None]]:
    """Makes an operation fail before it is sent, as without a network."""
    from botocore.exceptions import EndpointConnectionError

    def fail(operation: str) -> None:
        def refuse(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="http://s3")

        s3.meta.events.register(f"before-send.s3.{operation}", refuse)

    yield fail


@pytest.mark.parametrize(
    ("operation", "outcome"),
    [("UploadPart", "not_written"), ("CompleteMultipartUpload", "unknown")],
)
def test_a_connection_that_is_lost_half_way(
    put: Callable[..., Any],
    s3: Any,
    bucket: str,
    failing: Callable[[str], None],
    operation: str,
    outcome: str,
) -> None:
    failing(operation)

    with pytest.raises(TransportError) as caught:
        put(noise(2 * CHUNK))

    assert caught.value.context["outcome"] == outcome
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_an_upload_that_runs_out_of_time_leaves_no_parts(
    put: Callable[..., Any], s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead: list[float] = []
    monkeypatch.setattr(deadline, "clock", lambda: time.monotonic() + sum(ahead))
    s3.meta.events.register("before-send", lambda **_: deadline.check())
    s3.meta.events.register("after-call.s3.UploadPart", lambda **_: ahead.append(100.0))

    with deadline.within(60, "deadline"), pytest.raises(TransportError, match="no time left"):
        put(noise(2 * CHUNK))

    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


@pytest.mark.skipif(sys.platform == "win32", reason="a signal for one thread needs POSIX")
def test_an_interrupt_before_the_answer_leaves_no_upload(
    put: Callable[..., Any], s3: Any, bucket: str
) -> None:
    main = threading.main_thread().ident or 0

    def interrupt(**_: object) -> None:
        signal.pthread_kill(main, signal.SIGINT)

    s3.meta.events.register("after-call.s3.CreateMultipartUpload", interrupt)

    with pytest.raises(KeyboardInterrupt):
        put(noise(2 * CHUNK))

    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_an_upload_that_cannot_be_aborted_reports_the_original_error(
    put: Callable[..., Any], failing: Callable[[str], None]
) -> None:
    failing("UploadPart")
    failing("AbortMultipartUpload")

    with pytest.raises(QuiltOpsError, match="Could not write"):
        put(noise(2 * CHUNK))


def test_parts_of_other_sizes_give_no_manifest_hash(s3: Any, bucket: str) -> None:
    data = noise(12 * MIB)
    target = {"Bucket": bucket, "Key": "other"}
    begun = s3.create_multipart_upload(**target, ChecksumAlgorithm="SHA256")
    target["UploadId"] = begun["UploadId"]
    parts = []
    for number, piece in enumerate((data[: 6 * MIB], data[6 * MIB :]), 1):
        sent = s3.upload_part(**target, PartNumber=number, Body=piece, ChecksumAlgorithm="SHA256")
        parts.append(
            {
                "PartNumber": number,
                "ETag": sent["ETag"],
                "ChecksumSHA256": sent["ChecksumSHA256"],
            }
        )
    s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})

    assert head_object(s3, S3Uri(bucket, "other")).chunked_hash is None


@pytest.mark.parametrize("engine_name", ["obstore"])
@pytest.mark.parametrize(
    ("failure", "outcome"), [(OSError("lost"), "unknown"), (PermissionError("403"), "not_written")]
)
def test_a_write_may_have_happened_although_obstore_lost_the_answer(
    put: Callable[..., Any],
    s3: Any,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    outcome: str,
) -> None:
    import obstore
    from botocore.exceptions import ClientError

    def fail(*_: Any, **__: Any) -> None:
        raise failure

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")

    monkeypatch.setattr(obstore, "put", fail)
    s3.meta.events.register("before-send.s3.PutObject", refuse)
    with pytest.raises(PermissionDeniedError) as caught:
        put(b"1")
    assert caught.value.context["outcome"] == outcome


class Parts:
    """A store in memory, which counts the parts of an object that is too large for a single one."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.data = self.digests = b""

    def put(self, uri: S3Uri, part: Part, metadata: Any) -> Written:
        raise AssertionError("it has several parts")

    def put_parts(
        self, uri: S3Uri, parts: Iterable[Part], metadata: Any, source: Any = None
    ) -> Written:
        for part in parts:
            self.sizes.append(len(part.data))
            self.data += part.content
            self.digests += part.digest
        return Written(version="1", checksum=None)


def test_an_object_of_many_parts(tmp_path: Path) -> None:
    """Like an object of 80 GB, but with parts of 4 bytes."""
    path, data = tmp_path / "large", os.urandom(4 * 9_999 + 3)
    path.write_bytes(data)
    for source in (path, data, Once(data)):
        store = Parts()
        stored = upload(store, source, S3Uri("b", "k"), None, None, None, chunk_size=lambda _: 4)
        assert store.sizes == [4] * 9_999 + [3]
        assert store.data == data
        digests = b"".join(
            hashlib.sha256(data[start : start + 4]).digest() for start in range(0, len(data), 4)
        )
        assert stored.hash.value == base64.b64encode(hashlib.sha256(digests).digest()).decode()
    with pytest.raises(ValidationError, match="10000 parts"):
        upload(
            Parts(), Once(data + b"more"), S3Uri("b", "k"), None, None, None,
            chunk_size=lambda _: 4,
        )  # fmt: skip


def test_what_a_push_has_hashed_is_not_hashed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, data = tmp_path / "large", os.urandom(11)
    path.write_bytes(data)
    digests = b"".join(hashlib.sha256(data[at : at + 4]).digest() for at in (0, 4, 8))
    found = EntryHash(SHA256_CHUNKED, base64.b64encode(hashlib.sha256(digests).digest()).decode())

    def put() -> tuple[Parts, StoredObject]:
        store = Parts()
        return store, upload(
            store, path, S3Uri("b", "k"), found, None, None, chunk_size=lambda _: 4
        )

    store, stored = put()
    with shared_lookups():
        share_digests(found, digests)
        monkeypatch.setattr(FilePart, "digest", None)
        again, same = put()
    assert stored == same
    assert stored.hash == found
    assert store.data == again.data == data
    assert store.digests == again.digests == digests


def test_bytes_that_changed_after_they_were_hashed_are_not_written(
    tmp_path: Path, s3: Any, bucket: str
) -> None:
    """S3 refuses the part, and the error names the cause."""
    path = tmp_path / "large"
    path.write_bytes(bytes(CHUNK * 2))
    hashed = FilePart.digest

    def changed(part: FilePart) -> bytes:
        digest = hashed(part)
        path.write_bytes(b"x" * CHUNK * 2)
        return digest

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(FilePart, "digest", changed)
        with pytest.raises(ValidationError, match="changed while it was being read") as caught:
            upload(Boto3Engine(s3), path, S3Uri(bucket, "k"), None, None, None)
    assert caught.value.context["outcome"] == "not_written"
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
