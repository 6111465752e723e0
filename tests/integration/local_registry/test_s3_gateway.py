"""S3 through the gateway: data comes back as it was stored, and only for users with the right."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from local_registry import LocalRegistry, RegistryConfig
from local_registry.config import ForeignS3
from local_registry.identity.credentials import AwsCredentials
from local_registry.s3.client import s3_client
from local_registry.testing import add_bucket, add_user

KEYS = [
    "plain.txt",
    "a/b c+d%25#?é~.txt",
    "zz:1,=&;@!$'()*",
    "ünï/✓ 😀.txt",
    "a//b",
    "%2F",
    "+",
    "_under/x-y",
    "trailing/",
    "..hidden/.x",
    "a\nb",
    "a\r\nb",
    "\n",
]


def _code(act: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(ClientError) as error:
        act()
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def _options(keys: AwsCredentials, endpoint: str) -> dict[str, Any]:
    return {
        "endpoint_url": endpoint,
        "aws_access_key_id": keys.access_key,
        "aws_secret_access_key": keys.secret_key,
        "aws_session_token": keys.session_token,
        "region_name": "us-east-1",
    }


@pytest.fixture
def bucket(shared_local_registry: LocalRegistry) -> str:
    return add_bucket(shared_local_registry)


@pytest.fixture
def client(shared_local_registry: LocalRegistry, bucket: str) -> Any:
    user = add_user(shared_local_registry, writes=[bucket])
    return shared_local_registry.s3_client(user.name)


@pytest.mark.parametrize("key", KEYS)
def test_any_key_can_be_read_back(
    client: Any, bucket: str, key: str, shared_local_registry: LocalRegistry
) -> None:
    body = f"content of {key}".encode()
    put = client.put_object(Bucket=bucket, Key=key, Body=body, Metadata={"my_key": "v-1"})
    got = client.get_object(Bucket=bucket, Key=key)
    assert got["Body"].read() == body
    assert (got["VersionId"], got["Metadata"]) == (put["VersionId"], {"my_key": "v-1"})
    assert [each["Key"] for each in client.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    source = {"Bucket": bucket, "Key": key, "VersionId": put["VersionId"]}
    client.copy_object(Bucket=bucket, Key=f"copy/{key}", CopySource=source)
    direct = shared_local_registry.context.s3.get_object(Bucket=bucket, Key=f"copy/{key}")
    assert direct["Body"].read() == body
    url = client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key, "VersionId": put["VersionId"]}
    )
    assert requests.get(url, timeout=10).content == body
    client.delete_object(Bucket=bucket, Key=key)
    assert _code(lambda: client.get_object(Bucket=bucket, Key=key)) == ("NoSuchKey", 404)


def test_versions_ranges_and_listings(client: Any, bucket: str) -> None:
    versions = [
        client.put_object(Bucket=bucket, Key="k", Body=body)["VersionId"]
        for body in (b"first", b"second")
    ]
    first = client.get_object(Bucket=bucket, Key="k", VersionId=versions[0])
    assert first["Body"].read() == b"first"
    part = client.get_object(Bucket=bucket, Key="k", Range="bytes=1-3")
    assert (part["Body"].read(), part["ResponseMetadata"]["HTTPStatusCode"]) == (b"eco", 206)
    listed = client.list_object_versions(Bucket=bucket)["Versions"]
    assert {each["VersionId"] for each in listed} == set(versions)
    for n in range(5):
        client.put_object(Bucket=bucket, Key=f"dir/{n}", Body=b"")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="dir/", PaginationConfig={"PageSize": 2}
    )
    assert [o["Key"] for page in pages for o in page["Contents"]] == [f"dir/{n}" for n in range(5)]


def test_unversioned_buckets_have_no_versions(shared_local_registry: LocalRegistry) -> None:
    name = add_bucket(shared_local_registry, versioning=False)
    root = shared_local_registry.s3_client()
    assert "VersionId" not in root.put_object(Bucket=name, Key="k", Body=b"x")


def test_uploads_in_parts_have_checksums_as_s3_gives_them(client: Any, bucket: str) -> None:
    data = bytes(range(256)) * 50_000
    with io.BytesIO(data) as file:
        client.upload_fileobj(file, bucket, "big", ExtraArgs={"ChecksumAlgorithm": "SHA256"})
    head = client.head_object(Bucket=bucket, Key="big", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"].endswith("-2")
    assert client.get_object(Bucket=bucket, Key="big")["Body"].read() == data
    small = client.put_object(Bucket=bucket, Key="s", Body=b"x", ChecksumAlgorithm="SHA256")
    again = client.head_object(Bucket=bucket, Key="s", ChecksumMode="ENABLED")
    assert small["ChecksumSHA256"] == again["ChecksumSHA256"]


def test_a_changed_body_is_refused(client: Any, bucket: str) -> None:
    code = _code(
        lambda: client.put_object(Bucket=bucket, Key="k", Body=b"x", ChecksumCRC32="AAAAAA==")
    )
    assert code == ("BadDigest", 400)
    assert "Contents" not in client.list_objects_v2(Bucket=bucket)


def test_a_reader_may_only_read(shared_local_registry: LocalRegistry, bucket: str) -> None:
    shared_local_registry.s3_client().put_object(Bucket=bucket, Key="k", Body=b"x")
    user = add_user(shared_local_registry, reads=[bucket])
    reader = shared_local_registry.s3_client(user.name)
    assert reader.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    assert reader.head_bucket(Bucket=bucket)
    target = {"Bucket": bucket, "Key": "k"}
    for act in (
        lambda: reader.put_object(**target, Body=b"y"),
        lambda: reader.delete_object(**target),
        lambda: reader.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k"}]}),
        lambda: reader.copy_object(**target, CopySource=target),
        lambda: reader.create_multipart_upload(**target),
        lambda: reader.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}
        ),
        lambda: reader.delete_bucket(Bucket=bucket),
    ):
        assert _code(act) == ("AccessDenied", 403)
    assert [each["Name"] for each in reader.list_buckets()["Buckets"]] == [bucket]


def test_a_user_without_access_sees_nothing(
    shared_local_registry: LocalRegistry, bucket: str
) -> None:
    user = add_user(shared_local_registry, admin=True)
    stranger = shared_local_registry.s3_client(user.name)
    assert stranger.list_buckets()["Buckets"] == []
    denied = ("AccessDenied", 403)
    assert _code(lambda: stranger.list_objects_v2(Bucket=bucket)) == denied
    assert _code(lambda: stranger.get_object(Bucket=bucket, Key="k")) == denied
    assert _code(lambda: stranger.create_bucket(Bucket="of-my-own")) == denied
    assert _code(lambda: stranger.get_object(Bucket="no-such-bucket", Key="k")) == (
        "NoSuchBucket",
        404,
    )


def test_copies_need_the_right_to_read_their_source(
    shared_local_registry: LocalRegistry, client: Any, bucket: str
) -> None:
    other = add_bucket(shared_local_registry)
    shared_local_registry.s3_client().put_object(Bucket=other, Key="k", Body=b"x")
    source = {"Bucket": other, "Key": "k"}
    copy = lambda: client.copy_object(Bucket=bucket, Key="k", CopySource=source)  # noqa: E731
    assert _code(copy) == ("AccessDenied", 403)
    for text in (f"//{other}/k", f"%2F%2F{other}/k", f"{bucket}/../{other}/k", other, "/"):
        spelled = lambda: client.copy_object(Bucket=bucket, Key="k", CopySource=text)  # noqa: B023, E731
        assert _code(spelled)[1] in (400, 403, 404)
    upload = client.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    part = lambda: client.upload_part_copy(  # noqa: E731
        Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, CopySource=source
    )
    assert _code(part) == ("AccessDenied", 403)


def test_anonymous_requests_are_denied(
    shared_local_registry: LocalRegistry, http: requests.Session, bucket: str
) -> None:
    base = shared_local_registry.endpoints.s3_endpoint
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        answer = http.request(method, f"{base}/{bucket}/k")
        assert answer.status_code == 403
        assert ("<Code>AccessDenied</Code>" in answer.text) == (method != "HEAD")
    assert http.get(f"{base}/").status_code == 403


def test_wrong_keys_are_refused(shared_local_registry: LocalRegistry, bucket: str) -> None:
    user = add_user(shared_local_registry, writes=[bucket])
    keys = shared_local_registry.credentials(user.name)
    base, region = shared_local_registry.endpoints.s3_endpoint, "us-east-1"

    def code(access: str, secret: str, session: str | None) -> tuple[str, int]:
        client = s3_client(base, access, secret, region, session_token=session)
        return _code(lambda: client.list_objects_v2(Bucket=bucket))

    token = keys.session_token
    assert code("ASIANOBODY", keys.secret_key, token) == ("InvalidAccessKeyId", 403)
    assert code(keys.access_key, "wrong", token) == ("SignatureDoesNotMatch", 403)
    assert code(keys.access_key, keys.secret_key, None) == ("InvalidToken", 400)
    assert code(keys.access_key, keys.secret_key, token + "x") == ("InvalidToken", 400)


def test_credentials_expire() -> None:
    config = RegistryConfig(seed="demo", credential_seconds=0)
    with LocalRegistry(config) as registry:
        client = registry.s3_client("writer")
        assert _code(lambda: client.list_objects_v2(Bucket="demo-data")) == ("ExpiredToken", 400)


def test_credentials_follow_the_user_and_the_role(shared_local_registry: LocalRegistry) -> None:
    bucket = add_bucket(shared_local_registry)
    user = add_user(shared_local_registry, writes=[bucket])
    client = shared_local_registry.s3_client(user.name)
    listing = lambda: client.list_objects_v2(Bucket=bucket)  # noqa: E731
    listing()
    state = shared_local_registry.context.state
    state.users.set_active(user.name, False)
    assert _code(listing) == ("AccessDenied", 403)
    state.users.set_active(user.name, True)
    listing()
    policy = state.policies.find(f"Policy of {user.name}")
    assert policy is not None
    state.policies.update_managed(policy.id, policy.title, [], state.policies.role_ids(policy.id))
    assert _code(listing) == ("AccessDenied", 403)
    state.users.delete(user.name)
    assert _code(listing) == ("InvalidAccessKeyId", 403)


def test_presigned_urls_of_both_kinds_are_checked(
    shared_local_registry: LocalRegistry, bucket: str, http: requests.Session
) -> None:
    user = add_user(shared_local_registry, writes=[bucket])
    keys = shared_local_registry.credentials(user.name)
    base = shared_local_registry.endpoints.s3_endpoint
    params = {"Bucket": bucket, "Key": "a b/é"}
    for version in ("s3", "s3v4"):
        config = Config(signature_version=version)
        client = boto3.client("s3", config=config, **_options(keys, base))
        assert (
            http.put(client.generate_presigned_url("put_object", params), b"x").status_code == 200
        )
        url = client.generate_presigned_url("get_object", params)
        assert http.get(url).content == b"x"
        assert http.get(url.replace("a%20b", "a%20c")).status_code == 403
        assert http.put(url, b"y").status_code == 403
    old = boto3.client("s3", config=Config(signature_version="s3"), **_options(keys, base))
    assert http.get(old.generate_presigned_url("get_object", params, -5)).status_code == 403


def test_presigned_urls_expire(
    shared_local_registry: LocalRegistry, bucket: str, http: requests.Session
) -> None:
    keys = shared_local_registry.root_keys
    shared_local_registry.s3_client().put_object(Bucket=bucket, Key="k", Body=b"x")
    url = f"{shared_local_registry.endpoints.s3_endpoint}/{bucket}/k"
    now = datetime.now(UTC)
    for age, seconds, status in ((0, 60, 200), (61, 60, 403), (0, 8 * 86_400, 403), (0, 0, 403)):
        credentials = Credentials(keys.access_key, keys.secret_key)
        signer: Any = S3SigV4QueryAuth(credentials, "s3", "us-east-1", expires=seconds)
        request = AWSRequest("GET", url)
        moment = now - timedelta(seconds=age)
        request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
        signer._modify_request_before_signing(request)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        signer._inject_signature_to_request(request, signer.signature(text, request))
        assert http.get(str(request.url)).status_code == status


def test_old_signatures_are_refused(
    shared_local_registry: LocalRegistry, bucket: str, http: requests.Session
) -> None:
    keys = shared_local_registry.root_keys
    url = f"{shared_local_registry.endpoints.s3_endpoint}/{bucket}"
    signer: Any = S3SigV4Auth(Credentials(keys.access_key, keys.secret_key), "s3", "us-east-1")
    old = datetime.now(UTC) - timedelta(hours=1)
    for moment, status in ((datetime.now(UTC), 200), (old, 403)):
        request = AWSRequest("GET", url)
        request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Amz-Date"] = request.context["timestamp"]
        request.headers["X-Amz-Content-SHA256"] = "UNSIGNED-PAYLOAD"
        canonical = signer.canonical_request(request)
        signature = signer.signature(signer.string_to_sign(request, canonical), request)
        signer._inject_signature_to_request(request, signature)
        answer = http.get(url, headers=dict(request.headers.items()))
        assert answer.status_code == status
    assert "RequestTimeTooSkewed" in answer.text


def test_paths_cannot_leave_their_bucket(shared_local_registry: LocalRegistry, bucket: str) -> None:
    user = add_user(shared_local_registry, writes=[bucket])
    keys = shared_local_registry.credentials(user.name)
    base = urlsplit(shared_local_registry.endpoints.s3_endpoint)
    credentials = Credentials(keys.access_key, keys.secret_key, keys.session_token)
    for path in (f"/{bucket}/../demo-private/secrets/plan.md", f"/{bucket}/%2e%2e/demo-private/x"):
        url = urlunsplit((base.scheme, base.netloc, path, "", ""))
        request = AWSRequest("GET", url)
        signer: Any = S3SigV4Auth(credentials, "s3", "us-east-1")
        signer.add_auth(request)
        with requests.Session() as session:
            prepared = session.prepare_request(
                requests.Request("GET", url, headers=dict(request.headers.items()))
            )
            prepared.url = url
            answer = session.send(prepared)
        assert answer.status_code in (403, 404)
        assert "Not for everybody" not in answer.text


def test_another_s3_can_keep_the_objects() -> None:
    with LocalRegistry(RegistryConfig(seed="none")) as far:
        keys = far.root_keys
        foreign = ForeignS3(
            endpoint=far.endpoints.s3_endpoint,
            access_key=keys.access_key,
            secret_key=keys.secret_key,
        )
        assert keys.secret_key not in repr(foreign)
        with LocalRegistry(RegistryConfig(seed="demo", s3=foreign)) as near:
            writer = near.s3_client("writer")
            for key in KEYS:
                writer.put_object(Bucket="demo-data", Key=key, Body=key.encode())
                got = far.s3_client().get_object(Bucket="demo-data", Key=key)
                assert got["Body"].read() == key.encode()
                assert writer.get_object(Bucket="demo-data", Key=key)["Body"].read() == key.encode()
            assert [b["Name"] for b in writer.list_buckets()["Buckets"]] == [
                "demo-data",
                "demo-shared",
            ]
            denied = _code(lambda: writer.get_object(Bucket="demo-private", Key="x"))
            assert denied == ("AccessDenied", 403)


def test_the_log_says_who_did_what(shared_local_registry: LocalRegistry, bucket: str) -> None:
    user = add_user(shared_local_registry, writes=[bucket])
    client = shared_local_registry.s3_client(user.name)
    client.put_object(Bucket=bucket, Key="a/b", Body=b"")
    mine = [each for each in shared_local_registry.log.requests() if each.identity == user.name]
    assert [(each.side, each.operation, each.target, each.status) for each in mine] == [
        ("s3", "PutObject", f"{bucket}/a/b", 200)
    ]


def test_without_versioning_null_is_the_only_version(
    shared_local_registry: LocalRegistry,
) -> None:
    bucket = add_bucket(shared_local_registry, versioning=False)
    client = shared_local_registry.s3_client()
    null = {"Bucket": bucket, "Key": "k", "VersionId": "null"}
    client.put_object(Bucket=bucket, Key="k", Body=b"one")
    assert client.head_object(**null)["ContentLength"] == 3
    assert client.get_object(**null)["Body"].read() == b"one"
    client.copy_object(Bucket=bucket, Key="copy", CopySource=null)
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    client.put_object(Bucket=bucket, Key="k", Body=b"newer")
    assert client.head_object(**null)["ContentLength"] == 3
    client.delete_object(**null)
    assert _code(lambda: client.head_object(**null))[1] == 404


def test_unsigned_headers_are_refused(
    shared_local_registry: LocalRegistry, bucket: str, client: Any
) -> None:
    client.put_object(Bucket=bucket, Key="k", Body=b"1")
    url = client.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "new"})
    added = {"x-amz-copy-source": f"/{bucket}/k"}
    with requests.Session() as session:
        session.trust_env = False
        answer = session.put(url, headers=added)
        assert answer.status_code == 403
        assert "<HeadersNotSigned>x-amz-copy-source<" in answer.text
        assert session.put(url, data=b"2").status_code == 200


@pytest.mark.parametrize("presigned", [False, True])
def test_the_region_of_a_signature_is_checked(
    shared_local_registry: LocalRegistry, bucket: str, presigned: bool
) -> None:
    keys = shared_local_registry.credentials("writer")
    endpoint = shared_local_registry.endpoints.s3_endpoint
    signer: Any = S3SigV4QueryAuth if presigned else S3SigV4Auth
    request = AWSRequest(method="GET", url=f"{endpoint}/demo-data/penguins/README.md")
    credentials = Credentials(keys.access_key, keys.secret_key, keys.session_token)
    signer(credentials, "s3", "eu-west-1").add_auth(request)
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(request.url, headers=dict(request.headers.items()))
    assert answer.status_code == 400
    assert "<Region>us-east-1</Region>" in answer.text


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [("[", "/b/k", 404), ("[::1", "/b/k", 404), ("localhost", "/%5B", 400), ("x", "/%00/k", 400)],
)
def test_malformed_hosts_and_buckets_are_refused(
    shared_local_registry: LocalRegistry, host: str, path: str, status: int
) -> None:
    with requests.Session() as session:
        session.trust_env = False
        url = shared_local_registry.endpoints.s3_endpoint + path
        assert session.get(url, headers={"Host": host}).status_code == status


def test_a_body_that_is_not_xml_is_400(client: Any, bucket: str) -> None:
    objects = {"Objects": [{"Key": "a\x01b"}]}
    assert _code(lambda: client.delete_objects(Bucket=bucket, Delete=objects)) == (
        "MalformedXML",
        400,
    )
