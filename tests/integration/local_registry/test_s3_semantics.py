"""S3's finer rules through the gateway: conditions, checksums, ranges, parts, regions."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import requests
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from local_registry import LocalRegistry
from local_registry.s3.checksums import _reflected, checksum
from local_registry.testing import add_bucket, add_user

PART = 8 * 1024**2
DATA = bytes(range(256)) * (PART // 128) + b"tail"  # two full parts and some bytes


def _code(act: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(ClientError) as error:
        act()
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture(scope="module")
def bucket(shared_local_registry: LocalRegistry) -> str:
    return add_bucket(shared_local_registry)


@pytest.fixture(scope="module")
def client(shared_local_registry: LocalRegistry, bucket: str) -> Any:
    return shared_local_registry.s3_client(add_user(shared_local_registry, writes=[bucket]).name)


@pytest.fixture(scope="module")
def big(client: Any, bucket: str) -> dict[str, str]:
    """An object of three parts, each with a checksum."""
    where = {"Bucket": bucket, "Key": "big"}
    config = TransferConfig(multipart_chunksize=PART, multipart_threshold=PART)
    with io.BytesIO(DATA) as file:
        client.upload_fileobj(
            file, **where, ExtraArgs={"ChecksumAlgorithm": "SHA256"}, Config=config
        )
    return where


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _slices(data: bytes) -> list[bytes]:
    return [data[at : at + PART] for at in range(0, len(data), PART)]


def test_conditional_writes(client: Any, bucket: str) -> None:
    where = {"Bucket": bucket, "Key": "conditional"}
    put = lambda **given: client.put_object(**where, Body=b"x", **given)  # noqa: E731
    assert _code(lambda: put(IfMatch='"0"')) == ("NoSuchKey", 404)
    first = put(IfNoneMatch="*")["ETag"]
    assert _code(lambda: put(IfNoneMatch="*")) == ("PreconditionFailed", 412)
    second = client.put_object(**where, Body=b"y", IfMatch=first)["ETag"]
    assert _code(lambda: put(IfMatch=first)) == ("PreconditionFailed", 412)
    assert client.head_object(**where)["ETag"] == second
    assert _code(lambda: client.delete_object(**where, IfMatch=first))[1] == 412
    client.delete_object(**where, IfMatch=second)
    assert put(IfNoneMatch="*")["ETag"] == first  # a delete marker is not an object


def test_conditional_completion_of_an_upload(client: Any, bucket: str) -> None:
    where = {"Bucket": bucket, "Key": "conditional upload"}
    upload = client.create_multipart_upload(**where)["UploadId"]
    etag = client.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    complete = lambda **given: client.complete_multipart_upload(  # noqa: E731
        **where, UploadId=upload, MultipartUpload=parts, **given
    )
    client.put_object(**where, Body=b"first")
    assert _code(lambda: complete(IfNoneMatch="*")) == ("PreconditionFailed", 412)
    assert _code(lambda: complete(IfMatch='"0"')) == ("PreconditionFailed", 412)
    assert complete(IfMatch=client.head_object(**where)["ETag"])["ETag"].endswith('-1"')


def test_conditional_reads(client: Any, bucket: str) -> None:
    where = {"Bucket": bucket, "Key": "read"}
    etag = client.put_object(**where, Body=b"x")["ETag"]
    moment = client.head_object(**where)["LastModified"]
    assert client.get_object(**where, IfMatch=etag)["Body"].read() == b"x"
    for read in (client.get_object, client.head_object):
        assert _code(lambda: read(**where, IfNoneMatch=etag))[1] == 304  # noqa: B023
        assert _code(lambda: read(**where, IfModifiedSince=moment))[1] == 304  # noqa: B023
        assert _code(lambda: read(**where, IfMatch='"0"'))[1] == 412  # noqa: B023
    source = {"CopySource": where, "Bucket": bucket, "Key": "copy"}
    assert _code(lambda: client.copy_object(**source, CopySourceIfMatch='"0"'))[1] == 412
    assert client.copy_object(**source, CopySourceIfMatch=etag)


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_checksums_are_verified_and_returned(client: Any, bucket: str, algorithm: str) -> None:
    where = {"Bucket": bucket, "Key": f"sum/{algorithm}"}
    right = checksum(algorithm, [b"hello"])
    field = f"Checksum{algorithm}"
    assert client.put_object(**where, Body=b"hello", **{field: right})[field] == right
    wrong = checksum(algorithm, [b"other"])
    assert _code(lambda: client.put_object(**where, Body=b"hello", **{field: wrong})) == (
        "BadDigest",
        400,
    )
    head = client.head_object(**where, ChecksumMode="ENABLED")
    assert (head[field], head["ChecksumType"]) == (right, "FULL_OBJECT")
    assert field not in client.head_object(**where)
    assert client.get_object(**where, ChecksumMode="ENABLED")[field] == right
    copied = client.copy_object(Bucket=bucket, Key="sum/copy", CopySource=where)
    assert copied["CopyObjectResult"][field] == right


def test_crcs_match_the_crc_catalogue() -> None:
    """The check values of the CRC catalogue, with and without AWS's code."""
    text = b"123456789"
    assert base64.b64decode(checksum("CRC32C", [text])).hex() == "e3069283"
    assert base64.b64decode(checksum("CRC64NVME", [text[:4], text[4:]])).hex() == "ae8b14860a799888"
    assert _reflected(0x82F63B78, 32)(text, 0) == 0xE3069283
    step = _reflected(0x9A6C9329AC4BC9B5, 64)
    assert step(text[4:], step(text[:4], 0)) == 0xAE8B14860A799888


