"""The object store: in this process, or at a configured S3 endpoint."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlsplit

import attrs
import urllib3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_registry.config import ForeignS3
from local_registry.http.messages import Reply, Request
from local_registry.s3.client import S3Client, s3_client

_AUTHORIZING = (
    "authorization",
    "expect",
    "host",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
)
_HOP_BY_HOP = ("connection", "transfer-encoding", "content-length", "keep-alive")
_SIGNING_QUERY = ("X-Amz-", "AWSAccessKeyId=", "Signature=", "Expires=", "x-amz-security-token=")


class Upstream(Protocol):
    """Carries out requests that passed the gateway."""

    def send(self, request: Request) -> Reply:
        """Carry out a request whose rights were checked; called from many threads."""

    def region_of(self, bucket: str) -> str | None:
        """The region of a bucket; `None` when it is not known, or there is no such bucket."""

    def client(self) -> S3Client:
        """A boto3 client with all rights."""

    def close(self) -> None:
        """Release all resources."""


def without_signature(request: Request) -> Request:
    """The request without its sender: signatures are not passed beyond the gateway."""
    headers = [
        pair
        for pair in request.headers
        if pair[0].decode("latin-1").lower() not in (*_AUTHORIZING, *_HOP_BY_HOP)
    ]
    pairs = [each for each in request.query.split("&") if not each.startswith(_SIGNING_QUERY)]
    return attrs.evolve(request, headers=headers, query="&".join(pairs))


class ForeignUpstream:
    """An S3 endpoint elsewhere; requests are signed again with its keys."""

    def __init__(self, settings: ForeignS3, region: str) -> None:
        self._settings = settings
        self._region = region
        self._pool = urllib3.PoolManager(maxsize=64, retries=False)

    def send(self, request: Request) -> Reply:
        """Sign and send; raises `urllib3.exceptions.HTTPError` when the endpoint is not there."""
        plain = without_signature(request)
        base = self._settings.endpoint.rstrip("/")
        url = f"{base}{plain.raw_path}" + (f"?{plain.query}" if plain.query else "")
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in plain.headers}
        signed = AWSRequest(method=plain.method, url=url, headers=headers, data=plain.body)
        signer: Any = S3SigV4Auth(
            Credentials(self._settings.access_key, self._settings.secret_key), "s3", self._region
        )
        signer.add_auth(signed)
        answer = self._pool.request(
            plain.method,
            url,
            body=plain.body,
            headers={**dict(signed.headers.items()), "Host": urlsplit(base).netloc},
            decode_content=False,
            redirect=False,
        )
        raw = [
            (key.encode("latin-1"), value.encode("latin-1"))
            for key, value in answer.headers.items()
            if key.lower() not in ("connection", "transfer-encoding", "keep-alive")
        ]
        return Reply(status=answer.status, headers=raw, body=answer.data)

    def region_of(self, bucket: str) -> None:
        """Not known: requests are signed again for the endpoint, whatever region they named."""

    def client(self) -> S3Client:
        """A boto3 client with the endpoint's keys."""
        settings = self._settings
        return s3_client(settings.endpoint, settings.access_key, settings.secret_key, self._region)

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()
