"""Multipart uploads that a killed process left behind: they are resumed or aborted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from quilt_registry.transfer import Boto3Engine, TransferEngine, unfinished, upload
from quilt_registry.transfer.unfinished import SourceState, UnfinishedUpload, UnfinishedUploads

from quilt_core.domain import S3Uri
from quilt_core.errors import TransportError
from quilt_core.manifest import hash_bytes
from quilt_core.transfer import processes

MIB = 1 << 20
CHUNK = 8 * MIB
Served = list[tuple[str, str]]
Killed = Callable[..., None]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(MIB) * 20)
    return path


@pytest.fixture(scope="session")
def dead_process() -> int:
    """The id of a process that has ended."""
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    return int(done.stdout)


@pytest.fixture
def killed(s3: Any, bucket: str, key: str, dead_process: int) -> Killed:
    """Leaves an upload as a process does that is killed after some parts."""

    def leave(path: Path, parts: int, key: str = key, metadata: Any = None) -> None:
        import base64
        import hashlib

        target = {"Bucket": bucket, "Key": key}
        begun = s3.create_multipart_upload(
            **target, ChecksumAlgorithm="SHA256", Metadata=metadata or {}
        )
        target["UploadId"] = begun["UploadId"]
        data = path.read_bytes()
        for number in range(parts):
            piece = data[number * CHUNK : (number + 1) * CHUNK]
            checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
            s3.upload_part(
                **target, PartNumber=number + 1, Body=piece, ChecksumSHA256=checksum,
                ChecksumAlgorithm="SHA256",
            )  # fmt: skip
        uploads = UnfinishedUploads(s3.meta.endpoint_url)
        state = SourceState.of(path, path.stat())
        record = uploads.begin(S3Uri(bucket, key), target["UploadId"], metadata or {}, state)
        uploads.end(record)
        uploads._write(msgspec.structs.replace(record, process=dead_process, run="another"))

    return leave


def sent_parts(served: Served) -> int:
    return sum(method == "PUT" and "partNumber" in path for method, path in served)


def left_in(s3: Any, bucket: str, records: Path) -> tuple[int, int]:
    """How many unfinished uploads the bucket has, and how many records of uploads there are."""
    folder = records / "multipart"
    records = len(list(folder.iterdir())) if folder.exists() else 0
    return len(s3.list_multipart_uploads(Bucket=bucket).get("Uploads", ())), records


def test_parts_that_were_uploaded_are_not_sent_again(
    engine: TransferEngine,
    s3: Any,
    bucket: str,
    key: str,
    source: Path,
    killed: Killed,
    served: Served,
    records: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    killed(source, 2)
    pages = s3.get_paginator("list_parts").paginate
    monkeypatch.setattr(s3, "get_paginator", lambda name: _WithChecksums(pages, source))
    served.clear()
    stored = upload(engine, source, S3Uri(bucket, key), None, None, None)
    assert sent_parts(served) == 1
    assert stored.hash == hash_bytes(source.read_bytes())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == source.read_bytes()
    assert left_in(s3, bucket, records) == (0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_file_in_a_folder_whose_name_is_not_unicode_is_uploaded(
    engine: TransferEngine, s3: Any, bucket: str, key: str, source: Path, records: Path
) -> None:
    folder = Path(os.fsdecode(os.fsencode(source.parent) + b"/\xff"))
    folder.mkdir()
    source = source.rename(folder / source.name)
    stored = upload(engine, source, S3Uri(bucket, key), None, None, None)
    assert stored.hash == hash_bytes(source.read_bytes())
    assert left_in(s3, bucket, records) == (0, 0)


class _WithChecksums:
    """The parts as S3 lists them: the test server leaves out their checksums."""

    def __init__(self, pages: Any, source: Path) -> None:
        self._pages, self._data = pages, source.read_bytes()

    def paginate(self, **target: str) -> Iterator[dict[str, Any]]:
        import base64
        import hashlib

        for page in self._pages(**target):
            for part in page["Parts"]:
                start = (part["PartNumber"] - 1) * CHUNK
                digest = hashlib.sha256(self._data[start : start + part["Size"]]).digest()
                part["ChecksumSHA256"] = base64.b64encode(digest).decode()
            yield page


def test_parts_with_other_bytes_are_sent_again(
    engine: TransferEngine, s3: Any, bucket: str, key: str, source: Path, killed: Killed,
    served: Served, records: Path,
) -> None:  # fmt: skip
    killed(source, 2)
    data = b"y" * len(source.read_bytes())
    served.clear()
    upload(engine, data, S3Uri(bucket, key), None, None, None)
    assert sent_parts(served) == 3
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == data
    assert left_in(s3, bucket, records) == (0, 0)


def test_an_upload_with_other_metadata_is_not_resumed(
    engine: TransferEngine, s3: Any, bucket: str, key: str, source: Path, killed: Killed,
    served: Served,
) -> None:  # fmt: skip
    killed(source, 2, metadata={"origin": "lab"})
    served.clear()
    upload(engine, source, S3Uri(bucket, key), None, None, None)
    assert sent_parts(served) == 3
    assert s3.head_object(Bucket=bucket, Key=key)["Metadata"] == {}


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_uploads_that_nobody_will_resume_are_aborted(
    engine: TransferEngine, s3: Any, bucket: str, source: Path, killed: Killed, records: Path,
    change: str,
) -> None:  # fmt: skip
    killed(source, 1, key="elsewhere.bin")
    if change == "gone":
        source.unlink()
    else:
        source.write_bytes(b"other")
    upload(engine, b"small", S3Uri(bucket, "small"), None, None, None)
    assert left_in(s3, bucket, records) == (0, 0)


def test_uploads_that_somebody_may_resume_are_kept_for_a_week(
    engine: TransferEngine, s3: Any, bucket: str, source: Path, killed: Killed, records: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    killed(source, 1, key="elsewhere.bin")
    upload(engine, b"small", S3Uri(bucket, "small"), None, None, None)
    assert left_in(s3, bucket, records) == (1, 1)
    now = unfinished.time.time()
    monkeypatch.setattr(unfinished.time, "time", lambda: now + 8 * 24 * 3600)
    Boto3Engine(s3).tidy_up(bucket)  # as the next process does
    assert left_in(s3, bucket, records) == (0, 0)


def test_an_upload_of_a_running_process_is_left_alone(
    engine: TransferEngine, s3: Any, bucket: str, key: str, records: Path
) -> None:
    begun = s3.create_multipart_upload(Bucket=bucket, Key=key, ChecksumAlgorithm="SHA256")
    UnfinishedUploads(s3.meta.endpoint_url).begin(S3Uri(bucket, key), begun["UploadId"], {}, None)
    upload(engine, b"x" * CHUNK, S3Uri(bucket, key), None, None, None)
    assert left_in(s3, bucket, records) == (1, 1)


def test_an_upload_that_cannot_be_aborted_stays_recorded(
    engine: TransferEngine, s3: Any, bucket: str, key: str, records: Path
) -> None:
    from botocore.exceptions import EndpointConnectionError

    def refuse(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://s3")

    for operation in ("UploadPart", "AbortMultipartUpload"):
        s3.meta.events.register(f"before-send.s3.{operation}", refuse)
    with pytest.raises(TransportError):
        upload(engine, b"x" * CHUNK, S3Uri(bucket, key), None, None, None)
    assert left_in(s3, bucket, records) == (1, 1)


def test_only_one_of_two_processes_takes_over_an_upload(records: Path, dead_process: int) -> None:
    uploads = UnfinishedUploads("http://s3")
    record = uploads.begin(S3Uri("bucket", "k"), "u1", {}, None)
    assert list(uploads.abandoned("bucket")) == []
    left = msgspec.structs.replace(record, process=dead_process, run="another")
    uploads.end(record)
    uploads._write(left)
    assert list(uploads.abandoned("bucket")) == [left]
    assert (
        list(uploads.abandoned("other"))
        == list(UnfinishedUploads("http://t3").abandoned("bucket"))
        == []
    )
    mine = uploads.take_over(left)
    assert mine is not None
    assert uploads.take_over(left) is None
    assert list(uploads.abandoned("bucket")) == []
    uploads.end(mine)
    assert list((records / "multipart").iterdir()) == []  # nor a draft of the process that lost


TAKE_OVER_UNTIL_KILLED = """
import os, sys
from quilt_registry.transfer.unfinished import UnfinishedUploads

