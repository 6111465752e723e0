"""The object store: everything is still there when its folder is opened again."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_registry.http.messages import Request
from local_registry.s3.errors import S3Error
from local_registry.s3.objects.conditions import check_write
from local_registry.s3.objects.journal import DamagedError
from local_registry.s3.objects.model import Version
from local_registry.s3.objects.service import ObjectService

BIG = bytes(range(256)) * 400  # more than the journal itself holds
PART = b"p" * (5 * 1024**2)
WHERE = {"Bucket": "bucket", "Key": "k"}


@contextmanager
def _opened(folder: Path) -> Iterator[Any]:
    service = ObjectService("us-east-1", folder)
    try:
        yield service.client()
    finally:
        service.close()


def _seen(client: Any) -> Any:
    """Everything that a client can see in the buckets."""
    found: dict[str, Any] = {}
    for bucket in client.list_buckets()["Buckets"]:
        name = bucket["Name"]
        listing = client.list_object_versions(Bucket=name)
        versions = []
        for each in listing.get("Versions", []):
            where = {"Bucket": name, "Key": each["Key"], "VersionId": each["VersionId"]}
            got = client.get_object(**where, ChecksumMode="ENABLED")
            body = got.pop("Body").read()
            got.pop("ResponseMetadata")
            versions.append((each, got, body, client.get_object_tagging(**where)["TagSet"]))
        uploads = client.list_multipart_uploads(Bucket=name).get("Uploads", [])
        parts = [
            client.list_parts(Bucket=name, Key=each["Key"], UploadId=each["UploadId"])["Parts"]
            for each in uploads
        ]
        found[name] = [
            bucket,
            client.get_bucket_location(Bucket=name)["LocationConstraint"],
            client.get_bucket_versioning(Bucket=name).get("Status"),
            versions,
            listing.get("DeleteMarkers"),
            uploads,
            parts,
        ]
    return found


def _filled(client: Any) -> None:
    client.create_bucket(Bucket="bucket")
    client.put_object(**WHERE, Body=b"before there were versions")
    client.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
    about = {
        "ContentType": "text/x",
        "Metadata": {"a": "b"},
        "Tagging": "t=1",
        "CacheControl": "no",
    }
    client.put_object(**WHERE, Body=BIG, ChecksumAlgorithm="SHA256", **about)
    client.copy_object(Bucket="bucket", Key="copy", CopySource=WHERE)
    client.put_object_tagging(**WHERE, Tagging={"TagSet": [{"Key": "u", "Value": "ü"}]})
    client.put_object(Bucket="bucket", Key="gone", Body=BIG)
    client.delete_object(Bucket="bucket", Key="gone")
    removed = client.put_object(Bucket="bucket", Key="removed", Body=BIG)["VersionId"]
    client.delete_object(Bucket="bucket", Key="removed", VersionId=removed)
    with io.BytesIO(PART * 2) as file:
        client.upload_fileobj(file, "bucket", "parts", ExtraArgs={"ChecksumAlgorithm": "SHA256"})
    begun = client.create_multipart_upload(Bucket="bucket", Key="going on")["UploadId"]
    client.upload_part(Bucket="bucket", Key="going on", UploadId=begun, PartNumber=2, Body=BIG)
    where = {"LocationConstraint": "eu-north-1"}
    client.create_bucket(Bucket="suspended", CreateBucketConfiguration=where)
    for status in ("Enabled", "Suspended"):
        client.put_bucket_versioning(Bucket="suspended", VersioningConfiguration={"Status": status})
        client.put_object(Bucket="suspended", Key="n", Body=status.encode())
    client.create_bucket(Bucket="deleted")
    client.delete_bucket(Bucket="deleted")


def test_everything_is_still_there(tmp_path: Path) -> None:
    with _opened(tmp_path) as client:
        _filled(client)
        before = _seen(client)
    assert list(before) == ["bucket", "suspended"]
    for _ in range(2):
        with _opened(tmp_path) as client:
            assert _seen(client) == before


@pytest.mark.slow
def test_a_journal_with_many_outdated_records_is_rewritten(tmp_path: Path) -> None:
    with _opened(tmp_path) as client:
        _filled(client)
        for number in range(1_100):
            client.put_object(Bucket="suspended", Key="again", Body=b"%d" % number)
        before, size = _seen(client), (tmp_path / "journal").stat().st_size
    with _opened(tmp_path) as client:
        assert (tmp_path / "journal").stat().st_size < size / 4
        assert _seen(client) == before
    with _opened(tmp_path) as client:
        assert _seen(client) == before


def test_an_upload_continues_after_a_restart(tmp_path: Path) -> None:
    with _opened(tmp_path) as client:
        client.create_bucket(Bucket="bucket")
        upload = client.create_multipart_upload(**WHERE, Metadata={"m": "1"})["UploadId"]
        first = client.upload_part(**WHERE, UploadId=upload, PartNumber=1, Body=PART)["ETag"]
    with _opened(tmp_path) as client:
        second = client.upload_part(**WHERE, UploadId=upload, PartNumber=2, Body=b"end")["ETag"]
        parts = [{"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": second}]
        done = {"UploadId": upload, "MultipartUpload": {"Parts": parts}}
        etag = client.complete_multipart_upload(**WHERE, **done)["ETag"]
        got = client.get_object(**WHERE)
        assert (got["Body"].read(), got["Metadata"]) == (PART + b"end", {"m": "1"})
    with _opened(tmp_path) as client:  # a client whose answer was lost asks again
        assert client.complete_multipart_upload(**WHERE, **done)["ETag"] == etag
        assert len(client.list_object_versions(Bucket="bucket")["Versions"]) == 1


def test_files_are_private_and_are_removed_with_their_objects(tmp_path: Path) -> None:
    folder = tmp_path / "objects"
    bodies = folder / "bodies"
    with _opened(folder) as client:
        client.create_bucket(Bucket="bucket")
        client.put_object(**WHERE, Body=BIG)
        client.copy_object(Bucket="bucket", Key="copy", CopySource=WHERE)
        assert len(list(bodies.iterdir())) == 1  # shared by both objects
        for path in (folder, bodies):
            assert path.stat().st_mode & 0o777 == 0o700
        for path in (folder / "journal", *bodies.iterdir()):
            assert path.stat().st_mode & 0o777 == 0o600
        client.put_object(**WHERE, Body=b"other")
        assert len(list(bodies.iterdir())) == 1
        client.delete_object(Bucket="bucket", Key="copy")
        assert list(bodies.iterdir()) == []
        with pytest.raises(ClientError, match="PreconditionFailed"):
            client.put_object(**WHERE, Body=BIG, IfNoneMatch="*")
        assert list(bodies.iterdir()) == []
    (bodies / "0123").write_bytes(b"left by a killed process")
    with _opened(folder):
        assert list(bodies.iterdir()) == []


def test_a_body_that_is_being_read_is_removed_only_afterwards(tmp_path: Path) -> None:
    service = ObjectService("us-east-1", tmp_path)
    client = service.client()
    client.create_bucket(Bucket="bucket")
    client.put_object(**WHERE, Body=BIG)
    version = service.store.buckets["bucket"].keys.live("k")
    assert version is not None
    with service.store.holding(version.pieces):
        client.put_object(**WHERE, Body=b"other")
        client.delete_object(**WHERE)
        assert service.store.bodies.read(version.pieces) == BIG
    assert list((tmp_path / "bodies").iterdir()) == []
    service.close()
    ObjectService("us-east-1", tmp_path).close()


def test_many_concurrent_readers_and_writers_of_one_object(tmp_path: Path) -> None:
    service = ObjectService("us-east-1", tmp_path)
    client = service.client()
    client.create_bucket(Bucket="bucket")
    bodies = [bytes([number]) * 50_000 for number in range(5)]
    client.put_object(**WHERE, Body=bodies[0])

    def act(number: int) -> bytes:
        client.put_object(**WHERE, Body=bodies[number % 5])
        client.copy_object(Bucket="bucket", Key=f"c{number % 3}", CopySource=WHERE)
        body: bytes = client.get_object(**WHERE)["Body"].read()
        return body

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(act, range(60))) <= set(bodies)
    for key in ("k", "c0", "c1", "c2"):
        got = client.get_object(Bucket="bucket", Key=key)
        assert got["ETag"] == f'"{hashlib.md5(got["Body"].read()).hexdigest()}"'
    service.close()
    ObjectService("us-east-1", tmp_path).close()


@pytest.mark.parametrize("damage", ["gone", "short"])
def test_damaged_bodies_are_reported_at_startup(tmp_path: Path, damage: str) -> None:
    with _opened(tmp_path) as client:
        client.create_bucket(Bucket="bucket")
        client.put_object(**WHERE, Body=BIG)
    (body,) = (tmp_path / "bodies").iterdir()
    if damage == "gone":
        body.unlink()
    else:
        body.write_bytes(BIG[:-1])
    with pytest.raises(DamagedError, match="s3://bucket/k "):
        ObjectService("us-east-1", tmp_path)


def test_bytes_that_were_changed_on_disk_are_never_returned(tmp_path: Path) -> None:
    with _opened(tmp_path) as client:
        client.create_bucket(Bucket="bucket")
        client.put_object(**WHERE, Body=BIG)
        (body,) = (tmp_path / "bodies").iterdir()
        body.write_bytes(BIG[:-1] + b"?")
        with pytest.raises(ClientError, match="is not as it was written") as error:
            client.get_object(**WHERE)
        assert error.value.response["Error"]["Code"] == "InternalError"


def test_a_write_that_is_not_on_the_disk_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = ObjectService("us-east-1", tmp_path)
    client = service.client()
    client.create_bucket(Bucket="bucket")

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    for body in (b"small", BIG):
        with pytest.raises(ClientError) as error:
            client.put_object(**WHERE, Body=body)
        assert error.value.response["Error"]["Code"] == "InternalError"


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    from local_registry.s3.objects import model, store
    from local_registry.s3.objects.journal import Journal

    journal = Journal(tmp_path / "journal")
    journal.append([store._ENCODER.encode(model.Began(99))])
    journal.close()
    with pytest.raises(DamagedError, match="format 99"):
        ObjectService("us-east-1", tmp_path)


OLD = Version(key="k", id="null", modified=0, etag="0")
NEW = Version(key="k", id="null", modified=0, etag="1")


@pytest.mark.parametrize(
    ("headers", "seen", "now", "code"),
    [
        ({"if-none-match": "*"}, None, None, None),
        ({"if-none-match": "*"}, None, NEW, "PreconditionFailed"),
        ({"if-none-match": "*"}, OLD, None, "ConditionalRequestConflict"),
        ({"if-none-match": '"1"'}, None, None, "NotImplemented"),
        ({"if-match": '"0"'}, OLD, OLD, None),
        ({"if-match": "0"}, OLD, OLD, None),
        ({"if-match": '"0"'}, OLD, NEW, "PreconditionFailed"),
        ({"if-match": '"0"'}, OLD, None, "ConditionalRequestConflict"),
        ({"if-match": '"0"'}, None, None, "NoSuchKey"),
        ({}, OLD, None, None),
    ],
)
def test_conditional_writes(
    headers: dict[str, str], seen: Version | None, now: Version | None, code: str | None
) -> None:
    if code is None:
        check_write(headers, now, seen)
        return
    with pytest.raises(S3Error) as error:
        check_write(headers, now, seen)
    assert error.value.code == code


def test_a_list_that_contains_a_nameless_object_deletes_nothing() -> None:
    service = ObjectService("us-east-1")
    client = service.client()
    client.create_bucket(Bucket="bucket")
    client.put_object(**WHERE, Body=b"kept")
    body = b"<Delete><Object><Key>k</Key></Object><Object/></Delete>"
    request = Request(method="POST", raw_path="/bucket", query="delete", headers=[], body=body)
    assert service.send(request).status == 400
    assert client.get_object(**WHERE)["Body"].read() == b"kept"
    service.close()
