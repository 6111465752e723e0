"""Objects: lookup, hashing, copying, signing, and how S3's refusals are translated."""

from __future__ import annotations

import urllib.request
import uuid
from functools import partial
from typing import Any

import pytest
from quilt_registry.s3 import (
    CopyJob,
    copy_objects,
    has_versions,
    hash_objects,
    head_object,
    object_chunks,
    presign_object,
    read_object,
    s3_errors,
)
from quilt_registry.s3 import copying as copying_module
from quilt_registry.s3 import objects as objects_module
from quilt_registry.transfer import Boto3Engine

from quilt_core.domain import S3Uri
from quilt_core.errors import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    TransportError,
    ValidationError,
)
from quilt_core.manifest import hash_bytes
from quilt_core.revisions import VersionCheck

KEY = "folder/a b+c%d?e#f é.csv"
ANYWHERE = VersionCheck(bucket="", allowed=True, has_versions=lambda _: None)
"""Copies go where they are sent, whether versions are kept or not."""


def put(s3: Any, bucket: str, key: str, body: bytes, **more: Any) -> S3Uri:
    answer = s3.put_object(Bucket=bucket, Key=key, Body=body, **more)
    return S3Uri(bucket, key, answer.get("VersionId"))


def test_an_object_is_found_with_its_current_version(s3: Any, bucket: str) -> None:
    put(s3, bucket, KEY, b"old")
    current = put(s3, bucket, KEY, b"newer")

    facts = head_object(s3, S3Uri(bucket, KEY))

    assert facts.uri == current
    assert facts.size == 5


def test_the_requested_version_is_found(s3: Any, bucket: str) -> None:
    first = put(s3, bucket, KEY, b"old")
    put(s3, bucket, KEY, b"newer")

    facts = head_object(s3, first)

    assert facts.uri == first
    assert facts.size == 3


def test_a_missing_object_is_named(s3: Any, bucket: str) -> None:
    with pytest.raises(NotFoundError, match=r"nothing\.csv"):
        head_object(s3, S3Uri(bucket, "nothing.csv"))


@pytest.mark.parametrize("body", [b"", b"hello", b"x" * 100_000])
def test_a_stored_checksum_makes_reading_unnecessary(s3: Any, bucket: str, body: bytes) -> None:
    uri = put(s3, bucket, KEY, body, ChecksumAlgorithm="SHA256")
    read: list[int] = []

    facts = head_object(s3, uri)
    (value,) = hash_objects(s3, [facts], 2, read.append)

    assert value == hash_bytes(body)
    assert read == []


def test_an_object_without_a_checksum_is_read_once_with_progress(s3: Any, bucket: str) -> None:
    bodies = [b"a" * 3, b"b" * (9 * 2**20), b"c"]
    found = [head_object(s3, put(s3, bucket, f"k{n}", body)) for n, body in enumerate(bodies)]
    read: list[int] = []

    values = list(hash_objects(s3, found, 2, read.append))

    assert values == [hash_bytes(body) for body in bodies]
    assert sum(read) == sum(map(len, bodies))


def test_objects_are_copied_in_order_with_their_headers(s3: Any, bucket: str) -> None:
    sources = [
        put(s3, bucket, f"{KEY}{n}", b"x" * n, ContentType="text/x-test", Metadata={"n": str(n)})
        for n in range(5)
    ]
    jobs = [
        CopyJob(source=uri, target=S3Uri(bucket, f"copies/{n}{KEY}"), size=n)
        for n, uri in enumerate(sources)
    ]
    done: list[CopyJob] = []

    copies = copy_objects(s3, jobs, 3, ANYWHERE, done.append)

    assert done == jobs
    for n, uri in enumerate(copies):
        assert uri.version_id
        answer = s3.get_object(Bucket=bucket, Key=uri.key, VersionId=uri.version_id)
        assert answer["Body"].read() == b"x" * n
        assert answer["ContentType"] == "text/x-test"
        assert answer["Metadata"] == {"n": str(n)}


def test_the_requested_version_is_copied(s3: Any, bucket: str) -> None:
    first = put(s3, bucket, KEY, b"old")
    put(s3, bucket, KEY, b"newer")

    (copy,) = copy_objects(
        s3, [CopyJob(source=first, target=S3Uri(bucket, "c"), size=3)], 1, ANYWHERE
    )

    assert s3.get_object(Bucket=bucket, Key=copy.key)["Body"].read() == b"old"