def test_composite_checksums_match_those_of_s3(client: Any, big: dict[str, str]) -> None:
    digests = [_sha256(each) for each in _slices(DATA)]
    expected = base64.b64encode(_sha256(b"".join(digests))).decode()
    head = client.head_object(**big, ChecksumMode="ENABLED")
    assert (head["ChecksumSHA256"], head["ChecksumType"]) == (f"{expected}-3", "COMPOSITE")
    md5s = b"".join(hashlib.md5(each).digest() for each in _slices(DATA))
    assert head["ETag"] == f'"{hashlib.md5(md5s).hexdigest()}-3"'
    assert client.get_object(**big, ChecksumMode="ENABLED")["Body"].read() == DATA


def test_a_copy_of_a_multipart_object_is_a_single_object(client: Any, big: dict[str, str]) -> None:
    copied = client.copy_object(Bucket=big["Bucket"], Key="whole", CopySource=big)
    result = copied["CopyObjectResult"]
    assert result["ChecksumSHA256"] == base64.b64encode(_sha256(DATA)).decode()
    assert result["ETag"] == f'"{hashlib.md5(DATA).hexdigest()}"'
    got = client.get_object(Bucket=big["Bucket"], Key="whole")
    assert got["Body"].read() == DATA


def test_crcs_of_complete_uploads(client: Any, bucket: str) -> None:
    where = {"Bucket": bucket, "Key": "crc"}
    config = TransferConfig(multipart_chunksize=PART, multipart_threshold=PART)
    with io.BytesIO(DATA) as file:
        extra = {"ChecksumAlgorithm": "CRC64NVME"}
        client.upload_fileobj(file, **where, ExtraArgs=extra, Config=config)
    head = client.head_object(**where, ChecksumMode="ENABLED")
    assert head["ChecksumCRC64NVME"] == checksum("CRC64NVME", [DATA])
    assert head["ChecksumType"] == "FULL_OBJECT"


