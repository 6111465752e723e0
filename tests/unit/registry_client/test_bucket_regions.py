"""Each bucket has its own region: what is looked up, how often, and where requests and URLs go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from quilt_registry.aws.access import make_client
from quilt_registry.s3 import head_object, presign_object, regions

from quilt_core import S3Uri, TransportError

pytestmark = pytest.mark.slow


class Body:
    def __init__(self, content: bytes = b"") -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._content


class Aws:
    """Answers as S3 does by region, without a network: it acts before botocore sends."""

    def __init__(self, homes: dict[str, str], status: int = 200) -> None:
        self.homes = homes
        self.status = status
        self.asked: list[tuple[str, str]] = []

    def client(self, region: str = "us-east-1") -> Any:
        session = boto3.Session("AKIAEXAMPLE", "secret", region_name=region)
        client = make_client(session, "s3", region)
        client.meta.events.register("before-send.s3", self.answer)
        return client

    def answer(self, request: Any, **_: Any) -> AWSResponse:
        host = urlsplit(request.url).netloc
        self.asked.append((request.method, host))
        bucket = host.partition(".")[0]
        home = self.homes[bucket]
        headers = {"x-amz-bucket-region": home, "ETag": '"e"', "Content-Length": "3"}
        there = f".{home}." in host
        return AWSResponse(request.url, self.status if there else 301, headers, Body())


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "_known", {})
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)


def signed_for(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc, parse_qs(parts.query)["X-Amz-Credential"][0].split("/")[2]


@pytest.mark.parametrize("region", ["me-south-1", "eu-north-1", "us-east-1"])
@pytest.mark.parametrize("status", [200, 403], ids=["listed", "forbidden"])
def test_urls_are_signed_for_the_buckets_region(region: str, status: int) -> None:
    aws = Aws({"far": region}, status)
    url = presign_object(aws.client(), "far", "k", "1")
    assert signed_for(url) == (f"far.s3.{region}.amazonaws.com", region)
    before = len(aws.asked)
    presign_object(aws.client("eu-west-1"), "far", "other", None)  # another client, same process
    assert len(aws.asked) == before


def test_what_one_request_learns_applies_to_all_clients() -> None:
    aws = Aws({"far": "eu-north-1"})
    head_object(aws.client(), S3Uri("far", "k"))
    hosts = [host for _, host in aws.asked]
    assert hosts == ["far.s3.us-east-1.amazonaws.com", "far.s3.eu-north-1.amazonaws.com"]
    head_object(aws.client(), S3Uri("far", "k"))
    assert [host for _, host in aws.asked[2:]] == ["far.s3.eu-north-1.amazonaws.com"]
    url = presign_object(aws.client(), "far", "k", None)
    assert signed_for(url) == ("far.s3.eu-north-1.amazonaws.com", "eu-north-1")
    assert len(aws.asked) == 3


def test_the_name_of_an_access_point_contains_its_region() -> None:
    aws = Aws({})
    arn = "arn:aws:s3:us-west-2:123456789012:accesspoint/ap"
    url = presign_object(aws.client(), arn, "k", "3")
    host = "ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com"
    assert signed_for(url) == (host, "us-west-2")
    assert aws.asked == []


def test_a_name_that_s3_no_longer_allows() -> None:
    aws = Aws({})
    regions._note("aws", "My_Old_Bucket", "us-east-1")
    parts = urlsplit(presign_object(aws.client(), "My_Old_Bucket", "x.txt", "3"))
    assert (parts.netloc, parts.path) == ("s3.us-east-1.amazonaws.com", "/My_Old_Bucket/x.txt")


def test_no_url_is_signed_while_s3_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    aws = Aws({"far": "us-east-1"}, 503)
    with pytest.raises(TransportError):
        presign_object(aws.client(), "far", "k", None)
