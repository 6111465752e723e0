"""Objects as files: what is read, with how many requests, and how reading fails."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from quilt_registry.transfer import (
    Boto3Engine,
    TransferEngine,
    choose_engine,
    open_for_reading,
    upload,
)
from quilt_registry.transfer.fast import ObstoreEngine
from quilt_registry.transfer.reading import ObjectReader

from quilt_core.domain import S3Uri
from quilt_core.errors import BackendError, ConflictError, NotFoundError, TransportError
from quilt_core.transfer.hashing import file_blocks

DATA = os.urandom(100_003)
BLOCK = 1000
MIB = 1 << 20
Served = list[tuple[str, str]]


@pytest.fixture
def uri(s3: Any, bucket: str) -> S3Uri:
    s3.put_object(Bucket=bucket, Key="a-b.bin", Body=DATA)
    return S3Uri(bucket, "a-b.bin")


def gets(served: Served) -> int:
    return sum(method == "GET" for method, _ in served)


def test_reading_everything_takes_one_request(
    engine: TransferEngine, uri: S3Uri, served: Served
) -> None:
    with open_for_reading(engine, uri) as file:
        assert file.read() == DATA
        assert file.read() == b""
        file.seek(5)
        assert file.read(3) == DATA[5:8]
    assert [method for method, _ in served] == ["HEAD", "GET"]


def test_opening_with_a_block_size_and_reading_it_takes_one_request(
    engine: TransferEngine, uri: S3Uri, served: Served
) -> None:
    with open_for_reading(engine, uri, len(DATA)) as file:
        assert file.read() == DATA
        file.seek(-5, io.SEEK_END)
        assert file.read() == DATA[-5:]
    assert [method for method, _ in served] == ["GET"]
    with open_for_reading(engine, uri, BLOCK) as file:
        assert file.read(BLOCK) == DATA[:BLOCK]
    assert [method for method, _ in served] == ["GET", "GET"]


@pytest.mark.parametrize("block_size", [None, BLOCK, len(DATA)])
def test_a_seek_that_is_not_possible_leaves_the_position(
    engine: TransferEngine, uri: S3Uri, block_size: int | None
) -> None:
    with open_for_reading(engine, uri, block_size) as file:
        file.seek(7)
        # 3 and 4 are SEEK_DATA and SEEK_HOLE of some systems, and reach the reader.
        for offset, whence in ((-1, 0), (0, 3), (0, 4), (0, 9)):
            with pytest.raises(ValueError, match=r"before the beginning|negative|whence"):
                file.seek(offset, whence)
        assert file.read(3) == DATA[7:10]


def test_a_large_block_arrives_as_it_is_read(
    engine: TransferEngine, s3: Any, bucket: str, served: Served
) -> None:
    size = 20 * MIB + 7
    data = os.urandom(MIB) * 20 + b"the end"
    s3.put_object(Bucket=bucket, Key="large", Body=data)
    served.clear()
    with open_for_reading(engine, S3Uri(bucket, "large"), size) as file:
        raw: Any = file.raw  # type: ignore[attr-defined]
        read = bytearray()
        while block := file.read(MIB // 2):
            read += block
            assert sum(map(len, raw._blocks.values())) <= 2 * MIB
    assert read == data
    assert [method for method, _ in served] == ["GET"]


@pytest.mark.parametrize("block", [BLOCK, len(DATA) - 1, len(DATA), 2 * len(DATA)])
def test_a_whole_object_arrives_as_it_is_read(
    engine: TransferEngine, uri: S3Uri, served: Served, block: int
) -> None:
    """Read in the blocks of a download, from any position."""
    with open_for_reading(engine, uri, block) as file:
        assert b"".join(file_blocks(file, len(DATA))) == DATA
        assert list(file_blocks(file, len(DATA))) == []
        assert gets(served) == -(-len(DATA) // block)
        file.seek(50)
        assert file.read(7) == DATA[50:57]
        assert b"".join(file_blocks(file, len(DATA))) == DATA[57:]
        file.seek(60_000)
        assert b"".join(file_blocks(file, len(DATA))) == DATA[60_000:]


@pytest.mark.parametrize("more", [-1, 1])
def test_a_whole_object_of_another_size_than_at_opening_is_an_error(
    uri: S3Uri, s3: Any, more: int
) -> None:
    engine = Boto3Engine(s3)
    with open_for_reading(engine, uri, len(DATA)) as opened:
        size = opened.seek(0, io.SEEK_END)
    begun = engine.get(uri, size)
    reader = ObjectReader(
        engine=engine, uri=begun.uri, size=size + more, etag=begun.etag, least=size + more,
        begun=begun.chunks,
    )  # fmt: skip
    with reader, pytest.raises(TransportError, match="other bytes"):
        list(reader.chunks())


def test_consecutive_blocks_take_one_request(
    engine: TransferEngine, uri: S3Uri, served: Served
) -> None:
    with open_for_reading(engine, uri, BLOCK) as file:
        assert gets(served) == 1  # the first block
        served.clear()
        file.seek(-8, io.SEEK_END)
        assert file.read() == DATA[-8:]
        assert gets(served) == 1
        file.seek(10_500)
        assert file.read(20_000) == DATA[10_500:30_500]
        assert gets(served) == 2
        file.seek(12_345)
        assert file.read(5_000) == DATA[12_345:17_345]
        assert gets(served) == 2
        file.seek(9_000)
        assert file.read(25_000) == DATA[9_000:34_000]
        assert gets(served) == 4  # before what is cached, and after it


def test_sequential_reads_fetch_more_at_once(
    engine: TransferEngine, uri: S3Uri, served: Served
) -> None:
    with open_for_reading(engine, uri, BLOCK) as file:
        read = b"".join(iter(lambda: file.read(BLOCK), b""))
    assert read == DATA
    assert gets(served) < 12


def test_lines_and_random_access(engine: TransferEngine, s3: Any, bucket: str) -> None:
    lines = [f"{number},{'x' * (number % 70)}\n".encode() for number in range(3000)]
    s3.put_object(Bucket=bucket, Key="lines", Body=b"".join(lines))
    with open_for_reading(engine, S3Uri(bucket, "lines"), 777) as file:
        assert list(file) == lines
    rng, content = random.Random(1), b"".join(lines)
    with open_for_reading(engine, S3Uri(bucket, "lines"), 777) as file:
        for _ in range(60):
            start, count = rng.randrange(len(content) + 50), rng.choice([0, 1, 700, 777, 5000])
            file.seek(start)
            assert file.read(count) == content[start : start + count]


def test_an_empty_object_takes_no_request(
    engine: TransferEngine, s3: Any, bucket: str, served: Served
) -> None:
    s3.put_object(Bucket=bucket, Key="empty", Body=b"")
    served.clear()
    with open_for_reading(engine, S3Uri(bucket, "empty")) as file:
        assert (file.read(), file.seekable(), file.readable(), file.writable()) == (
            b"",
            True,
            True,
            False,
        )
    assert gets(served) == 0


def test_memory_is_bounded(
    engine: TransferEngine, uri: S3Uri, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tracemalloc

    def chunks(_: object, uri: S3Uri, start: int, stop: int, etag: str) -> Iterator[bytes]:
        return (bytes(1 << 20) for _ in range((stop - start) >> 20))

    facts = attrs.evolve(engine.head(uri), size=64 << 20)
    monkeypatch.setattr(type(engine), "head", lambda *_: facts)
    monkeypatch.setattr(type(engine), "range", chunks)
    with open_for_reading(engine, uri) as file:
        tracemalloc.start()
        while file.read(1 << 20):
            pass
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 40 << 20


def test_the_version_at_opening_is_the_one_read(
    engine: TransferEngine, s3: Any, uri: S3Uri
) -> None:
    with open_for_reading(engine, uri) as file:
        s3.put_object(Bucket=uri.bucket, Key=uri.key, Body=b"newer")
        assert file.read() == DATA


def test_a_store_without_versions_reports_a_replacement(
    engine: TransferEngine, s3: Any, bucket: str
) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket=bucket, Key="k", Body=DATA)
    with open_for_reading(engine, S3Uri(bucket, "k"), BLOCK) as file:
        assert file.read(10) == DATA[:10]
        s3.put_object(Bucket=bucket, Key="k", Body=DATA[::-1])
        file.seek(50_000)
        with pytest.raises(ConflictError) as caught:
            file.read(10)
    assert caught.value.operation == "open_object"


def test_a_version_that_is_deleted_in_the_meantime(
    engine: TransferEngine, s3: Any, uri: S3Uri
) -> None:
    with open_for_reading(engine, uri) as file:
        version = s3.head_object(Bucket=uri.bucket, Key=uri.key)["VersionId"]
        s3.delete_object(Bucket=uri.bucket, Key=uri.key, VersionId=version)
        with pytest.raises(NotFoundError):
            file.read(10)


def test_missing_objects(engine: TransferEngine, bucket: str) -> None:
    for uri in (S3Uri(bucket, "no"), S3Uri("no-such-bucket", "k"), S3Uri(bucket, "folder/")):
        with pytest.raises(NotFoundError):
            open_for_reading(engine, uri)


def test_an_archived_object(engine: TransferEngine, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="old", Body=DATA, StorageClass="DEEP_ARCHIVE")
    with pytest.raises(BackendError, match="archived"):
        open_for_reading(engine, S3Uri(bucket, "old"))


def test_a_store_that_returns_too_little(
    engine: TransferEngine, uri: S3Uri, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(engine), "range", lambda *_: (one for one in [b"short"]))
    file = open_for_reading(engine, uri, BLOCK)
    with file, pytest.raises(TransportError, match="other bytes"):
        file.read(BLOCK + 10)


@pytest.mark.parametrize("block", [None, BLOCK])
def test_reading_goes_on_after_an_error(
    engine: TransferEngine, uri: S3Uri, monkeypatch: pytest.MonkeyPatch, block: int | None
) -> None:
    requested, failures = type(engine).range, [1]

    def breaking(self: Any, uri: S3Uri, start: int, stop: int, etag: str) -> Iterator[bytes]:
        for chunk in requested(self, uri, start, stop, etag):
            yield bytes(chunk[:BLOCK])
            if failures:
                failures.pop()
                raise TransportError("the connection broke")
            yield bytes(chunk[BLOCK:])

    monkeypatch.setattr(type(engine), "range", breaking)
    with open_for_reading(engine, uri, block) as file:
        with pytest.raises(TransportError, match="broke"):
            file.read(5 * BLOCK)
        file.seek(0)
        assert file.read(5 * BLOCK) == DATA[: 5 * BLOCK]
        assert file.read() == DATA[5 * BLOCK :]


def test_a_store_that_returns_too_little_in_one_request(
    engine: TransferEngine, uri: S3Uri, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = type(engine).get

    def short(self: Any, uri: S3Uri, count: int) -> Any:
        return attrs.evolve(get(self, uri, count), chunks=(one for one in [b"short"]))

    monkeypatch.setattr(type(engine), "get", short)
    with pytest.raises(TransportError, match="other bytes"):
        open_for_reading(engine, uri, len(DATA))


def test_an_empty_object_opened_with_a_block_size(
    engine: TransferEngine, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="empty", Body=b"")
    with open_for_reading(engine, S3Uri(bucket, "empty"), 100) as file:
        assert (file.read(), file.readable(), file.writable()) == (b"", True, False)


def test_a_closed_file(engine: TransferEngine, uri: S3Uri) -> None:
    file = open_for_reading(engine, uri)
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.read()


@pytest.mark.parametrize("engine_name", ["obstore"])
def test_obstore_reads_and_writes_without_boto3(engine: Any, s3: Any, bucket: str) -> None:
    def refuse(**_: Any) -> None:
        raise AssertionError("boto3 was asked")

    for operation in ("PutObject", "GetObject"):
        s3.meta.events.register(f"before-send.s3.{operation}", refuse)
    uri = S3Uri(bucket, "plain/key.csv")
    upload(engine, DATA, uri, None, None, None)
    with open_for_reading(engine, uri, BLOCK) as file:
        assert file.read(5000) == DATA[:5000]
        assert file.read() == DATA[5000:]


@attrs.frozen
class Breaking:
    """An answer of obstore that breaks off after ten bytes."""

    _answer: Any

    @property
    def meta(self) -> Any:
        return self._answer.meta

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._answer.bytes().to_bytes()[:10]
        raise OSError("the connection broke")


@pytest.mark.parametrize("whole", [True, False])
def test_a_dropped_connection_is_resumed(
    engine: TransferEngine, uri: S3Uri, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    pytest.importorskip("obstore")
    from quilt_registry.transfer import fast

    get = fast._get

    def broken(*arguments: Any) -> Any:
        return Breaking(get(*arguments))

    monkeypatch.setattr(fast, "_get", broken)
    monkeypatch.setattr(fast, "_CHUNK", 100)
    with open_for_reading(engine, uri, None if whole else BLOCK) as file:
        assert file.read(40_000) == DATA[:40_000]
        assert file.read() == DATA[40_000:]


@pytest.mark.parametrize(
    "name", ["AWS_CA_BUNDLE", "AWS_REQUEST_PAYER", "AWS_SERVER_SIDE_ENCRYPTION"]
)
def test_boto3_is_chosen_for_settings_that_only_it_understands(
    monkeypatch: pytest.MonkeyPatch, s3: Any, name: str
) -> None:
    pytest.importorskip("obstore")
    for variable in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    assert isinstance(choose_engine("auto", s3, object()), ObstoreEngine)
    assert isinstance(choose_engine("boto3", s3, object()), Boto3Engine)
    monkeypatch.setenv(name, "x")
    assert isinstance(choose_engine("auto", s3, object()), Boto3Engine)


@pytest.mark.parametrize("engine_name", ["obstore"])
def test_keys_in_the_environment_are_not_used(
    engine: Any, uri: S3Uri, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "PROCESS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "PROCESS")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    signed: list[str] = []

    def ask() -> Any:
        signed.append("ours")
        return {
            "access_key_id": "ours",
            "secret_access_key": "x",
            "token": None,
            "expires_at": None,
        }

    monkeypatch.setattr(engine, "_keys", ask)
    with open_for_reading(engine, uri) as file:
        assert file.read() == DATA
    assert signed == ["ours"]
