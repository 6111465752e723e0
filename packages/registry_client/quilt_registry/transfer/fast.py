"""The engine over obstore, if the extra `transfer` is installed: small requests cost a fraction.

obstore is used for requests that succeed. A request that fails (a refusal, a server error, replaced
credentials, a bucket in another region) is repeated by boto3, whose answer counts: so errors,
renewals and outcomes are those of `Boto3Engine`, at the price of one request. Multipart uploads
always use boto3, because obstore leaves the parts of a failed upload in the bucket.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from quilt_core import deadline
from quilt_core.domain.uris import S3Uri
from quilt_core.errors import QuiltOpsError
from quilt_core.outcome import Outcome, with_outcome
from quilt_registry.s3.objects import ObjectFacts
from quilt_registry.transfer.boto import Boto3Engine
from quilt_registry.transfer.engine import Begun, Chunks, Part, Written
from quilt_registry.transfer.unfinished import SourceState

if TYPE_CHECKING:
    from obstore import Bytes, GetResult
    from obstore.store import S3Store

_PLAIN_KEY = re.compile(r"(?!\.{1,2}(?:/|\Z))[\w.=@+,-]+(?:/(?!\.{1,2}(?:/|\Z))[\w.=@+,-]+)*", re.A)
"""Keys that obstore sends unchanged; it encodes or refuses some others."""
_ASK_AGAIN = timedelta(minutes=1)
"""How long obstore keeps credentials before it requests the current ones."""
_CHUNK = 1 << 20
_OTHER_TRUST = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
"""Custom certificates, which boto3 uses and obstore does not."""

_OWN_VARIABLES = (
    "AWS_SERVER_SIDE_ENCRYPTION", "AWS_SSE_KMS_KEY_ID", "AWS_SSE_BUCKET_KEY_ENABLED",
    "AWS_SSE_CUSTOMER_KEY_BASE64", "AWS_REQUEST_PAYER", "AWS_S3_EXPRESS",
    "AWS_S3_EXPRESS_SESSION_TOKEN", "AWS_UNSIGNED_PAYLOAD", "AWS_CONDITIONAL_PUT",
)  # fmt: skip
"""Variables that make obstore send other requests than boto3, and that no argument overrides."""


def is_usable(endpoint: str | None) -> bool:
    """Whether obstore is installed and would behave like boto3 in this environment."""
    plain = endpoint is not None and endpoint.startswith("http://")
    telling = _OWN_VARIABLES if plain else (*_OTHER_TRUST, *_OWN_VARIABLES)
    if any(os.environ.get(name) for name in telling):
        return False
    try:
        import obstore  # noqa: F401
    except ImportError:
        return False
    return True


class ObstoreEngine:
    """Implements `TransferEngine` with obstore, and with boto3 where obstore cannot do it.

    Parameters
    ----------
    s3:
        A boto3 client with the same rights.
    credentials:
        botocore's credentials of that client, which renew themselves.
    endpoint:
        An endpoint other than AWS's own, for all buckets; None for AWS.
    """

    def __init__(self, s3: Any, credentials: Any, endpoint: str | None) -> None:
        self._boto = Boto3Engine(s3)
        self._credentials = credentials
        self._endpoint = endpoint
        self._stores: dict[str, S3Store | None] = {}
        self._lock = threading.Lock()

    def head(self, uri: S3Uri) -> ObjectFacts:
        """Uses boto3, because obstore does not return the checksum and the storage class."""
        return self._boto.head(uri)

    def get(self, uri: S3Uri, count: int) -> Begun:
        """One request; boto3 continues after a broken connection."""
        store = self._store(uri)
        if store is None:
            return self._boto.get(uri, count)
        try:
            found = _get(store, uri, {"range": (0, count)})
            meta = found.meta
            etag, size = meta["e_tag"], meta["size"]
            if not etag:  # not an answer of S3: a proxy returned it
                raise ValueError("the answer has no entity tag")
        except _failures():
            return self._boto.get(uri, count)
        version = meta["version"] or uri.version_id
        uri = attrs.evolve(uri, version_id=version)
        chunks = self._chunks(found, uri, 0, min(count, size), etag)
        return Begun(uri=uri, size=size, etag=etag, chunks=chunks)

    def range(self, uri: S3Uri, start: int, stop: int, etag: str) -> Chunks:
        """As `get`."""
        store = self._store(uri)
        found = None
        if store is not None:
            try:
                found = _get(store, uri, {"range": (start, stop), "if_match": etag})
                if found.meta["e_tag"] != etag:
                    raise ValueError("the answer is of another object")
            except _failures():
                found = None  # boto3 reports what is wrong, if anything is
        return (yield from self._chunks(found, uri, start, stop, etag))

    def put(self, uri: S3Uri, part: Part, metadata: Mapping[str, str]) -> Written:
        """One request, with the checksum that obstore computes from the same bytes."""
        from obstore import put

        store = self._store(uri)
        if store is None or metadata:
            return self._boto.put(uri, part, metadata)
        self._boto.tidy_up(uri.bucket)
        deadline.check()
        try:
            done = put(store, uri.key, part.content, use_multipart=False)
            if not done["e_tag"]:  # not an answer of S3: a proxy returned it
                raise ValueError("the answer has no entity tag")
        except _refusals():
            return self._boto.put(uri, part, metadata)
        except _failures():
            with _may_be_written():
                return self._boto.put(uri, part, metadata)
        return Written(version=done["version"], checksum=None)

    def put_parts(
        self,
        uri: S3Uri,
        parts: Iterable[Part],
        metadata: Mapping[str, str],
        source: SourceState | None = None,
    ) -> Written:
        """Uses boto3."""
        return self._boto.put_parts(uri, parts, metadata, source)

    def _chunks(
        self, found: GetResult | None, uri: S3Uri, start: int, stop: int, etag: str
    ) -> Chunks:
        """The bytes from obstore; boto3 continues where it fails."""
        position = start
        try:
            for chunk in _stream(found, stop - start) if found is not None else ():
                deadline.check()
                position += len(chunk)
                yield memoryview(chunk)
        except _failures():
            pass
        if position < stop:
            yield from self._boto.range(uri, position, stop, etag)

    def _store(self, uri: S3Uri) -> S3Store | None:
        """A bucket's store; None for a bucket or a key that is left to boto3."""
        if not _PLAIN_KEY.fullmatch(uri.key):
            return None
        with self._lock:
            if uri.bucket not in self._stores:
                region = self._region(uri.bucket)
                self._stores[uri.bucket] = None if region is None else self._new(uri.bucket, region)
            return self._stores[uri.bucket]

    def _region(self, bucket: str) -> str | None:
        """The region of a bucket; None if S3 does not report it, in which case boto3 is used."""
        from botocore.exceptions import BotoCoreError, ClientError

        if self._endpoint is not None:
            return str(self._boto.s3.meta.region_name)
        try:
            answer = self._boto.s3.head_bucket(Bucket=bucket)
        except ClientError as error:
            answer = error.response
        except BotoCoreError:
            return None
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        region: str | None = headers.get("x-amz-bucket-region")
        return region

    def _new(self, bucket: str, region: str) -> S3Store | None:
        from obstore.exceptions import BaseError
        from obstore.store import S3Store

        options: Any = {"allow_http": False, "timeout": "60s", "connect_timeout": "10s"}
        where: dict[str, Any] = {"virtual_hosted_style_request": True}
        if self._endpoint is not None:
            options["allow_http"] = self._endpoint.startswith("http://")
            where = {"endpoint": self._endpoint, "virtual_hosted_style_request": False}
        try:
            return S3Store(
                bucket,
                region=region,
                checksum_algorithm="sha256",
                skip_signature=False,
                client_options=options,
                retry_config={"max_retries": 0},
                credential_provider=self._keys,
                **where,
            )
        except BaseError:
            return None  # variables of the process that only obstore reads, such as half a key

    def _keys(self) -> Any:
        """The current credentials, in the form that obstore needs."""
        keys = self._credentials.get_frozen_credentials()
        return {
            "access_key_id": keys.access_key,
            "secret_access_key": keys.secret_key,
            "token": keys.token,
            "expires_at": datetime.now(UTC) + _ASK_AGAIN,
        }


