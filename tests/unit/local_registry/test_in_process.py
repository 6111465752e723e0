"""The client without HTTP gives what botocore gives when it does everything itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from local_registry.s3 import in_process
from local_registry.s3.client import S3Client
from local_registry.s3.objects.service import ObjectService

_ODD = "a b/ü%2B+&?#=\t<'\"\x01/../x//"
_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("create_bucket", {"Bucket": "one"}),
    ("create_bucket", {"Bucket": "one"}),
    ("create_bucket", {"Bucket": "No_Bucket"}),
    ("head_bucket", {"Bucket": "one"}),
    ("head_bucket", {"Bucket": "none"}),
    ("head_bucket", {"Bucket": "in/valid"}),
    ("put_bucket_versioning", {"Bucket": "one", "VersioningConfiguration": {"Status": "Enabled"}}),
    (
        "put_object",
        {
            "Bucket": "one",
            "Key": _ODD,
            "Body": b"some bytes",
            "Metadata": {"Colour": "Blue"},
            "ContentType": "text/plain",
        },
    ),
    ("put_object", {"Bucket": "one", "Key": _ODD, "Body": bytearray(b"newer"), "IfNoneMatch": "*"}),
    ("put_object", {"Bucket": "one", "Key": "empty"}),
    ("put_object", {"Bucket": "one", "Key": "text", "Body": "Ä", "ChecksumAlgorithm": "SHA256"}),
    ("put_object", {"Bucket": "one", "Key": "sums", "Body": b"1", "ChecksumSHA256": "wrong"}),
    ("put_object", {"Bucket": "one", "Key": "meta", "Body": b"1", "Metadata": {"a": "ü"}}),
    ("put_object", {"Bucket": "one", "Key": "", "Body": b"1"}),
    ("put_object", {"Bucket": "none", "Key": "k", "Body": b"1"}),
    ("put_object", {"Bucket": "one", "Kee": "k"}),
    ("get_object", {"Bucket": "one", "Key": _ODD}),
    ("get_object", {"Bucket": "one", "Key": _ODD, "Range": "bytes=2-5"}),
    ("get_object", {"Bucket": "one", "Key": _ODD, "Range": "bytes=50-"}),
    ("get_object", {"Bucket": "one", "Key": _ODD, "IfMatch": '"other"'}),
    ("get_object", {"Bucket": "one", "Key": _ODD, "VersionId": "none"}),
    ("get_object", {"Bucket": "one", "Key": "text", "ChecksumMode": "ENABLED"}),
    ("get_object", {"Bucket": "one", "Key": "empty"}),
    ("get_object", {"Bucket": "one", "Key": "none"}),
    ("head_object", {"Bucket": "one", "Key": _ODD}),
    ("head_object", {"Bucket": "one", "Key": "none"}),
    ("list_objects_v2", {"Bucket": "one"}),
    ("list_objects_v2", {"Bucket": "one", "MaxKeys": 1}),
    ("list_objects_v2", {"Bucket": "one", "Delimiter": "/", "EncodingType": "url"}),
    ("list_objects_v2", {"Bucket": "one", "Prefix": _ODD[:5], "StartAfter": "a"}),
    ("list_objects_v2", {"Bucket": "none"}),
    ("list_object_versions", {"Bucket": "one", "Prefix": "a b/"}),
    ("delete_object", {"Bucket": "one", "Key": "empty"}),
    ("list_object_versions", {"Bucket": "one"}),
    ("delete_object", {"Bucket": "one", "Key": "never was"}),
    ("get_bucket_versioning", {"Bucket": "one"}),
]


@pytest.fixture
def client() -> Iterator[S3Client]:
    service = ObjectService("us-east-1")
    yield service.client()
    service.close()


@pytest.fixture
def by_the_long_way() -> Iterator[S3Client]:
    service = ObjectService("us-east-1")
    client = service.client()
    client._make_api_call = client._make_api_call.__self__._long_way
    yield client
    service.close()


def test_every_call_is_answered_alike(client: S3Client, by_the_long_way: S3Client) -> None:
    for name, params in _CALLS:
        expected = _answer(by_the_long_way, name, params)
        assert _answer(client, name, params) == expected, (name, params)


def test_what_is_short_is_compared(client: S3Client) -> None:
    operations = client.meta.method_to_api_mapping
    assert {operations[name] for name, _ in _CALLS} > in_process._SHORT


def _answer(client: S3Client, name: str, params: dict[str, Any]) -> Any:
    """What comes back, or the error, without what differs between two stores."""
    try:
        return _comparable(getattr(client, name)(**params))
    except ClientError as error:
        return type(error).__name__, str(error), _comparable(error.response)
    except ParamValidationError as error:
        return type(error), str(error)


def _comparable(found: Any) -> Any:
    if isinstance(found, dict):
        unlike = ("VersionId", "x-amz-version-id", "LastModified", "last-modified", "RetryAttempts")
        return {key: _comparable(value) for key, value in found.items() if key not in unlike}
    if isinstance(found, list):
        return [_comparable(each) for each in found]
    return found.read() if hasattr(found, "read") else found