def test_uploads_are_completed_only_with_the_uploaded_parts(client: Any, bucket: str) -> None:
    where = {"Bucket": bucket, "Key": "strict"}
    begun = client.create_multipart_upload(**where, ChecksumAlgorithm="SHA256")
    upload = {**where, "UploadId": begun["UploadId"]}
    assert begun["ChecksumType"] == "COMPOSITE"
    plain = boto3.client(
        "s3", **_options(client), config=Config(request_checksum_calculation="when_required")
    )
    missing = _code(lambda: plain.upload_part(**upload, PartNumber=1, Body=b"x"))
    assert missing == ("InvalidRequest", 400)
    sizes = {1: b"a" * 5 * 1024**2, 2: b"b", 3: b"c"}
    parts = []
    for number, body in sizes.items():
        part = client.upload_part(
            **upload, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256"
        )
        parts.append(
            {
                "PartNumber": number,
                "ETag": part["ETag"],
                "ChecksumSHA256": part["ChecksumSHA256"],
            }
        )

    def complete(chosen: list[dict[str, Any]], **given: Any) -> Any:
        return client.complete_multipart_upload(
            **upload, MultipartUpload={"Parts": chosen}, **given
        )

    first, second, third = parts
    bare = [{key: each[key] for key in ("PartNumber", "ETag")} for each in (first, second)]
    for chosen, code in (
        (parts, "EntityTooSmall"),
        ([second, first], "InvalidPartOrder"),
        ([first, {**second, "ETag": third["ETag"]}], "InvalidPart"),
        ([first, {**second, "PartNumber": 9}], "InvalidPart"),
        ([first, {**second, "ChecksumSHA256": third["ChecksumSHA256"]}], "InvalidPart"),
        (bare, "InvalidRequest"),
    ):
        assert _code(lambda: complete(chosen)) == (code, 400)  # noqa: B023
    wrong = lambda: complete([first], ChecksumSHA256=first["ChecksumSHA256"])  # noqa: E731
    assert _code(wrong) == ("BadDigest", 400)
    done = complete([first, third])
    assert complete([first, third])["ETag"] == done["ETag"]  # the answer was lost
    got = client.get_object(**where)["Body"].read()
    assert got == sizes[1] + sizes[3]
    assert _code(lambda: client.list_parts(**upload)) == ("NoSuchUpload", 404)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bytes=0-0", DATA[:1]),
        ("bytes=8388600-8388620", DATA[8388600:8388621]),
        ("bytes=16777210-", DATA[16777210:]),
        ("bytes=-3", DATA[-3:]),
        (f"bytes=0-{2 * len(DATA)}", DATA),
    ],
)
def test_ranges_span_parts(client: Any, big: dict[str, str], text: str, expected: bytes) -> None:
    got = client.get_object(**big, Range=text)
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert got["Body"].read() == expected
    assert got["ContentRange"].endswith(f"/{len(DATA)}")
    assert client.head_object(**big, Range=text)["ContentLength"] == len(expected)


def test_ranges_that_cannot_be_satisfied(client: Any, big: dict[str, str]) -> None:
    past = f"bytes={len(DATA)}-"
    assert _code(lambda: client.get_object(**big, Range=past)) == ("InvalidRange", 416)
    for ignored in ("bytes=5-2", "lines=1-2", "bytes=0-1,3-4"):
        got = client.get_object(**big, Range=ignored)
        assert (got["ResponseMetadata"]["HTTPStatusCode"], got["ContentLength"]) == (200, len(DATA))


def test_single_parts_can_be_read(client: Any, big: dict[str, str]) -> None:
    for number, expected in enumerate(_slices(DATA), start=1):
        got = client.get_object(**big, PartNumber=number, ChecksumMode="ENABLED")
        assert got["Body"].read() == expected
        assert got["PartsCount"] == 3
        assert got["ChecksumSHA256"] == base64.b64encode(_sha256(expected)).decode()
        assert client.head_object(**big, PartNumber=number)["ContentLength"] == len(expected)
    assert _code(lambda: client.get_object(**big, PartNumber=4))[1] == 416


def test_object_attributes_list_the_parts(client: Any, big: dict[str, str]) -> None:
    wanted = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
    told = client.get_object_attributes(**big, ObjectAttributes=wanted)
    head = client.head_object(**big, ChecksumMode="ENABLED")
    assert told["ETag"] == head["ETag"].strip('"')
    assert told["Checksum"]["ChecksumSHA256"] == head["ChecksumSHA256"]
    assert (told["ObjectSize"], told["StorageClass"]) == (len(DATA), "STANDARD")
    parts = told["ObjectParts"]
    assert (parts["TotalPartsCount"], parts["IsTruncated"]) == (3, False)
    assert [each["Size"] for each in parts["Parts"]] == [PART, PART, 4]
    page = client.get_object_attributes(
        **big, ObjectAttributes=["ObjectParts"], MaxParts=1, PartNumberMarker=1
    )["ObjectParts"]
    assert (page["IsTruncated"], page["NextPartNumberMarker"]) == (True, 2)
    assert [each["PartNumber"] for each in page["Parts"]] == [2]


def test_parts_are_copied_from_ranges(client: Any, big: dict[str, str]) -> None:
    where = {"Bucket": big["Bucket"], "Key": "from ranges"}
    upload = client.create_multipart_upload(**where, ChecksumAlgorithm="SHA256")["UploadId"]
    parts = []
    for number, text in enumerate((f"bytes=3-{PART + 2}", "bytes=0-9"), start=1):
        made = client.upload_part_copy(
            **where, UploadId=upload, PartNumber=number, CopySource=big, CopySourceRange=text
        )["CopyPartResult"]
        parts.append({"PartNumber": number, **{k: made[k] for k in ("ETag", "ChecksumSHA256")}})
    client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
    assert client.get_object(**where)["Body"].read() == DATA[3 : PART + 3] + DATA[:10]