def _failures() -> tuple[type[BaseException], ...]:
    """The exceptions of obstore, some of which are Python's own."""
    from obstore.exceptions import BaseError

    return BaseError, OSError, NotImplementedError, ValueError


def _refusals() -> tuple[type[BaseException], ...]:
    """The exceptions of obstore if S3 refused the request and nothing was done."""
    from obstore import exceptions as obstore

    ours = (obstore.NotFoundError, obstore.PermissionDeniedError, obstore.UnauthenticatedError)
    return *ours, obstore.InvalidPathError, FileNotFoundError, PermissionError


@contextmanager
def _may_be_written() -> Iterator[None]:
    """An answer to obstore was lost, which boto3 does not know when it reports its own attempts."""
    try:
        yield
    except QuiltOpsError as error:
        raise with_outcome(error, Outcome.UNKNOWN) from error.__cause__


def _get(store: S3Store, uri: S3Uri, options: Any) -> GetResult:
    from obstore import get

    deadline.check()
    if uri.version_id is not None:
        options["version"] = uri.version_id
    return get(store, uri.key, options=options)


def _stream(found: GetResult, size: int) -> Iterator[Bytes]:
    """The bytes of an answer; a small answer is read at once, which costs less."""
    if size <= _CHUNK:
        yield found.bytes()
    else:
        yield from found.stream(min_chunk_size=_CHUNK)
