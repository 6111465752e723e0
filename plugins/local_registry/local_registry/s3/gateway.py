"""The gateway for every S3 request of every client."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import attrs
import urllib3.exceptions
from botocore.exceptions import ClientError, ParamValidationError

from local_registry.http.messages import Record, Reply, Request
from local_registry.identity.model import Identity
from local_registry.s3.access import Access
from local_registry.s3.addressing import with_path_style
from local_registry.s3.body import plain_body
from local_registry.s3.client import S3Client
from local_registry.s3.errors import S3Error, error_reply
from local_registry.s3.operations import S3Operation, parse_operation
from local_registry.s3.signature import Signature, check_region, read_signature
from local_registry.s3.upstream import Upstream

_BUCKET = re.compile(rb"<Bucket>.*?<Name>(.*?)</Name>.*?</Bucket>", re.DOTALL)


def describe(request: Request) -> Record:
    """Operation and `bucket/key` of a request, for faults and the log."""
    operation = parse_operation(with_path_style(request))
    return Record(operation=operation.name, target=operation.target)


class Gateway:
    """Checks the identity and its rights, then passes the request to the object store."""

    def __init__(self, access: Access, upstream: Upstream, client: S3Client) -> None:
        self._access = access
        self._upstream = upstream
        self._client = client
        self._threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="s3-gateway")

    async def handle(self, request: Request, record: Record) -> Reply:
        """Answer one request; errors are S3's XML documents."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._handle, request, record)

    def close(self) -> None:
        """Let running requests end and accept no more."""
        self._threads.shutdown()

    def _handle(self, request: Request, record: Record) -> Reply:
        given, request = request, with_path_style(request)
        operation = parse_operation(request)
        try:
            claim = read_signature(given)
            self._check_region(claim, operation)
            who = self._access.authenticate(given, claim)
            record.identity = who.user_name if isinstance(who, Identity) else who
            if not self._access.allows(who, operation):
                self._refuse(operation)
            reply = self._upstream.send(plain_body(request))
        except S3Error as error:
            return error.reply()
        except urllib3.exceptions.HTTPError:
            return error_reply(500, "InternalError", "The S3 endpoint cannot be reached.")
        if operation.need == "list-buckets" and isinstance(who, Identity):
            return _only_readable(reply, who)
        return reply

    def _check_region(self, claim: Signature | None, operation: S3Operation) -> None:
        if claim is not None and operation.bucket is not None:
            region = self._upstream.region_of(operation.bucket)
            if region is not None:
                check_region(claim, region)

    def _refuse(self, operation: S3Operation) -> None:
        """S3 reports that a bucket does not exist even to identities that may not use it."""
        if operation.bucket is not None and operation.name != "CreateBucket":
            try:
                self._client.head_bucket(Bucket=operation.bucket)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    raise S3Error("NoSuchBucket", "The specified bucket does not exist") from error
            except ParamValidationError as error:
                raise S3Error("InvalidBucketName", "The specified bucket is not valid") from error
        raise S3Error("AccessDenied", "Access Denied")


def _only_readable(reply: Reply, who: Identity) -> Reply:
    def keep(match: re.Match[bytes]) -> bytes:
        return match[0] if who.can_read(match[1].decode()) else b""

    return attrs.evolve(
        reply, headers=reply.without("content-length"), body=_BUCKET.sub(keep, reply.body)
    )