def test_delete_markers_and_missing_versions(client: Any, bucket: str) -> None:
    where = {"Bucket": bucket, "Key": "marked"}
    version = client.put_object(**where, Body=b"x")["VersionId"]
    marker = client.delete_object(**where)
    assert marker["DeleteMarker"]
    with pytest.raises(ClientError) as error:
        client.get_object(**where)
    headers = error.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-delete-marker"] == "true"
    assert _code(lambda: client.get_object(**where, VersionId=marker["VersionId"])) == (
        "MethodNotAllowed",
        405,
    )
    assert _code(lambda: client.get_object(**where, VersionId="0" * 32)) == ("NoSuchVersion", 404)
    assert _code(lambda: client.get_object(**where, VersionId="null")) == ("NoSuchVersion", 404)
    assert client.get_object(**where, VersionId=version)["Body"].read() == b"x"
    gone = client.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": "marked", "VersionId": marker["VersionId"]}]}
    )
    assert gone["Deleted"][0]["DeleteMarkerVersionId"] == marker["VersionId"]
    assert client.get_object(**where)["Body"].read() == b"x"


@pytest.mark.parametrize("key", ["line\nbreak", "line\r\nbreak", "tab\there", "x" * 1024])
def test_unusual_keys_are_listed_unchanged(client: Any, bucket: str, key: str) -> None:
    client.put_object(Bucket=bucket, Key=f"odd/{key}"[:1024], Body=b"")
    listed = client.list_object_versions(Bucket=bucket, Prefix=f"odd/{key}"[:1024])["Versions"]
    assert [each["Key"] for each in listed] == [f"odd/{key}"[:1024]]
    assert _code(lambda: client.put_object(Bucket=bucket, Key="x" * 1025, Body=b""))[1] == 400


def _options(client: Any) -> dict[str, Any]:
    keys = client._request_signer._credentials
    return {
        "endpoint_url": client.meta.endpoint_url,
        "aws_access_key_id": keys.access_key,
        "aws_secret_access_key": keys.secret_key,
        "aws_session_token": keys.token,
        "region_name": "us-east-1",
    }


def test_a_bucket_has_a_region(shared_local_registry: LocalRegistry) -> None:
    root = shared_local_registry.s3_client()
    where = {"LocationConstraint": "eu-north-1"}
    root.create_bucket(Bucket="in-the-north", CreateBucketConfiguration=where)
    options = _options(root)
    north = boto3.client("s3", **{**options, "region_name": "eu-north-1"})
    assert north.head_bucket(Bucket="in-the-north")["BucketRegion"] == "eu-north-1"
    assert north.get_bucket_location(Bucket="in-the-north")["LocationConstraint"] == "eu-north-1"
    north.put_object(Bucket="in-the-north", Key="k", Body=b"x")
    # botocore asks again where the bucket is
    assert root.head_object(Bucket="in-the-north", Key="k")["ContentLength"] == 1
    assert root.get_object(Bucket="in-the-north", Key="k")["Body"].read() == b"x"
    v4 = boto3.client("s3", **options, config=Config(signature_version="s3v4"))
    url = v4.generate_presigned_url("list_objects_v2", {"Bucket": "in-the-north"})
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.headers["x-amz-bucket-region"]) == (400, "eu-north-1")
    assert "<Code>AuthorizationQueryParametersError</Code>" in answer.text
    assert "<Region>eu-north-1</Region>" in answer.text


def test_settings_of_a_bucket_are_kept(shared_local_registry: LocalRegistry, bucket: str) -> None:
    root = shared_local_registry.s3_client()
    get = lambda: root.get_bucket_cors(Bucket=bucket)["CORSRules"]  # noqa: E731
    assert _code(get) == ("NoSuchCORSConfiguration", 404)
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]
    root.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    assert get() == rules
    root.delete_bucket_cors(Bucket=bucket)
    assert _code(get) == ("NoSuchCORSConfiguration", 404)


def test_operations_that_are_not_supported_are_refused_and_not_done(
    client: Any, bucket: str
) -> None:
    where = {"Bucket": bucket, "Key": "retained"}
    client.put_object(**where, Body=b"kept")
    lock = {"Mode": "GOVERNANCE"}
    assert _code(lambda: client.put_object_retention(**where, Retention=lock)) == (
        "NotImplemented",
        501,
    )
    assert client.get_object(**where)["Body"].read() == b"kept"