def test_large_objects_are_copied_in_parts(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = 5 * 2**20
    monkeypatch.setattr(copying_module, "SINGLE_COPY_LIMIT", part)
    monkeypatch.setattr(copying_module, "_PART", part)
    body = bytes(range(256)) * (part // 256) + b"the rest"
    uri = put(s3, bucket, KEY, body, ContentType="text/x-test")

    (copy,) = copy_objects(
        s3, [CopyJob(source=uri, target=S3Uri(bucket, "large"), size=len(body))], 1, ANYWHERE
    )

    answer = s3.get_object(Bucket=bucket, Key="large", VersionId=copy.version_id)
    assert answer["Body"].read() == body
    assert answer["ContentType"] == "text/x-test"


def test_a_large_copy_that_cannot_be_aborted_reports_the_original_error(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.exceptions import EndpointConnectionError

    def interrupt(**_: Any) -> None:
        raise KeyboardInterrupt

    def refuse(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://s3")

    monkeypatch.setattr(copying_module, "SINGLE_COPY_LIMIT", 1)
    uri = put(s3, bucket, KEY, b"large")
    s3.meta.events.register("before-send.s3.UploadPartCopy", interrupt)
    s3.meta.events.register("before-send.s3.AbortMultipartUpload", refuse)

    with pytest.raises(KeyboardInterrupt):
        copy_objects(s3, [CopyJob(source=uri, target=S3Uri(bucket, "large"), size=5)], 1, ANYWHERE)


def test_a_failed_copy_names_its_object(s3: Any, bucket: str) -> None:
    job = CopyJob(source=S3Uri(bucket, "gone"), target=S3Uri(bucket, "c"), size=1)

    with pytest.raises(NotFoundError) as caught:
        copy_objects(s3, [job], 2, ANYWHERE)
    assert f"There is no object s3://{bucket}/gone." in caught.value.message


@pytest.fixture
def unversioned(s3: Any) -> str:
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


def test_versioning_of_a_bucket_is_recognised_by_its_objects(
    s3: Any, bucket: str, unversioned: str
) -> None:
    assert has_versions(s3, bucket) is None
    assert has_versions(s3, unversioned) is None
    assert has_versions(s3, "no-such-bucket") is None

    put(s3, bucket, KEY, b"1")
    put(s3, unversioned, KEY, b"1")

    assert has_versions(s3, bucket) is True
    assert has_versions(s3, unversioned) is False


def test_nothing_is_copied_to_a_bucket_without_versions(
    s3: Any, bucket: str, unversioned: str
) -> None:
    """If no object shows it beforehand, the first copy does, before the others start."""
    source = put(s3, bucket, KEY, b"1")
    jobs = [CopyJob(source=source, target=S3Uri(unversioned, f"c{n}"), size=1) for n in range(5)]
    check = VersionCheck(bucket=unversioned, allowed=False, has_versions=partial(has_versions, s3))

    for there in (["c0"], ["c0"]):
        with pytest.raises(ValidationError, match="keeps no versions") as caught:
            copy_objects(s3, jobs, 3, check)
        assert caught.value.context["bucket"] == unversioned
        found = s3.list_objects_v2(Bucket=unversioned)["Contents"]
        assert [one["Key"] for one in found] == there


def test_copies_where_versions_were_suspended_are_refused(s3: Any, bucket: str) -> None:
    source = put(s3, bucket, KEY, b"1")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    jobs = [CopyJob(source=source, target=S3Uri(bucket, f"c{n}"), size=1) for n in range(2)]
    check = VersionCheck(bucket=bucket, allowed=False, has_versions=partial(has_versions, s3))

    with pytest.raises(ValidationError, match="keeps no versions"):
        copy_objects(s3, jobs, 1, check)

    with pytest.raises(NotFoundError):
        head_object(s3, S3Uri(bucket, "c1"))


def test_a_signed_url_gives_access_to_the_version_without_credentials(s3: Any, bucket: str) -> None:
    first = put(s3, bucket, KEY, b"old")
    put(s3, bucket, KEY, b"newer")

    url = presign_object(s3, bucket, KEY, first.version_id)

    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.read() == b"old"


class _BreaksOff:
    """A body that breaks off after some bytes, as with a dropped connection."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def iter_chunks(self, size: int) -> Any:
        from botocore.exceptions import ReadTimeoutError

        yield self._body
        raise ReadTimeoutError(endpoint_url="loopback")

    def close(self) -> None:
        return None


class _FailingClient:
    """An S3 client whose first bodies break off; everything else is the real client."""

    def __init__(self, s3: Any, failures: int, given: int) -> None:
        self._s3, self._failures, self._given = s3, failures, given
        self.ranges: list[str | None] = []

    def get_object(self, **params: Any) -> Any:
        self.ranges.append(params.get("Range"))
        answer = self._s3.get_object(**params)
        if self._failures:
            self._failures -= 1
            answer["Body"] = _BreaksOff(answer["Body"].read(self._given))
        return answer


def test_a_broken_download_resumes_where_it_broke_off(s3: Any, bucket: str) -> None:
    put(s3, bucket, KEY, b"0123456789")
    client = _FailingClient(s3, failures=3, given=2)

    assert b"".join(object_chunks(client, bucket, KEY)) == b"0123456789"
    assert client.ranges == [None, "bytes=2-9", "bytes=4-9", "bytes=6-9"]


def test_a_download_without_progress_is_given_up(s3: Any, bucket: str) -> None:
    put(s3, bucket, KEY, b"0123456789")
    client = _FailingClient(s3, failures=100, given=0)

    with pytest.raises(TransportError):
        b"".join(object_chunks(client, bucket, KEY))
    assert len(client.ranges) == 4


@pytest.mark.parametrize("stored", ["é", "abc", "YWJj", "YWJj-3", "x" * 44])
@pytest.mark.parametrize("body", [b"", b"hello"])
def test_a_stored_checksum_that_is_none(s3: Any, bucket: str, body: bytes, stored: str) -> None:
    uri = put(s3, bucket, KEY, body)
    s3.meta.events.register(
        "after-call.s3.HeadObject", lambda parsed, **_: parsed.update(ChecksumSHA256=stored)
    )
    with pytest.raises(ProtocolError, match="which is none"):
        head_object(s3, uri)


def test_an_object_that_should_be_small_and_is_not(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects_module, "MOST_BYTES", 1000)
    uri = put(s3, bucket, KEY, b"x" * 1000)
    assert read_object(s3, uri).content == b"x" * 1000
    assert read_object(s3, uri, beginning=1000).content == b"x" * 1000
    uri = put(s3, bucket, KEY, b"x" * 1001)
    assert read_object(s3, uri, beginning=10).content == b"x" * 10
    with pytest.raises(ProtocolError, match="is not read"):
        read_object(s3, uri)


@pytest.mark.parametrize("ignored", ["Range", "IfMatch"])
def test_a_download_never_resumes_with_other_bytes(s3: Any, bucket: str, ignored: str) -> None:
    """Whatever the store, or a proxy, makes of the conditions of the second request."""
    put(s3, bucket, KEY, b"0123456789")
    client = _FailingClient(s3, failures=1, given=2)
    chunks = object_chunks(client, bucket, KEY)
    read = [next(chunks)]
    get = client.get_object
    put(s3, bucket, KEY, b"0123456789" if ignored == "Range" else b"abcdefghij")
    client.get_object = lambda **params: get(  # type: ignore[method-assign]
        **{name: value for name, value in params.items() if name != ignored}
    )
    expected = ProtocolError if ignored == "Range" else ConflictError
    with pytest.raises(expected, match=r"does not read ranges|was replaced"):
        read += chunks
    assert b"".join(read) == b"01"


@pytest.mark.parametrize("said", [None, "bytes 0-9/10", "bytes 3-5/10", "bytes 2-9/*", "nonsense"])
def test_a_range_that_is_not_the_wanted_one_is_an_error(
    s3: Any, bucket: str, said: str | None
) -> None:
    put(s3, bucket, KEY, b"0123456789")

    def change(parsed: Any, **_: Any) -> None:
        parsed["ContentRange"] = said
        if said is None:
            del parsed["ContentRange"]

    s3.meta.events.register("after-call.s3.GetObject", change)
    with pytest.raises(ProtocolError, match="does not read ranges"):
        next(object_chunks(s3, bucket, KEY, start=2, stop=5))


def test_a_range_without_the_size_of_the_object(s3: Any, bucket: str) -> None:
    uri = put(s3, bucket, KEY, b"0123456789")
    s3.meta.events.register(
        "after-call.s3.GetObject",
        lambda parsed, **_: parsed.update(ContentRange="bytes 2-4/*"),
    )
    assert b"".join(object_chunks(s3, bucket, KEY, start=2, stop=5)) == b"234"
    s3.meta.events.register(
        "after-call.s3.GetObject",
        lambda parsed, **_: parsed.update(ContentRange="bytes 0-4/*"),
    )
    with pytest.raises(ProtocolError, match="does not tell its size"):
        Boto3Engine(s3).get(uri, 5)


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("NoSuchBucket", 404, NotFoundError),
        ("AccessDenied", 403, PermissionDeniedError),
        ("403", 403, PermissionDeniedError),
        ("ExpiredToken", 400, AuthenticationError),
        ("InvalidAccessKeyId", 403, AuthenticationError),
        ("PreconditionFailed", 412, ConflictError),
        ("SlowDown", 503, TransportError),
        ("SomethingNew", 503, TransportError),
    ],
)
def test_refusals_are_classified_by_code_then_status(
    code: str, status: int, expected: type[Exception]
) -> None:
    from botocore.exceptions import ClientError

    refusal = ClientError(
        {
            "Error": {"Code": code, "Message": "no"},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        "GetObject",
    )

    with (
        pytest.raises(expected, match=f"Could not read s3://b/k: no \\({code}\\)"),
        s3_errors("read", "s3://b/k"),
    ):
        raise refusal


@pytest.mark.parametrize("code", ["NoSuchKey", "NoSuchVersion", "404", "405"])
def test_a_missing_object_is_told_in_the_same_words(code: str) -> None:
    from botocore.exceptions import ClientError

    refusal = ClientError({"Error": {"Code": code, "Message": "no"}}, "GetObject")
    for uri in ("s3://b/k", "s3://b/k?versionId=v"):
        with pytest.raises(NotFoundError) as caught, s3_errors("read", uri):
            raise refusal
        assert (caught.value.message, caught.value.context) == (
            f"There is no object {uri}.",
            {"uri": uri},
        )
    with (
        pytest.raises(NotFoundError, match="Could not look for s3://b: no"),
        s3_errors("look for", "s3://b"),
    ):
        raise refusal


def test_no_server_is_a_transport_error_and_no_credentials_an_authentication_error() -> None:
    import boto3
    from botocore.config import Config

    config = Config(retries={"max_attempts": 1}, connect_timeout=1)
    nobody = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:9",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",
        config=config,
    )
    with pytest.raises(TransportError):
        head_object(nobody, S3Uri("bucket", "key"))
    anonymous = boto3.client("s3", endpoint_url="http://127.0.0.1:9", region_name="us-east-1")
    with pytest.raises(AuthenticationError, match="no AWS credentials"):
        presign_object(anonymous, "bucket", "key", None)


def test_a_bug_is_raised_unchanged() -> None:
    with pytest.raises(ZeroDivisionError), s3_errors("read", "s3://b/k"):
        _ = 1 / 0


class _ShortClient:
    """An S3 client whose first bodies end too early; everything else is the real client."""

    def __init__(self, s3: Any, failures: int) -> None:
        self._s3, self._failures = s3, failures

    def get_object(self, **params: Any) -> Any:
        import io

        from botocore.response import StreamingBody

        answer = self._s3.get_object(**params)
        if self._failures:
            self._failures -= 1
            whole = answer["Body"].read()
            answer["Body"] = StreamingBody(io.BytesIO(whole[: len(whole) // 2]), len(whole))
        return answer


def test_a_small_object_that_is_truncated_is_read_again(s3: Any, bucket: str) -> None:
    uri = put(s3, bucket, KEY, b"0123456789")

    found = read_object(_ShortClient(s3, 2), S3Uri(bucket, KEY))
    assert (found.content, found.uri) == (b"0123456789", uri)
    with pytest.raises(TransportError):
        read_object(_ShortClient(s3, 3), uri)