steps = int(sys.argv[1])

def dies_after(step):
    def moved(*names, **options):
        global steps
        if not steps:
            os._exit(9)
        steps -= 1
        step(*names, **options)
        if not steps:
            os._exit(9)
    return moved

for name in ("rename", "replace", "unlink", "link"):
    setattr(os, name, dies_after(getattr(os, name)))
[record] = UnfinishedUploads("http://s3").abandoned("bucket")
UnfinishedUploads("http://s3").take_over(record)
"""


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_process_that_is_killed_while_taking_over_loses_nothing(
    dead_process: int, steps: int
) -> None:
    uploads = UnfinishedUploads("http://s3")
    record = UnfinishedUpload(
        "http://s3", "bucket", "k", "u1", {}, None, process=dead_process, run="another"
    )
    uploads._write(record)
    subprocess.run([sys.executable, "-c", TAKE_OVER_UNTIL_KILLED, str(steps)], check=False)
    [left] = uploads.abandoned("bucket")
    assert left.upload_id == "u1"
    assert uploads.take_over(left) is not None


def test_another_process_with_the_same_id_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = UnfinishedUpload("http://s3", "b", "k", "u", {}, None)
    assert not mine.is_abandoned()
    assert msgspec.structs.replace(mine, run="before the container was started").is_abandoned()
    other = msgspec.structs.replace(mine, machine="another")
    assert not other.is_abandoned()
    assert msgspec.structs.replace(other, at=0).is_abandoned()
    monkeypatch.setattr(unfinished, "is_running", lambda number: None)
    assert not mine.is_abandoned()
    assert processes.is_running(os.getpid()) in (True, None)


def test_damaged_records_and_folders_are_ignored(
    records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = UnfinishedUploads("http://s3")
    uploads.begin(S3Uri("bucket", "k"), "u1", {}, None)
    [path] = (records / "multipart").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b'{"endpoint":')
    assert list(uploads.abandoned("bucket")) == []
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("QUILT_CORE_CACHE_DIR", str(tmp_path / "file" / "below"))
    record = uploads.begin(S3Uri("bucket", "k"), "u1", {}, None)
    assert list(uploads.abandoned("bucket")) == []
    assert uploads.take_over(record) is None
    uploads.end(record)
